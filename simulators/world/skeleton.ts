/** The eight joints of the contract from a body's place, its facing and its hands. */
import type { JointName } from '../../models/contracts/messages.ts'
import { mix3, type Vec3 } from './geometry.ts'
import type { Person, Side } from './person.ts'

/** Body proportions as shares of height (Winter, Biomechanics and Motor Control of Human Movement). */
const headShare = 0.936
const neckShare = 0.86
const shoulderShare = 0.818
const halfShoulders = 0.115
const upperArm = 0.186
const foreArm = 0.15

/** How far a body leans at most before its owner would step closer, metres. */
const maxLean = 0.5

export type Skeleton = Readonly<Record<JointName, Vec3>>

export function skeletonOf(person: Person, time: number): Skeleton {
  const h = person.heightMetres
  const lean = leanOf(person, time)
  const at = (ahead: number, left: number, share: number): Vec3 => {
    const [x, y, z] = person.bodyPoint(ahead, left * h, share * h, time)
    const part = (share - 0.5) / (headShare - 0.5)
    return [x + lean[0] * part, y + lean[1] * part, z + lean[2] * part]
  }
  const shoulders = { left: at(0, halfShoulders, shoulderShare), right: at(0, -halfShoulders, shoulderShare) }
  const wrists = { left: person.wrist('left', time), right: person.wrist('right', time) }
  return {
    head: at(0.06, 0, headShare),
    neck: at(0, 0, neckShare),
    leftShoulder: shoulders.left,
    rightShoulder: shoulders.right,
    leftElbow: elbow(shoulders.left, wrists.left, h),
    rightElbow: elbow(shoulders.right, wrists.right, h),
    leftWrist: wrists.left,
    rightWrist: wrists.right,
  }
}

/** The lean that brings the shoulder within an arm's length of the wrist. */
function leanOf(person: Person, time: number): Vec3 {
  const h = person.heightMetres
  const sides: readonly Side[] = ['left', 'right']
  let most: Vec3 = [0, 0, 0]
  let size = 0
  for (const side of sides) {
    if (person.hands[side].reachingFor(time) === null) continue
    const sign = side === 'left' ? 1 : -1
    const shoulder = person.bodyPoint(0, sign * halfShoulders * h, shoulderShare * h, time)
    const wrist = person.wrist(side, time)
    const gap = length(minus(wrist, shoulder))
    const excess = Math.min(maxLean, gap - (upperArm + foreArm) * h)
    if (excess <= size) continue
    size = excess
    const [dx, dy, dz] = minus(wrist, shoulder)
    most = [(dx / gap) * excess, (dy / gap) * excess, Math.min(0, (dz / gap) * excess)]
  }
  return most
}

/** Two-link arm with the elbow hanging: its plane holds the vertical. */
function elbow(shoulder: Vec3, wrist: Vec3, h: number): Vec3 {
  const reach = minus(wrist, shoulder)
  const gap = length(reach)
  const a = upperArm * h
  const b = foreArm * h
  if (gap >= a + b || gap < 1e-6) return mix3(shoulder, wrist, a / (a + b))
  const along = (a * a - b * b + gap * gap) / (2 * gap)
  const off = Math.sqrt(Math.max(0, a * a - along * along))
  const unit: Vec3 = [reach[0] / gap, reach[1] / gap, reach[2] / gap]
  const flat = Math.hypot(unit[0], unit[1])
  // Of the directions across the arm, the one that points most downwards; straight arms down bend backwards instead.
  const down: Vec3 =
    flat < 0.2 ? [-unit[0], -unit[1], 0] : [(unit[0] * unit[2]) / flat, (unit[1] * unit[2]) / flat, -flat]
  return [
    shoulder[0] + unit[0] * along + down[0] * off,
    shoulder[1] + unit[1] * along + down[1] * off,
    shoulder[2] + unit[2] * along + down[2] * off,
  ]
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

function length(v: Vec3): number {
  return Math.hypot(v[0], v[1], v[2])
}
