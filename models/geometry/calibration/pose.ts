/** A camera as the numbers that a calibration looks for, and a first guess at them. Pure. */
import type { CameraConfig } from '../camera.ts'
import { cross, dot, minus, times, unit, type Vector } from '../vector.ts'
import { normalEquations, solve } from './linear.ts'
import { type FloorPoint, pointsOfOneHeight } from './points.ts'

/** Axes of the camera in the store: to the right, down and forward in its picture. */
export type Axes = readonly [right: Vector, down: Vector, forward: Vector]

export interface Pose {
  /** Pixels. */
  readonly focal: number
  readonly position: Vector
  readonly axes: Axes
  /** How the lens bends. Its axis meets the picture in the middle. */
  readonly k1: number
}

/** Looks at a point that means something to people: where its axis meets the floor, else 3 m before it. */
export function cameraOf(
  { focal, position, axes: [, down, forward], k1 }: Pose,
  image: CameraConfig['image'],
): CameraConfig {
  const toFloor = -position[2] / forward[2]
  const far = toFloor > 0.5 && toFloor < 50 ? toFloor : 3
  return {
    id: 'camera',
    kind: 'camera',
    image: [image[0], image[1]],
    intrinsics: { fx: focal, fy: focal, cx: image[0] / 2, cy: image[1] / 2 },
    ...(k1 === 0 ? {} : { distortion: { k1, k2: 0, p1: 0, p2: 0 } }),
    position: [...position],
    lookAt: [position[0] + far * forward[0], position[1] + far * forward[1], position[2] + far * forward[2]],
    up: [-down[0], -down[1], -down[2]],
  }
}

/** The axes turned by a vector whose length is the angle (Rodrigues' formula). */
export function turned(axes: Axes, [x, y, z]: Vector): Axes {
  const angle = Math.hypot(x, y, z)
  if (angle === 0) return axes
  const k: Vector = [x / angle, y / angle, z / angle]
  const turn = (v: Vector): Vector => {
    const along = dot(k, v) * (1 - Math.cos(angle))
    const beside = cross(k, v)
    const at = (i: 0 | 1 | 2) => v[i] * Math.cos(angle) + beside[i] * Math.sin(angle) + k[i] * along
    return [at(0), at(1), at(2)]
  }
  return [turn(axes[0]), turn(axes[1]), turn(axes[2])]
}

/** Three rows of three: from metres on a plane, seen from its first point on, to pixels from the picture's middle. */
type Homography = readonly [Vector, Vector, Vector]

/**
 * The pose for a focal length, from the points of one height (Z. Zhang, "A Flexible New Technique for Camera Calibration",
 * IEEE PAMI 22, 2000, section 3.1); null where they determine none. A camera below the plane has seen a mirrored plan.
 */
export function poseFor(focal: number, points: readonly FloorPoint[], image: CameraConfig['image']): Pose | null {
  const plane = pointsOfOneHeight(points)
  const [first] = plane
  const h = homography(plane, image)
  if (first === undefined || h === null) return null
  const column = (i: 0 | 1 | 2): Vector => [h[0][i] / focal, h[1][i] / focal, h[2][i]]
  const [a, b, c] = [column(0), column(1), column(2)]
  // Both columns would be of length 1, and c says that the first point lies before the camera.
  const size = Math.sqrt(Math.hypot(...a) * Math.hypot(...b))
  if (!(Math.abs(size) > 0)) return null
  const x = unit(times(a, 1 / size))
  const y = unit(minus(times(b, 1 / size), times(x, dot(x, b) / size)))
  const z = cross(x, y)
  const t = times(c, 1 / size)
  const axis = (i: 0 | 1 | 2): Vector => [x[i], y[i], z[i]]
  const away: Vector = [dot(x, t), dot(y, t), dot(z, t)]
  return { focal, position: minus(first.place, away), axes: [axis(0), axis(1), axis(2)], k1: 0 }
}

/** By the equations of R. Hartley and A. Zisserman, "Multiple View Geometry", 4.1, with h33 = 1 at the first point. */
function homography(plane: readonly FloorPoint[], [width, height]: CameraConfig['image']): Homography | null {
  const [first] = plane
  if (first === undefined) return null
  // In units in which all numbers are about 1.
  const metres = Math.max(...plane.map(({ place: [x, y] }) => Math.hypot(x - first.place[0], y - first.place[1])))
  const pixels = width / 2
  const rows: number[][] = []
  const right: number[] = []
  for (const { pixel, place } of plane) {
    const [x, y] = [(place[0] - first.place[0]) / metres, (place[1] - first.place[1]) / metres]
    const [u, v] = [(pixel[0] - width / 2) / pixels, (pixel[1] - height / 2) / pixels]
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y])
    right.push(u, v)
  }
  const { matrix, right: sums } = normalEquations(rows, right)
  const h = solve(matrix, sums)
  if (h === null) return null
  const [h11 = 0, h12 = 0, h13 = 0, h21 = 0, h22 = 0, h23 = 0, h31 = 0, h32 = 0] = h
  return [
    [(pixels * h11) / metres, (pixels * h12) / metres, pixels * h13],
    [(pixels * h21) / metres, (pixels * h22) / metres, pixels * h23],
    [h31 / metres, h32 / metres, 1],
  ]
}
