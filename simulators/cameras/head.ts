/** A head with its face and hair. */
import { cross, minus } from '../../models/geometry/vector.ts'
import type { Body } from './gait.ts'
import { plain, type Rgb, write } from './paint.ts'
import { across, along, ball, limb, type Paint, type Solid, unit } from './solid.ts'
import type { Look } from './wardrobe.ts'

/** Heads stay more upright than necks. */
const nod = 0.5
const hairFolds = 0.5

/** Lengths are shares of the body's height. */
export function headOf({ skeleton, heightMetres: h, ahead }: Body, look: Look): Solid[] {
  const at = skeleton.head
  const neck = unit(minus(at, skeleton.neck))
  const up = unit([neck[0] * nod, neck[1] * nod, Math.max(0.3, neck[2])])
  const front = across(up, ahead)
  const directions = [cross(up, front), up, front] as const
  const part = (
    forward: number,
    higher: number,
    [x, y, z]: readonly [number, number, number],
    paint: Paint,
    folds = 0,
  ) => ball(along(along(at, front, forward * h), up, higher * h), directions, [x * h, y * h, z * h], paint, folds)
  const skull = part(0, 0, [0.043, 0.066, 0.053], face(look))
  const nose = part(0.052, -0.01, [0.008, 0.013, 0.011], plain(look.skin))
  if (look.hairStyle === 'bald') return [skull, nose]
  const hair = plain(look.hair)
  const cap = part(-0.011, 0.014, [0.047, 0.061, 0.054], hair, hairFolds)
  if (look.hairStyle === 'short') return [skull, nose, cap]
  const from = along(at, front, -0.02 * h)
  const to = along(along(at, front, -0.035 * h), up, -0.12 * h)
  const flat = { towards: front, share: 0.6 }
  return [skull, nose, cap, limb({ from, to, fromRadius: 0.05 * h, toRadius: 0.04 * h, flat }, hair, hairFolds)]
}

const eyeWhite: Rgb = [0.75, 0.73, 0.7]
const pupil: Rgb = [0.03, 0.02, 0.02]

/** Eyes, brows and mouth at their places of a ball; y is up, z to the front. */
function face({ skin, hair }: Look): Paint {
  const lips: Rgb = [skin[0] * 0.75, skin[1] * 0.5, skin[2] * 0.5]
  return (out, x, y, z) => {
    const aside = Math.abs(x)
    const fromEye = Math.abs(aside - 0.4)
    if (z < 0.3) write(out, skin)
    else if (Math.abs(y - 0.1) < 0.055 && fromEye < 0.16) write(out, fromEye < 0.07 ? pupil : eyeWhite)
    else if (Math.abs(y - 0.25) < 0.04 && fromEye < 0.2) write(out, hair)
    else write(out, Math.abs(y + 0.45) < 0.05 && aside < 0.3 ? lips : skin)
  }
}
