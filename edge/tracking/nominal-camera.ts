/** A camera of which nothing is known but the size of its pictures. Pure. */
import { cameraView } from '../../models/geometry/camera.ts'
import type { Eye } from './place.ts'

/**
 * As shops hang them: under a ceiling of 3 m, turned down by 25 degrees, with a 6 mm lens on a sensor of 1/3 inch (4.8 mm
 * wide), so that somebody 4 m away is seen whole. Where it is not like that, metres are wrong by some share all over the
 * floor, and tracks are as good as their gates: hence the large error.
 */
const heightMetres = 2.8
const downDegrees = 25
const focalShare = 6 / 4.8
const errorMetres = 0.3

/** Places are metres beside and before the camera. */
export function nominalEye(id: string, [width, height]: readonly [number, number]): Eye {
  const down = (downDegrees * Math.PI) / 180
  const focal = focalShare * width
  const view = cameraView({
    id,
    kind: 'camera',
    image: [width, height],
    intrinsics: { fx: focal, fy: focal, cx: (width - 1) / 2, cy: (height - 1) / 2 },
    position: [0, 0, heightMetres],
    lookAt: [0, Math.cos(down), heightMetres - Math.sin(down)],
    up: [0, 0, 1],
  })
  return { id, view, position: [0, 0, heightMetres], image: [width, height], errorMetres }
}
