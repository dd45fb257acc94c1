/** A body of solids around the joints of somebody in the shop. */

import type { Vec3 } from '../world/geometry.ts'
import type { Body, Leg } from './gait.ts'
import { across, along, ball, cross, type Light, limb, minus, type Paint, type Solid, unit } from './solid.ts'
import type { Look, Rgb } from './wardrobe.ts'

/** How uneven cloth and skin look. */
const clothFolds = 0.6
const skinFolds = 0.08

export function figureOf(body: Body, look: Look): Solid[] {
  const arms = [...arm(body, look, 'left'), ...arm(body, look, 'right')]
  const parts = [...trunk(body, look), ...head(body, look), ...arms, ...legs(body, look)]
  const core = [body.pelvis[0], body.pelvis[1]] as const
  return parts.map((part) => ({ ...part, core }))
}

function plain([r, g, b]: Rgb): Paint {
  return (out) => {
    out[0] = r
    out[1] = g
    out[2] = b
  }
}

function trunk({ skeleton, heightMetres: h, pelvis, ahead, left }: Body, look: Look): Solid[] {
  const { build, trousers, skin } = look
  const neck = skeleton.neck
  const up = unit(minus(neck, pelvis))
  const front = across(up, ahead)
  const waist = along(pelvis, up, 0.03 * h)
  const chest = along(neck, up, -0.105 * h)
  const shoulder = (at: Vec3, towards: number): Vec3 => along(along(at, left, -towards * 0.012 * h), up, -0.006 * h)
  const shirt = top(look)
  const flat = { towards: front, share: 0.66 }
  return [
    ball(
      pelvis,
      [cross(up, front), up, front],
      [0.094 * h * build, 0.085 * h, 0.07 * h * build],
      plain(trousers),
      clothFolds,
    ),
    limb(
      { from: waist, to: chest, fromRadius: 0.084 * h * build, toRadius: 0.097 * h * build, flat },
      shirt,
      clothFolds,
    ),
    limb(
      {
        from: shoulder(skeleton.leftShoulder, 1),
        to: shoulder(skeleton.rightShoulder, -1),
        fromRadius: 0.031 * h * build,
        toRadius: 0.031 * h * build,
      },
      plain(look.top),
      clothFolds,
    ),
    limb(
      {
        from: along(neck, up, -0.08 * h),
        to: along(neck, up, -0.012 * h),
        fromRadius: 0.085 * h * build,
        toRadius: 0.034 * h,
        flat: { towards: front, share: 0.75 },
      },
      plain(look.top),
      clothFolds,
    ),
    ...skirt(look, pelvis, up, front, h),
    ...bag(look, chest, up, front, h),
    limb(
      { from: along(neck, up, -0.02 * h), to: skeleton.head, fromRadius: 0.034 * h, toRadius: 0.031 * h },
      plain(skin),
      skinFolds,
    ),
  ]
}

/** The part of a jacket or coat below the waist. */
function skirt({ hem, build, top: colour }: Look, pelvis: Vec3, up: Vec3, front: Vec3, h: number): Solid[] {
  if (hem === 0) return []
  const flat = { towards: front, share: 0.74 }
  const from = along(pelvis, up, 0.045 * h)
  const to = along(pelvis, [0, 0, 1], -hem * h)
  return [
    limb(
      { from, to, fromRadius: 0.093 * h * build, toRadius: 0.113 * h * (0.4 + 0.6 * build), flat },
      plain(colour),
      clothFolds,
    ),
  ]
}

function bag({ bag: colour }: Look, chest: Vec3, up: Vec3, front: Vec3, h: number): Solid[] {
  if (colour === null) return []
  const at = along(along(chest, front, -0.11 * h), up, -0.06 * h)
  return [ball(at, [cross(up, front), up, front], [0.085 * h, 0.13 * h, 0.06 * h], plain(colour), clothFolds)]
}

/** The pattern goes round the body: y is along it, z to the front. */
function top({ top: main, trim, pattern }: Look): Paint {
  if (pattern === 'plain') return plain(main)
  const isTrim =
    pattern === 'stripes'
      ? (_x: number, y: number) => (y * 11) % 1 < 0.4
      : (x: number, _y: number, z: number) => z > 0 && Math.abs(x) < 0.016
  return (out, x, y, z) => write(out, isTrim(x, y + 10, z) ? trim : main)
}

function write(out: Light, [r, g, b]: Rgb): void {
  out[0] = r
  out[1] = g
  out[2] = b
}

function head({ skeleton, heightMetres: h, ahead }: Body, look: Look): Solid[] {
  const up = unit(minus(skeleton.head, skeleton.neck))
  const upright = unit([up[0] * 0.5, up[1] * 0.5, Math.max(0.3, up[2])])
  const front = across(upright, ahead)
  const side = cross(upright, front)
  const at = skeleton.head
  const directions = [side, upright, front] as const
  const skull = ball(at, directions, [0.043 * h, 0.066 * h, 0.053 * h], face(look), 0)
  const nose = ball(
    along(along(at, front, 0.052 * h), upright, -0.01 * h),
    directions,
    [0.008 * h, 0.013 * h, 0.011 * h],
    plain(look.skin),
  )
  if (look.hairStyle === 'bald') return [skull, nose]
  const cap = ball(
    along(along(at, front, -0.011 * h), upright, 0.014 * h),
    directions,
    [0.047 * h, 0.061 * h, 0.054 * h],
    plain(look.hair),
    0.5,
  )
  if (look.hairStyle === 'short') return [skull, nose, cap]
  const mane = limb(
    {
      from: along(at, front, -0.02 * h),
      to: along(along(at, front, -0.035 * h), upright, -0.12 * h),
      fromRadius: 0.05 * h,
      toRadius: 0.04 * h,
      flat: { towards: front, share: 0.6 },
    },
    plain(look.hair),
    0.5,
  )
  return [skull, nose, cap, mane]
}

/** Eyes, brows and mouth at their places of a ball; y is up, z to the front. */
function face({ skin, hair }: Look): Paint {
  const lips: Rgb = [skin[0] * 0.75, skin[1] * 0.5, skin[2] * 0.5]
  const white: Rgb = [0.75, 0.73, 0.7]
  return (out, x, y, z) => {
    write(out, skin)
    if (z < 0.3) return
    const ax = Math.abs(x)
    if (Math.abs(y - 0.1) < 0.055 && Math.abs(ax - 0.4) < 0.16)
      write(out, Math.abs(ax - 0.4) < 0.07 ? [0.03, 0.02, 0.02] : white)
    else if (Math.abs(y - 0.25) < 0.04 && ax > 0.2 && ax < 0.6) write(out, hair)
    else if (Math.abs(y + 0.45) < 0.05 && ax < 0.3) write(out, lips)
  }
}

function arm({ skeleton, heightMetres: h }: Body, look: Look, side: 'left' | 'right'): Solid[] {
  const shoulder = skeleton[`${side}Shoulder`]
  const elbow = skeleton[`${side}Elbow`]
  const wrist = skeleton[`${side}Wrist`]
  const sleeve = plain(look.top)
  const skin = plain(look.skin)
  const isLong = look.sleeves === 'long'
  const wide = 0.5 + 0.5 * look.build
  const cuff = isLong ? 0.021 : 0.0165
  const towards = unit(minus(wrist, elbow))
  const fingers = along(wrist, towards, 0.055 * h)
  return [
    limb({ from: shoulder, to: elbow, fromRadius: 0.031 * h * wide, toRadius: 0.0255 * h * wide }, sleeve, clothFolds),
    limb(
      { from: elbow, to: wrist, fromRadius: 0.0255 * h * wide, toRadius: cuff * h },
      isLong ? sleeve : skin,
      isLong ? clothFolds : skinFolds,
    ),
    limb({ from: wrist, to: fingers, fromRadius: 0.0185 * h, toRadius: 0.014 * h }, skin, skinFolds),
  ]
}

function legs({ legs: { left, right }, heightMetres: h }: Body, look: Look): Solid[] {
  return [left, right].flatMap(({ hip, knee, ankle, toe }: Leg) => {
    const cloth = plain(look.trousers)
    const b = 0.4 + 0.6 * look.build
    const heel: Vec3 = along(ankle, unit(minus(toe, ankle)), -0.03 * h)
    return [
      limb({ from: hip, to: knee, fromRadius: 0.053 * h * b, toRadius: 0.037 * h * b }, cloth, clothFolds),
      limb({ from: knee, to: ankle, fromRadius: 0.037 * h * b, toRadius: 0.027 * h }, cloth, clothFolds),
      limb(
        { from: along(heel, [0, 0, 1], -0.012 * h), to: toe, fromRadius: 0.025 * h, toRadius: 0.02 * h },
        plain(look.shoes),
      ),
    ]
  })
}
