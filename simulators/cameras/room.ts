/** The room around a shop: as far as its zones and fixtures reach, upright in the shop's own frame. */
import type { Store } from '../../models/contracts/store.ts'
import { askewOf } from '../world/floor.ts'
import { type Box, boxAround, turned, type Vec2, type Vec3 } from '../world/geometry.ts'
import type { ShelfSpace, Shelving } from '../world/shelving.ts'

export interface Room {
  /** In the frame of the shop, which is turned by `askew` radians against its coordinates. */
  readonly bounds: Box
  readonly shelves: readonly Box[]
  /** From the frame of the shop to its coordinates. */
  place(x: number, y: number, z: number): Vec3
  /** The frame's three axes in the shop's coordinates. */
  readonly directions: readonly [Vec3, Vec3, Vec3]
}

export function roomOf(store: Store, { shelves }: Shelving): Room {
  const askew = askewOf(store)
  const upright = (point: Vec2): Vec2 => turned(point, -askew)
  const footprints = shelves.map((shelf) => boxAround(footprintOf(shelf).map(upright)))
  const zones = store.zones.flatMap(({ polygon }) => polygon.map(upright))
  const [ax, ay] = turned([1, 0], askew)
  return {
    bounds: boxAround([
      ...zones,
      ...footprints.flatMap(({ x0, y0, x1, y1 }): Vec2[] => [
        [x0, y0],
        [x1, y1],
      ]),
    ]),
    shelves: footprints,
    place(x, y, z) {
      const [px, py] = turned([x, y], askew)
      return [px, py, z]
    },
    directions: [
      [ax, ay, 0],
      [-ay, ax, 0],
      [0, 0, 1],
    ],
  }
}

function footprintOf({ along, front, from, to, edge, depth }: ShelfSpace): Vec2[] {
  return [from, to].flatMap((u) =>
    [edge, edge - depth].map((v): Vec2 => [along[0] * u + front[0] * v, along[1] * u + front[1] * v]),
  )
}
