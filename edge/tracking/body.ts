/** How a standing person looks to a calibrated camera: three rings, of which the box in the picture is known. Pure. */
import type { CameraView } from '../../models/geometry/camera.ts'
import type { Box } from './detection.ts'
import type { Triple } from './matrix.ts'

/**
 * Half widths in metres at shares of the height: two feet side by side and a foot's length (0.27 m), shoulders (0.45 m
 * across, at 0.82), head (0.15 m across). ISO 7250-1 and D. A. Winter, "Biomechanics and Motor Control of Human Movement".
 */
const rings = [
  { share: 0, radius: 0.15 },
  { share: 0.82, radius: 0.22 },
  { share: 0.98, radius: 0.08 },
] as const
const corners = Array.from({ length: 8 }, (_, corner) => (corner * Math.PI) / 4)
const outlines = rings.flatMap(({ share, radius }) =>
  corners.map((angle) => ({ share, dx: radius * Math.cos(angle), dy: radius * Math.sin(angle) })),
)

/** The hip joints are at 0.53 of the height, shoulders at 0.818, the neck at 0.86, the head's middle at 0.936 (Winter). */
export const shareOf = { hips: 0.53, neck: 0.86, head: 0.936 } as const

/** The box around somebody at x and y who is so tall; null where a part of them is behind the camera. Not cut off. */
export function boxOf(view: CameraView, [x, y, height]: Triple): Box | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { share, dx, dy } of outlines) {
    const seen = view.project([x + dx, y + dy, share * height])
    if (seen === null) return null
    const [u, v] = seen.pixel
    left = Math.min(left, u)
    right = Math.max(right, u)
    top = Math.min(top, v)
    bottom = Math.max(bottom, v)
  }
  return [left, top, right - left, bottom - top]
}
