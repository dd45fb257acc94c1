import { expect, test } from 'vitest'
import type { Inference } from '../../edge/inference/inference.ts'
import { cameraAt } from '../../edge/tracking/testing.ts'
import { t0, testStore } from '../testing/store.ts'
import { createSight } from './sight.ts'

test('createSight() waits for the pictures of a camera on a slow line', async () => {
  const shelves = testStore().devices.filter(({ kind }) => kind === 'shelf')
  const store = {
    ...testStore(),
    devices: [...shelves, cameraAt('near', [1, 6], [1, 2]), cameraAt('far', [3, 6], [3, 2])],
  }
  const sight = createSight({ store, boot: 'boot', products: null }) ?? expect.fail()
  const nobody: Omit<Inference, 'stop'> = {
    look: async () => ({
      kind: 'seen',
      persons: [],
      size: { width: 640, height: 480 },
      times: { resizeMs: 0, runMs: 0, boxesMs: 0 },
    }),
    poses: async () => ({ kind: 'posed', poses: [] }),
    products: async () => ({ kind: 'featured', features: [] }),
  }
  const picture = { kind: 'rgb' as const, width: 640, height: 480, bytes: new Uint8Array() }
  const slowMs = 600
  const said: number[] = []
  for (let now = t0; now < t0 + 20_000; now += 100) {
    await sight.look(nobody, { camera: 'near', tsMs: now - 50, picture }, () => now)
    await sight.look(nobody, { camera: 'far', tsMs: now - slowMs, picture }, () => now)
    said.push(...sight.said(now).map(({ json }) => json.ts))
  }
  expect(sight.tracking.counts.late).toBeLessThan(10)
  expect(said).toEqual([...said].sort((a, b) => a - b))
  expect(said.filter((ts) => ts % 100 === (t0 - slowMs) % 100).length).toBeGreaterThan(180)
})
