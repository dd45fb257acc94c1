import { defineConfig } from 'vitest/config'

const folders = '{models,devices,edge,gateway,cloud-sync,simulators,tests}'
/** Tests that need what is not in the clone: Mosquitto, Chromium, ffmpeg, recorded data. They fail in words where it is missing. */
const peers = `${folders}/**/*.peer.test.ts`

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'clone', include: [`${folders}/**/*.test.ts`], exclude: [peers] } },
      { extends: true, test: { name: 'peers', include: [peers], globalSetup: 'tests/pages/build.ts' } },
    ],
  },
})
