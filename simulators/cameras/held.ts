/** What is in somebody's hands. */
import { cross, minus } from '../../models/geometry/vector.ts'
import type { Vec3 } from '../world/geometry.ts'
import type { Person, Side } from '../world/person.ts'
import type { Body } from './gait.ts'
import { extentOf, goodsOf, type Prints } from './goods.ts'
import { across, along, type Solid, unit } from './solid.ts'

/** From the wrist to what the fingers hold, metres. */
const gripMetres = 0.09
/** Two things in one grip lie so far apart, metres. */
const besideMetres = 0.06

export function heldBy({ holding }: Person, body: Body, prints: Prints): Solid[] {
  const sides: readonly Side[] = ['left', 'right']
  return sides.flatMap((side) =>
    holding[side].flatMap((item, i) => {
      const { at, directions } = gripOf(body, side, i)
      return goodsOf(item, at, directions, extentOf(item), prints)
    }),
  )
}

interface Grip {
  readonly at: Vec3
  /** Along a package's width, up, to its front. */
  readonly directions: readonly [Vec3, Vec3, Vec3]
}

/** Where the i-th thing in a hand is: upright, its front to where the arm points, one beside the other. */
function gripOf({ skeleton, ahead }: Body, side: Side, i: number): Grip {
  const wrist = skeleton[`${side}Wrist`]
  const arm = unit(minus(wrist, skeleton[`${side}Elbow`]))
  const front = across([0, 0, 1], [arm[0] + 0.1 * ahead[0], arm[1] + 0.1 * ahead[1], 0])
  const width = cross([0, 0, 1], front)
  const at = along(along(wrist, arm, gripMetres), width, i * besideMetres)
  return { at, directions: [width, [0, 0, 1], front] }
}
