/** Cameras hung in a shop: in the corners under the ceiling, then in the middles of the walls, looking at its middle. */
import type { Store } from '../../models/contracts/store.ts'
import type { CameraConfig } from '../../models/geometry/camera.ts'
import { roundMetres } from '../layout/store.ts'
import type { PictureSettings } from '../sensors/camera.ts'
import { shelvingOf } from '../world/shelving.ts'
import { roomOf } from './room.ts'

/** One in each corner. */
export const usualCameras = 4
/** More would see nothing new in a room of up to some 8 m. */
export const mostCameras = 8
/** A lens of 2.8 mm before a sensor of 1/2.8 inch, as most cameras for indoors have: some 85 degrees across. */
const lens = {
  image: [640, 480] as [number, number],
  intrinsics: { fx: 400, fy: 400, cx: 320, cy: 240 },
  distortion: { k1: -0.15, k2: 0.02, p1: 0, p2: 0 },
}
const heightMetres = 2.6
/** What they look at, above the middle of the floor: there the floor before them and heads behind are both in view. */
const lookAtMetres = 0.6
/** How far from the corner of the shop's zones, metres. */
const insetMetres = 0.05

/** How many cameras hang in a shop, and how they take pictures; left out they take none. */
export interface Cameras {
  readonly count: number
  readonly pictures?: PictureSettings | undefined
}

/** The same shop with calibrated cameras in place of its own ones, and in place of its tracker where they take that on. */
export function withCameras(store: Store, { count, pictures }: Cameras): Store {
  const cameras = camerasIn(store).slice(0, count)
  const replaced = pictures?.insteadOfTracker === true ? ['camera', 'tracker'] : ['camera']
  return { ...store, devices: [...store.devices.filter(({ kind }) => !replaced.includes(kind)), ...cameras] }
}

function camerasIn(store: Store): CameraConfig[] {
  const { bounds, place } = roomOf(store, shelvingOf(store))
  const [x0, x1] = [bounds.x0 + insetMetres, bounds.x1 - insetMetres]
  const [y0, y1] = [bounds.y0 + insetMetres, bounds.y1 - insetMetres]
  const [mx, my] = [(x0 + x1) / 2, (y0 + y1) / 2]
  const spots = [
    [x0, y0],
    [x1, y1],
    [x1, y0],
    [x0, y1],
    [mx, y0],
    [mx, y1],
    [x0, my],
    [x1, my],
  ] as const
  const middle = place(mx, my, lookAtMetres)
  return spots.map(([x, y], i) => ({
    id: `cam${i + 1}`,
    kind: 'camera',
    ...lens,
    position: rounded(place(x, y, heightMetres)),
    lookAt: rounded(middle),
    up: [0, 0, 1],
  }))
}

function rounded([x, y, z]: readonly [number, number, number]): [number, number, number] {
  return [roundMetres(x), roundMetres(y), roundMetres(z)]
}
