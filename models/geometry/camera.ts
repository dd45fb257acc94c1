/**
 * A calibrated camera: the store's metres to pixels and back. Pure.
 *
 * Pinhole with the radial and tangential distortion of Brown and Conrady (D. C. Brown, "Decentering distortion of lenses",
 * Photogrammetric Engineering 32, 1966), in the order and signs of OpenCV's `k1 k2 p1 p2 k3`. Pixels count from the middle
 * of the picture's first pixel, x to the right and y down.
 */
import type { Device } from '../contracts/store.ts'
import { cross, dot, minus, sum, times, unit, type Vector } from './vector.ts'

export type CameraConfig = Extract<Device, { kind: 'camera' }>
export type Pixel = readonly [x: number, y: number]

/** Where something is seen, and how far before the camera, in metres along its axis. */
export interface Projected {
  readonly pixel: Pixel
  readonly depth: number
}

export interface CameraView {
  /** Null: behind the camera, or where its lens does not map to one place. */
  project(point: Vector): Projected | null
  /** The direction, of length 1, from which a pixel is lit. */
  ray(pixel: Pixel): Vector
  /** Where the ray of a pixel meets the height `z`; null where it never does before the camera. */
  atHeight(pixel: Pixel, z: number): readonly [x: number, y: number] | null
}

/** Looked at straight enough to be of use: nearer than this, in metres, is the camera's own case. */
const leastDepth = 0.05
/** A lens is undistorted by repetition; it moves less than a thousandth of a pixel after so many rounds, or never stands. */
const undistortRounds = 30

export function cameraView(camera: CameraConfig): CameraView {
  const { position, intrinsics } = camera
  const { right, down, forward } = axesOf(camera)
  const lens = { ...noDistortion, ...camera.distortion }
  const limit = limitOf(lens)
  const ray = ([u, v]: Pixel): Vector => {
    const [x, y] = undistorted([(u - intrinsics.cx) / intrinsics.fx, (v - intrinsics.cy) / intrinsics.fy], lens)
    return unit(sum(forward, sum(times(right, x), times(down, y))))
  }
  return {
    project(point) {
      const away = minus(point, position)
      const depth = dot(away, forward)
      if (depth < leastDepth) return null
      const flat: Pixel = [dot(away, right) / depth, dot(away, down) / depth]
      if (flat[0] ** 2 + flat[1] ** 2 > limit) return null
      const [x, y] = distorted(flat, lens)
      return { pixel: [intrinsics.cx + intrinsics.fx * x, intrinsics.cy + intrinsics.fy * y], depth }
    },
    ray,
    atHeight(pixel, z) {
      const direction = ray(pixel)
      const far = (z - position[2]) / direction[2]
      if (!(far > 0) || !Number.isFinite(far)) return null
      return [position[0] + far * direction[0], position[1] + far * direction[1]]
    },
  }
}

type Lens = Required<NonNullable<CameraConfig['distortion']>>

const noDistortion: Lens = { k1: 0, k2: 0, p1: 0, p2: 0, k3: 0 }

function axesOf({ position, lookAt, up }: CameraConfig) {
  const forward = unit(minus(lookAt, position))
  const right = unit(cross(forward, up))
  return { forward, right, down: cross(forward, right) }
}

function distorted([x, y]: Pixel, { k1, k2, p1, p2, k3 }: Lens): Pixel {
  const r2 = x * x + y * y
  const radial = 1 + r2 * (k1 + r2 * (k2 + r2 * k3))
  return [x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y]
}

function undistorted(seen: Pixel, lens: Lens): Pixel {
  let flat = seen
  for (let round = 0; round < undistortRounds; round++) {
    const again = distorted(flat, lens)
    flat = [flat[0] + seen[0] - again[0], flat[1] + seen[1] - again[1]]
  }
  return flat
}

/**
 * The square of the angle's tangent from which on the polynomial turns back, so that what is far outside of the picture
 * would appear within it. Looked for in steps out to 84 degrees.
 */
function limitOf({ k1, k2, k3 }: Lens): number {
  const turns = (r2: number) => 1 + r2 * (3 * k1 + r2 * (5 * k2 + r2 * 7 * k3)) <= 0
  for (let tangent = 0.05; tangent < 10; tangent += 0.05) if (turns(tangent ** 2)) return (tangent - 0.05) ** 2
  return Number.POSITIVE_INFINITY
}
