/** Simulated cameras and the clicks of a person, for tests. */
import type { CameraConfig, Pixel } from '../camera.ts'
import { cameraView } from '../camera.ts'
import type { FloorPoint } from './points.ts'

export const corner: CameraConfig = {
  id: 'cam1',
  kind: 'camera',
  image: [640, 480],
  intrinsics: { fx: 500, fy: 500, cx: 320, cy: 240 },
  position: [0.2, 0.3, 2.7],
  lookAt: [3, 3, 0.4],
  up: [0, 0, 1],
}

/** Pixels of a grid over the lower part of the picture, where a floor is. */
export function gridOf([width, height]: readonly [number, number], columns: number, rows: number): Pixel[] {
  return Array.from({ length: columns * rows }, (_, i): Pixel => {
    const [column, row] = [i % columns, Math.floor(i / columns)]
    return [width * (0.06 + (0.88 * column) / (columns - 1)), height * (0.3 + (0.66 * row) / (rows - 1))]
  })
}

/** Where these pixels see the height `z`, up to 8 m away; clicked with an error of `noise` (x and y in turn), in pixels. */
export function clicked(
  camera: CameraConfig,
  pixels: readonly Pixel[],
  noise: readonly number[] = [],
  z = 0,
): FloorPoint[] {
  const view = cameraView(camera)
  return pixels.flatMap((pixel, i): FloorPoint[] => {
    const at = view.atHeight(pixel, z)
    if (at === null || Math.hypot(at[0] - camera.position[0], at[1] - camera.position[1]) > 8) return []
    // In the corners of a lens that bends much there is nothing to see.
    const [u = 0, v = 0] = view.project([...at, z])?.pixel ?? []
    if (Math.hypot(u - pixel[0], v - pixel[1]) > 0.01) return []
    const [dx = 0, dy = 0] = noise.slice(2 * i)
    return [{ pixel: [pixel[0] + dx, pixel[1] + dy], place: [at[0], at[1], z] }]
  })
}

/** How far off a found camera places what the true one sees at a height, as the root of the mean square, centimetres. */
export function floorErrorCm(truth: CameraConfig, found: CameraConfig, z: number): number {
  const points = clicked(truth, gridOf(truth.image, 12, 9), [], z)
  const view = cameraView(found)
  const squares = points.map(({ pixel, place: [x, y] }) => {
    const at = view.atHeight(pixel, z)
    return at === null ? Number.POSITIVE_INFINITY : (at[0] - x) ** 2 + (at[1] - y) ** 2
  })
  return 100 * Math.sqrt(squares.reduce((a, b) => a + b, 0) / squares.length)
}
