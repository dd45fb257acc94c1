/** A body of solids around the joints of somebody in the shop. Lengths are shares of height, by eye. */
import { cross, minus } from '../../models/geometry/vector.ts'
import type { Vec3 } from '../world/geometry.ts'
import type { Side } from '../world/person.ts'
import type { Body } from './gait.ts'
import { headOf } from './head.ts'
import { plain, write } from './paint.ts'
import { across, along, ball, limb, type Paint, type Solid, unit } from './solid.ts'
import type { Look } from './wardrobe.ts'

/** How uneven cloth and skin look. */
const clothFolds = 0.6
const skinFolds = 0.08
/** How much of its breadth a trunk has in depth. */
const trunkDepth = 0.66

export function figureOf(body: Body, look: Look): Solid[] {
  const arms = [...armOf(body, look, 'left'), ...armOf(body, look, 'right')]
  const legs = [...legOf(body, look, 'left'), ...legOf(body, look, 'right')]
  const parts = [...trunkOf(body, look), ...clothesOf(body, look), ...headOf(body, look), ...arms, ...legs]
  const core = [body.pelvis[0], body.pelvis[1]] as const
  return parts.map((part) => ({ ...part, core }))
}

/** Up along the back, and to the front. */
function frameOf({ skeleton, pelvis, ahead }: Body): { readonly up: Vec3; readonly front: Vec3 } {
  const up = unit(minus(skeleton.neck, pelvis))
  return { up, front: across(up, ahead) }
}

function trunkOf(body: Body, look: Look): Solid[] {
  const { skeleton, heightMetres: h, pelvis, left } = body
  const { up, front } = frameOf(body)
  const wide = h * look.build
  const { neck } = skeleton
  const cloth = plain(look.top)
  const shoulder = (at: Vec3, inwards: number): Vec3 => along(along(at, left, inwards * 0.012 * h), up, -0.006 * h)
  const shoulders = { from: shoulder(skeleton.leftShoulder, -1), to: shoulder(skeleton.rightShoulder, 1) }
  const belly = { from: along(pelvis, up, 0.03 * h), to: along(neck, up, -0.105 * h) }
  const chest = { from: along(neck, up, -0.08 * h), to: along(neck, up, -0.012 * h) }
  const throat = { from: along(neck, up, -0.02 * h), to: skeleton.head }
  const flat = { towards: front, share: trunkDepth }
  return [
    ball(
      pelvis,
      [cross(up, front), up, front],
      [0.094 * wide, 0.085 * h, 0.07 * wide],
      plain(look.trousers),
      clothFolds,
    ),
    limb({ ...belly, fromRadius: 0.084 * wide, toRadius: 0.097 * wide, flat }, patterned(look), clothFolds),
    limb({ ...shoulders, fromRadius: 0.031 * wide, toRadius: 0.031 * wide }, cloth, clothFolds),
    limb(
      { ...chest, fromRadius: 0.085 * wide, toRadius: 0.034 * h, flat: { ...flat, share: 0.75 } },
      cloth,
      clothFolds,
    ),
    limb({ ...throat, fromRadius: 0.034 * h, toRadius: 0.031 * h }, plain(look.skin), skinFolds),
  ]
}

/** The part of a jacket below the waist, and a bag on the back. */
function clothesOf(body: Body, look: Look): Solid[] {
  const { skeleton, pelvis, heightMetres: h } = body
  const { up, front } = frameOf(body)
  const parts: Solid[] = []
  if (look.hem > 0) {
    const form = { from: along(pelvis, up, 0.045 * h), to: along(pelvis, [0, 0, 1], -look.hem * h) }
    const radii = { fromRadius: 0.093 * h * look.build, toRadius: 0.113 * h * (0.4 + 0.6 * look.build) }
    parts.push(limb({ ...form, ...radii, flat: { towards: front, share: 0.74 } }, plain(look.top), clothFolds))
  }
  if (look.bag !== null) {
    const at = along(along(skeleton.neck, up, -0.165 * h), front, -0.11 * h)
    const halves: Vec3 = [0.085 * h, 0.13 * h, 0.06 * h]
    parts.push(ball(at, [cross(up, front), up, front], halves, plain(look.bag), clothFolds))
  }
  return parts
}

/** Stripes go round the trunk, a zip down its front: y is along it, z to the front; metres. */
function patterned({ top, trim, pattern }: Look): Paint {
  switch (pattern) {
    case 'plain':
      return plain(top)
    case 'stripes':
      return (out, _, y) => write(out, ((y + 1) * 11) % 1 < 0.4 ? trim : top)
    case 'zip':
      return (out, x, _, z) => write(out, z > 0 && Math.abs(x) < 0.016 ? trim : top)
  }
}

function armOf({ skeleton, heightMetres: h }: Body, look: Look, side: Side): Solid[] {
  const [shoulder, elbow] = [skeleton[`${side}Shoulder`], skeleton[`${side}Elbow`]]
  const wrist = skeleton[`${side}Wrist`]
  const isLong = look.sleeves === 'long'
  const skin = plain(look.skin)
  const sleeve = plain(look.top)
  const wide = h * (0.5 + 0.5 * look.build)
  const fingers = along(wrist, unit(minus(wrist, elbow)), 0.055 * h)
  const upper = { from: shoulder, to: elbow, fromRadius: 0.031 * wide, toRadius: 0.0255 * wide }
  const lower = { from: elbow, to: wrist, fromRadius: 0.0255 * wide, toRadius: (isLong ? 0.021 : 0.0165) * h }
  return [
    limb(upper, sleeve, clothFolds),
    limb(lower, isLong ? sleeve : skin, isLong ? clothFolds : skinFolds),
    limb({ from: wrist, to: fingers, fromRadius: 0.0185 * h, toRadius: 0.014 * h }, skin, skinFolds),
  ]
}

function legOf({ legs, heightMetres: h }: Body, look: Look, side: Side): Solid[] {
  const { hip, knee, ankle, toe } = legs[side]
  const cloth = plain(look.trousers)
  const wide = h * (0.4 + 0.6 * look.build)
  const heel = along(along(ankle, unit(minus(toe, ankle)), -0.03 * h), [0, 0, 1], -0.012 * h)
  return [
    limb({ from: hip, to: knee, fromRadius: 0.053 * wide, toRadius: 0.037 * wide }, cloth, clothFolds),
    limb({ from: knee, to: ankle, fromRadius: 0.037 * wide, toRadius: 0.027 * h }, cloth, clothFolds),
    limb({ from: heel, to: toe, fromRadius: 0.025 * h, toRadius: 0.02 * h }, plain(look.shoes)),
  ]
}
