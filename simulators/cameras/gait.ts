/** What the tracker does not see of a body: its legs. They follow from how it walks, stands and leans. Pure. */
import type { Vec3 } from '../world/geometry.ts'
import type { Person, Side } from '../world/person.ts'
import { type Skeleton, skeletonOf } from '../world/skeleton.ts'

/** Body proportions as shares of height (Winter, Biomechanics and Motor Control of Human Movement). */
const hipShare = 0.53
const halfHips = 0.052
const thigh = 0.245
const shank = 0.246
const ankleShare = 0.039
const footAhead = 0.11

export interface Leg {
  readonly hip: Vec3
  readonly knee: Vec3
  readonly ankle: Vec3
  readonly toe: Vec3
}

export interface Body {
  readonly skeleton: Skeleton
  readonly heightMetres: number
  /** Unit vectors of the feet: where they point, and to their left. */
  readonly ahead: Vec3
  readonly left: Vec3
  readonly pelvis: Vec3
  readonly legs: Readonly<Record<Side, Leg>>
}

export function bodyOf(person: Person, time: number): Body {
  const h = person.heightMetres
  const skeleton = skeletonOf(person, time)
  const facing = person.walk.facing(time)
  const ahead: Vec3 = [Math.cos(facing), Math.sin(facing), 0]
  const left: Vec3 = [-Math.sin(facing), Math.cos(facing), 0]
  const stand = person.bodyPoint(0, 0, ankleShare * h, time)
  const pelvis = pelvisOf(person, skeleton, time)
  const legs = { left: leg('left'), right: leg('right') }
  return { skeleton, heightMetres: h, ahead, left, pelvis, legs }

  function leg(side: Side): Leg {
    const sign = side === 'left' ? 1 : -1
    const step = stepOf(person, side, time)
    const hip = plus(pelvis, left, sign * halfHips * h)
    const ankle = plus(plus(plus(stand, left, sign * (halfHips + 0.008) * h), ahead, step.ahead), [0, 0, 1], step.lift)
    const knee = kneeOf(hip, ankle, ahead, h)
    const tip: Vec3 = plus(plus(ankle, ahead, footAhead * h), [0, 0, 1], -0.022 * h - step.lift * 0.4)
    return { hip, knee, ankle, toe: tip }
  }
}

/** Who reaches far or low bends the knees and moves the hips against the lean, so as not to fall over. */
function pelvisOf(person: Person, { neck }: Skeleton, time: number): Vec3 {
  const h = person.heightMetres
  const upright = person.bodyPoint(0, 0, 0.86 * h, time)
  const lean: Vec3 = [neck[0] - upright[0], neck[1] - upright[1], neck[2] - upright[2]]
  const [x, y, z] = person.bodyPoint(0, 0, hipShare * h, time)
  return [x - lean[0] * 0.12, y - lean[1] * 0.12, z + lean[2] * 0.55]
}

/** Strides a second, the same that the arms swing by (world/person.ts), the leg against the arm of its side. */
const stridesPerSecond = 0.95
/** How high a foot comes off the floor in mid-swing, metres. */
const liftMetres = 0.09

/** Half of a stride the foot stands and the body goes on over it; half of it the foot swings to the front. */
function stepOf(person: Person, side: Side, time: number): { readonly ahead: number; readonly lift: number } {
  if (!person.walk.isWalking(time)) return { ahead: 0, lift: 0 }
  const phase = ((time / 1000) * stridesPerSecond + (side === 'left' ? 0.5 : 0) + 0.25) % 1
  const half = person.metresPerSecond / stridesPerSecond / 4
  if (phase >= 0.5) return { ahead: half * (1 - 4 * (phase - 0.5)), lift: 0 }
  const swing = phase * 2
  return { ahead: half * -Math.cos(Math.PI * swing), lift: liftMetres * Math.sin(Math.PI * swing) }
}

function kneeOf(hip: Vec3, ankle: Vec3, ahead: Vec3, h: number): Vec3 {
  const reach: Vec3 = [ankle[0] - hip[0], ankle[1] - hip[1], ankle[2] - hip[2]]
  const gap = Math.max(1e-6, Math.hypot(...reach))
  const a = thigh * h
  const b = shank * h
  const far = Math.min(gap, a + b)
  const alongWay = (a * a - b * b + far * far) / (2 * far)
  const off = Math.sqrt(Math.max(0, a * a - alongWay * alongWay))
  const away: Vec3 = [reach[0] / gap, reach[1] / gap, reach[2] / gap]
  const across = ahead[0] * away[0] + ahead[1] * away[1] + ahead[2] * away[2]
  const front = plus(ahead, away, -across)
  return plus(plus(hip, away, (alongWay * gap) / far), front, off / Math.max(1e-6, Math.hypot(...front)))
}

function plus(a: Vec3, b: Vec3, factor: number): Vec3 {
  return [a[0] + b[0] * factor, a[1] + b[1] * factor, a[2] + b[2] * factor]
}
