/**
 * Where shoulders, elbows and wrists are, from rays that cameras see at different times: for each limb a Kalman filter of
 * its place beside the body. It forgets by itself towards where limbs are as a rule, so that rays of two cameras a quarter of
 * a second apart still meet, and one camera's ray alone is no surer of the depth than a body is thick. Pure; plain data.
 */
import type { JointName } from '../../models/contracts/messages.ts'
import type { Detection } from './detection.ts'
import { inverse3, outer3, type Pair, quadratic3, type Symmetric3, sum3, type Triple, times3 } from './matrix.ts'
import type { Eye } from './place.ts'

/** Numbers of MediaPipe's pose landmarks. */
const landmarkOf = {
  leftShoulder: 11,
  rightShoulder: 12,
  leftElbow: 13,
  rightElbow: 14,
  leftWrist: 15,
  rightWrist: 16,
} as const satisfies Partial<Record<JointName, number>>
export type Limb = keyof typeof landmarkOf
export const limbs = Object.keys(landmarkOf) as Limb[]

/** A limb as last seen. */
export interface LimbState {
  /** From the body's place on the floor, metres. */
  readonly beside: Triple
  readonly covariance: Symmetric3
  readonly tsMs: number
  /** Probability of having been seen, as the network said last. */
  readonly visibility: number
}

export type Limbs = Partial<Record<Limb, LimbState>>

/** One limb as one camera sees it. */
interface Ray {
  readonly from: Triple
  /** Length 1. */
  readonly direction: Triple
  readonly visibility: number
}

/** Where the limbs of somebody are whose they are not seen: height as a share of theirs, and one standard deviation, metres. */
const usual = {
  Shoulder: { share: 0.8, across: 0.15, up: 0.1, forgetsMs: 1000 },
  Elbow: { share: 0.62, across: 0.25, up: 0.2, forgetsMs: 1000 },
  /** A hand hangs, or reaches as far as 0.7 m; it moves 0.5 m in half a second and rests at a shelf for as long. */
  Wrist: { share: 0.58, across: 0.35, up: 0.3, forgetsMs: 1500 },
} as const

/** The network guesses where hidden joints would be; what is less likely seen than hidden is left out. */
const leastVisibility = 0.5
/**
 * Error across the ray, one standard deviation: of 3,000 wrists of rendered people that the network called visible half were
 * within 0.1 m of the ray, of shoulders half within 0.06 m. (What it guesses of their depth was worse than none: 0.1 m too
 * near, and 0.15 m off beyond that.)
 */
const acrossMetres = 0.08
/** Of the square of the Mahalanobis distance: 99 of 100 are below (chi-square, three degrees of freedom). Others are of another limb. */
const gate = 11.34
/** To exchange left and right must explain so much more, minus twice the log likelihood: e^2 times. */
const swapGain = 4

/** Takes in what a camera sees of somebody's limbs, who stands at a place and is so tall. */
export function seeLimbs(
  known: Limbs,
  eye: Eye,
  tsMs: number,
  { at, height }: { readonly at: Pair; readonly height: number },
  { pose }: Pick<Detection, 'pose'>,
): Limbs {
  const rays = limbs.map((limb) => rayOf(eye, pose?.[landmarkOf[limb]]))
  if (rays.every((ray) => ray === null)) return known
  const before = limbs.map((limb) => expected(known[limb], limb, tsMs, height))
  const straight = limbs.map((_, index) => rays[index] ?? null)
  // A network takes somebody's back for their front, or both hands for one: each pair by itself.
  const taken = [0, 2, 4].flatMap((left) => pairOf(before, straight, left, at))
  const seen: Limbs = { ...known }
  for (const [index, limb] of limbs.entries()) {
    const [state, ray] = [before[index], taken[index]]
    if (state === undefined || ray == null || misfit(state, ray, at) > gate) continue
    const next = corrected(state, ray, at)
    if (next !== null) seen[limb] = { ...next, tsMs, visibility: ray.visibility }
  }
  return seen
}

/** A limb at a later time. */
export function limbAt(state: LimbState | undefined, limb: Limb, tsMs: number, height: number): LimbState {
  return { visibility: 0, ...state, ...expected(state, limb, tsMs, height), tsMs: state?.tsMs ?? tsMs }
}

type Belief = Pick<LimbState, 'beside' | 'covariance'>

function expected(state: LimbState | undefined, limb: Limb, tsMs: number, height: number): Belief {
  const { share, across, up, forgetsMs } = usual[limb.replace(/left|right/, '') as keyof typeof usual]
  const mean: Triple = [0, 0, share * height]
  const spread: Symmetric3 = [across ** 2, 0, 0, across ** 2, 0, up ** 2]
  if (state === undefined) return { beside: mean, covariance: spread }
  const kept = Math.exp(-Math.max(0, tsMs - state.tsMs) / forgetsMs)
  return {
    beside: mix(mean, state.beside, kept),
    covariance: spread.map(
      (each, index) => each * (1 - kept ** 2) + (state.covariance[index] ?? 0) * kept ** 2,
    ) as unknown as Symmetric3,
  }
}

function rayOf({ view, position }: Eye, landmark: NonNullable<Detection['pose']>[number] | undefined): Ray | null {
  if (landmark === undefined || !(landmark.visibility >= leastVisibility)) return null
  const direction = view.ray(landmark.pixel)
  return direction.every(Number.isFinite) ? { from: position, direction, visibility: landmark.visibility } : null
}

/** The rays of the left and the right one of a pair of limbs, exchanged where that fits better. */
function pairOf(before: readonly Belief[], rays: readonly (Ray | null)[], left: number, at: Pair): (Ray | null)[] {
  const cost = (index: number, ray: Ray | null | undefined) => {
    const state = before[index]
    return state === undefined || ray == null ? 0 : Math.min(misfit(state, ray, at), gate)
  }
  const pair = [rays[left] ?? null, rays[left + 1] ?? null]
  const straight = cost(left, pair[0]) + cost(left + 1, pair[1])
  const crossed = cost(left, pair[1]) + cost(left + 1, pair[0])
  return crossed + swapGain < straight ? pair.reverse() : pair
}

/** The square of the Mahalanobis distance of a limb to a ray. */
function misfit({ beside, covariance }: Belief, { from, direction }: Ray, at: Pair): number {
  const off = acrossRay(minus(from, placeOf(beside, at)), direction)
  const weight = inverse3(sum3(covariance, round3(acrossMetres ** 2)))
  return weight === null ? Number.POSITIVE_INFINITY : quadratic3(weight, off)
}

/** The ray says nothing of the depth. */
function corrected({ beside, covariance }: Belief, { from, direction }: Ray, at: Pair): Belief | null {
  const before = inverse3(covariance)
  if (before === null) return null
  const seen = sum3(round3(acrossMetres ** -2), outer3(direction, -(acrossMetres ** -2)))
  const after = inverse3(sum3(before, seen))
  if (after === null) return null
  const [dx, dy, dz] = times3(after, times3(seen, minus(from, placeOf(beside, at))))
  return { beside: [beside[0] + dx, beside[1] + dy, beside[2] + dz], covariance: after }
}

export function placeOf([x, y, z]: Triple, at: Pair): Triple {
  return [at[0] + x, at[1] + y, z]
}

function acrossRay(off: Triple, direction: Triple): Triple {
  const along = off[0] * direction[0] + off[1] * direction[1] + off[2] * direction[2]
  return [off[0] - along * direction[0], off[1] - along * direction[1], off[2] - along * direction[2]]
}

function round3(value: number): Symmetric3 {
  return [value, 0, 0, value, 0, value]
}

function mix(a: Triple, b: Triple, share: number): Triple {
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])]
}

function minus(a: Triple, b: Triple): Triple {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}
