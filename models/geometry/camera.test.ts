import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CameraConfig, cameraView } from './camera.ts'

const overhead: CameraConfig = {
  id: 'cam1',
  kind: 'camera',
  image: [640, 480],
  intrinsics: { fx: 500, fy: 500, cx: 320, cy: 240 },
  position: [2, 2, 2.8],
  lookAt: [2, 2, 0],
  up: [0, 1, 0],
}
/** In a corner under the ceiling, with a wide lens. */
const corner: CameraConfig = {
  ...overhead,
  position: [0, 0, 2.6],
  lookAt: [3, 3, 0.8],
  up: [0, 0, 1],
  distortion: { k1: -0.28, k2: 0.07, p1: 0.001, p2: -0.0005 },
}
const metres = (min: number, max: number) => fc.double({ min, max, noNaN: true })

test('cameraView() sees what it looks at in the middle, with up above and right to the right', () => {
  const view = cameraView(overhead)
  expect(view.project([2, 2, 0])).toEqual({ pixel: [320, 240], depth: 2.8 })
  expect(view.project([2, 3, 0.8])?.pixel.map(Math.round)).toEqual([320, -10])
  expect(view.project([3, 2, 0.8])?.pixel.map(Math.round)).toEqual([570, 240])
})

test('cameraView() sees nothing that is behind it', () => {
  expect(cameraView(overhead).project([2, 2, 3])).toBeNull()
  expect(cameraView(corner).project([-1, -1, 2.6])).toBeNull()
})

test('cameraView() finds on a height what it sees there, through a bent lens', () => {
  fc.assert(
    fc.property(metres(1, 5), metres(1, 5), metres(0, 1.9), (x, y, z) => {
      const view = cameraView(corner)
      const seen = view.project([x, y, z])
      if (seen === null) return
      const [u, v] = seen.pixel
      if (u < 0 || v < 0 || u > 640 || v > 480) return
      const found = view.atHeight(seen.pixel, z) ?? [Number.NaN, Number.NaN]
      expect(found[0]).toBeCloseTo(x, 4)
      expect(found[1]).toBeCloseTo(y, 4)
    }),
  )
})

test('cameraView() has no floor above the horizon', () => {
  const level = cameraView({ ...corner, lookAt: [3, 3, 2.6] })
  expect(level.atHeight([320, 100], 0)).toBeNull()
  expect(level.atHeight([320, 400], 0)).not.toBeNull()
})

test('cameraView() does not fold into the picture what a lens cannot see', () => {
  const barrel = { ...corner, distortion: { k1: -0.28, k2: 0, p1: 0, p2: 0 } }
  expect(cameraView(barrel).project([5, 0.2, 0])).not.toBeNull()
  expect(cameraView(barrel).project([0.2, -3, 2.2])).toBeNull()
})
