import { describe, expect, test } from 'vitest'
import { parseStore } from '../../models/contracts/store.ts'
import { cameraView } from '../../models/geometry/camera.ts'
import { drawnStore } from '../layout/drawn-store.ts'
import { shelvingOf } from '../world/shelving.ts'
import { mostCameras, usualCameras, withCameras } from './hang.ts'
import { roomOf } from './room.ts'

const shops = [1, 2, 3, 4, 5].map((seed) => drawnStore({ entry: 'open', facingScales: 0, shelfScales: 0 }, seed))

describe('withCameras()', () => {
  test('hangs as many cameras as are asked for, in place of those that were there', () => {
    for (const store of shops) {
      const hung = withCameras(withCameras(store, { count: mostCameras }), { count: 2 })
      expect(parseStore(hung).ok).toBe(true)
      expect(hung.devices.filter(({ kind }) => kind === 'camera').map(({ id }) => id)).toEqual(['cam1', 'cam2'])
      expect(hung.devices.length).toBe(store.devices.length + 2)
    }
  })

  test('one in each corner: any head in the shop is in view of two of them', () => {
    for (const store of shops) {
      const { devices } = withCameras(store, { count: usualCameras })
      const views = devices.flatMap((device) => (device.kind === 'camera' ? [cameraView(device)] : []))
      const { bounds, place } = roomOf(store, shelvingOf(store))
      for (let x = bounds.x0 + 0.4; x < bounds.x1 - 0.3; x += 0.4) {
        for (let y = bounds.y0 + 0.4; y < bounds.y1 - 0.3; y += 0.4) {
          const seen = views.filter(({ project }) => {
            const [u = -1, v = -1] = project(place(x, y, 1.6))?.pixel ?? []
            return u > 0 && v > 0 && u < 640 && v < 480
          })
          expect(seen.length).toBeGreaterThanOrEqual(2)
        }
      }
    }
  })
})
