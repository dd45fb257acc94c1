import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['{models,devices,edge,gateway,cloud-sync,simulators,tests}/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
