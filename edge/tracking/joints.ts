/**
 * Joints in the store's metres: each camera's landmark is a ray; rays of two cameras are met by least squares, and one
 * camera's depth is that of the body on the floor and what the pose network guesses beyond. Pure.
 */
import type { Joint, JointName } from '../../models/contracts/messages.ts'
import { shareOf } from './body.ts'
import type { Detection } from './detection.ts'
import { inverse3, outer3, type Pair, type Symmetric2, type Symmetric3, sum3, type Triple, times3 } from './matrix.ts'
import type { Eye, Height } from './place.ts'

/** One joint as one camera sees it. */
export interface JointRay {
  readonly joint: JointName
  readonly from: Triple
  /** Length 1. */
  readonly direction: Triple
  readonly behindHips: number
  readonly visibility: number
}

/** What is known of the body that the joints are of. */
export interface BodyState {
  readonly at: Pair
  readonly covariance: Symmetric2
  readonly height: Height
}

/** A ray, and how long ago it was seen. */
export interface TimedRay {
  readonly ray: JointRay
  readonly agoMs: number
}

/** Numbers of MediaPipe's pose landmarks. */
const landmarkOf = {
  leftShoulder: 11,
  rightShoulder: 12,
  leftElbow: 13,
  rightElbow: 14,
  leftWrist: 15,
  rightWrist: 16,
} as const satisfies Partial<Record<JointName, number>>
type Limb = keyof typeof landmarkOf
const limbs = Object.keys(landmarkOf) as Limb[]

/** The network guesses where hidden joints would be; what is less likely seen than hidden is left out. */
const leastVisibility = 0.5
/** Error across the ray: 3 % of a body's height (reasoned: the labels of such networks differ by as much). */
const acrossMetres = 0.05
/** Error of the network's depth, of which one picture shows little (reasoned: a third of a lower arm). */
const depthMetres = 0.12
/** A hand at a shelf moves so fast, metres a second, so that older rays say less. */
const handSpeed = 1
/** A hand with the arm stretched is so far from the neck as a share of the height (Winter: 0.19 + 0.15, and half the shoulders); leaning adds some. */
const armShare = 0.6
/** "Right" for a score: within a hand's length, so that the hand is at this facing; for the trunk within half a step. */
const rightMetres = 0.15
const rightTrunkMetres = 0.3

/** The rays of the limbs that are likely seen. */
export function raysOf({ view, position }: Eye, { pose }: Detection): JointRay[] {
  return limbs.flatMap((joint) => {
    const landmark = pose?.[landmarkOf[joint]]
    if (landmark === undefined || !(landmark.visibility >= leastVisibility)) return []
    const direction = view.ray(landmark.pixel)
    if (![...direction, landmark.behindHips].every(Number.isFinite)) return []
    return [{ joint, from: position, direction, behindHips: landmark.behindHips, visibility: landmark.visibility }]
  })
}

/** Head and neck over the body's place, and the limbs that were seen. Scores: probability of being right, see above. */
export function jointsOf(body: BodyState, rays: readonly TimedRay[], topMetres: number | null) {
  const { at, covariance, height } = body
  const score = within(Math.sqrt(covariance[0] + covariance[2]), rightTrunkMetres)
  const neck: Triple = [at[0], at[1], shareOf.neck * height.mean]
  const joints: Partial<Record<JointName, Joint>> = { neck: jointAt(neck, score) }
  if (topMetres !== null) joints.head = jointAt([at[0], at[1], topMetres - (1 - shareOf.head) * height.mean], score)
  for (const joint of limbs) {
    const seen = rays.filter(({ ray }) => ray.joint === joint)
    const found = seen.length === 0 ? null : meet(body, seen)
    if (found !== null && apart(found.point, neck) <= armShare * height.mean)
      joints[joint] = jointAt(found.point, found.score)
  }
  return joints
}

/** Least squares of the distances to the rays, and of the depths from the hips. */
function meet({ at, covariance, height }: BodyState, rays: readonly TimedRay[]) {
  const hips: Triple = [at[0], at[1], shareOf.hips * height.mean]
  const depthVariance = depthMetres ** 2 + (covariance[0] + covariance[2]) / 2
  let information: Symmetric3 = [0, 0, 0, 0, 0, 0]
  let sum: Triple = [0, 0, 0]
  for (const { ray, agoMs } of rays) {
    const moved = ((handSpeed * agoMs) / 1000) ** 2
    const across = 1 / (acrossMetres ** 2 + moved)
    const beside = sum3([across, 0, 0, across, 0, across], outer3(ray.direction, -across))
    const sight = unit(minus(hips, ray.from))
    const deep = outer3(sight, 1 / (depthVariance + moved))
    information = sum3(information, sum3(beside, deep))
    const target = moreAlong(hips, sight, ray.behindHips)
    sum = plus(sum, plus(times3(beside, ray.from), times3(deep, target)))
  }
  const errors = inverse3(information)
  if (errors === null) return null
  const likely = Math.max(...rays.map(({ ray }) => ray.visibility))
  const point = times3(errors, sum)
  if (!point.every(Number.isFinite)) return null
  return { point, score: likely * within(Math.sqrt(errors[0] + errors[3] + errors[5]), rightMetres) }
}

/** Probability that an error with this standard deviation is smaller than so many metres. */
function within(sd: number, metres: number): number {
  // Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.27: off by 0.0005 at most.
  const x = metres / (Math.SQRT2 * Math.max(sd, 1e-3))
  return 1 - 1 / (1 + x * (0.278393 + x * (0.230389 + x * (0.000972 + x * 0.078108)))) ** 4
}

/** Millimetres, and thousandths. */
function jointAt([x, y, z]: Triple, score: number): Joint {
  return [rounded(x), rounded(y), rounded(z), rounded(Math.min(Math.max(score, 0), 1))]
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}

function unit(a: Triple): Triple {
  const length = Math.hypot(...a)
  return [a[0] / length, a[1] / length, a[2] / length]
}

function minus(a: Triple, b: Triple): Triple {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

function plus(a: Triple, b: Triple): Triple {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

function moreAlong(a: Triple, direction: Triple, metres: number): Triple {
  return [a[0] + metres * direction[0], a[1] + metres * direction[1], a[2] + metres * direction[2]]
}

function apart(a: Triple, b: Triple): number {
  return Math.hypot(...minus(a, b))
}
