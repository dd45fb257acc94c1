/**
 * Where on the floor somebody stands of whom a camera shows a box, and how sure: the place and height whose box it would be,
 * found by repeated linear least squares (Gauss and Newton) from the edges that the picture does not cut off. The errors of
 * the edges, in pixels, become those of the place by the same derivatives. Pure; metres.
 */
import type { CameraView } from '../../models/geometry/camera.ts'
import { boxOf } from './body.ts'
import type { Box } from './detection.ts'
import {
  inverse2,
  inverse3,
  outer2,
  outer3,
  type Pair,
  round2,
  type Symmetric2,
  type Symmetric3,
  sum2,
  sum3,
  type Triple,
  times3,
} from './matrix.ts'
import type { Spot } from './motion.ts'

/** A camera as tracking knows it. */
export interface Eye {
  readonly id: string
  readonly view: CameraView
  readonly position: Triple
  /** Width and height of its pictures, pixels. */
  readonly image: Pair
  /** Error of a place that does not come from the edges of a box: of the calibration, and of a body that is no cylinder. */
  readonly errorMetres: number
}

export interface Height {
  readonly mean: number
  readonly variance: number
}

/** Adults with shoes: women 1.63 m, men 1.76 m on average in Europe, each with 0.07 m (NCD-RisC, eLife 2016; shoes 0.03 m). */
export const standing: Height = { mean: 1.72, variance: 0.1 ** 2 }
/** Whoever bends or is a child; so that a box alone says how tall. */
const anyHeight: Height = { mean: 1.6, variance: 0.35 ** 2 }

/** Where somebody stands if they are so tall: `at` for the height `height`, moved by `perMetre` for each metre more. */
export interface Place {
  /** By which edge: the feet, or only the head since the feet are hidden or cut off. */
  readonly by: 'feet' | 'head'
  readonly at: Pair
  readonly height: number
  readonly perMetre: Pair
  /** Of `at`, were the height known. */
  readonly covariance: Symmetric2
  /** What the box alone says of the height; null where it does not say. */
  readonly measured: Height | null
}

/** An edge nearer to the picture's than this share of it may be cut off. */
const cutShare = 0.012
/**
 * Errors of edges as shares of the box, one standard deviation. Of somebody who stands still the same network moves edges by
 * 0.005 (person-video), but with another posture, step or light by some hundredths: an intersection over union of 0.85 with
 * the true box, as good detections have, is 0.04 for each edge.
 */
const edgeShare = 0.04
/** Arms and bags widen a box by half, to either side. */
const middleShare = 0.06
const widthShare = 0.3
const sideShare = 0.2
/**
 * Below, the lower part of the body may be hidden behind a shelf, or they bend: both are considered. Of a crowd in a rendered shop
 * a far camera places those whose feet a shelf hides 1 m too far off, as people of 1.5 to 1.6 m [measured].
 */
const bentMetres = 1.65
const rounds = 6
const settledMetres = 0.002
/** A step of a derivative: well below what matters, well above rounding. */
const stepMetres = 0.01
/** Who could be anywhere in the shop was not seen. */
const vaguestMetres = 3

interface Feature {
  readonly of: (box: Box) => number
  readonly value: number
  readonly sd: number
}

/** One place, or two where the box is of somebody who bends or whose feet are hidden; none where it says too little. */
export function placesOf(eye: Eye, box: Box): Place[] {
  const { top, bottom, others } = featuresOf(eye, box)
  const byFeet = bottom === null ? null : solve(eye, 'feet', box, [bottom, ...(top === null ? [] : [top]), ...others])
  if (byFeet !== null && (top === null || byFeet.height >= bentMetres)) return [byFeet]
  const byHead = top === null ? null : solve(eye, 'head', box, [top, ...others])
  return [byFeet, byHead].filter((place) => place !== null)
}

/**
 * The spot of a place, and how sure with what is not known of the height: where only the head is seen that is the person's
 * own, `tall`; where the feet are seen it is what the box says, since they may bend.
 */
export function spotOf(eye: Eye, { by, at, height, perMetre, covariance, measured }: Place, tall: Height): Spot {
  const known = by === 'head' ? tall : { mean: height, variance: measured?.variance ?? anyHeight.variance }
  const more = known.mean - height
  const blur = sum2(outer2(perMetre, known.variance), round2(eye.errorMetres ** 2))
  return { at: [at[0] + more * perMetre[0], at[1] + more * perMetre[1]], covariance: sum2(covariance, blur) }
}

/** Where the lower edge of a box meets the floor, and its upper one the height of heads: about where somebody stands. */
export function roughPlaces({ view }: Eye, [x, y, width, height]: Box): Pair[] {
  const middle = x + width / 2
  return [view.atHeight([middle, y + height], 0), view.atHeight([middle, y], standing.mean)].filter((at) => at !== null)
}

/** Whether the picture's edge cuts through the box, or touches it. */
export function isCut({ image }: Eye, [x, y, width, height]: Box): boolean {
  const [marginX, marginY] = [cutShare * image[0], cutShare * image[1]]
  return x <= marginX || y <= marginY || x + width >= image[0] - marginX || y + height >= image[1] - marginY
}

function featuresOf({ image }: Eye, [x, y, width, height]: Box) {
  const [marginX, marginY] = [cutShare * image[0], cutShare * image[1]]
  const edge = edgeShare * height + 1
  const left = x > marginX
  const right = x + width < image[0] - marginX
  const feature = (of: Feature['of'], value: number, sd: number): Feature => ({ of, value, sd })
  const sides = [
    ...(left && right
      ? [
          feature((box) => box[0] + box[2] / 2, x + width / 2, middleShare * width + 1),
          feature((box) => box[2], width, widthShare * width + 1),
        ]
      : []),
    ...(left && !right ? [feature((box) => box[0], x, sideShare * width + 1)] : []),
    ...(right && !left ? [feature((box) => box[0] + box[2], x + width, sideShare * width + 1)] : []),
  ]
  return {
    top: y > marginY ? feature((box) => box[1], y, edge) : null,
    bottom: y + height < image[1] - marginY ? feature((box) => box[1] + box[3], y + height, edge) : null,
    others: sides,
  }
}

function solve(eye: Eye, by: Place['by'], box: Box, features: readonly Feature[]): Place | null {
  const prior = by === 'feet' ? anyHeight : standing
  const middle = box[0] + box[2] / 2
  const first =
    by === 'feet' ? eye.view.atHeight([middle, box[1] + box[3]], 0) : eye.view.atHeight([middle, box[1]], prior.mean)
  let guess: Triple | null = first === null ? null : [first[0], first[1], prior.mean]
  for (let round = 0, moved = 1; round < rounds && guess !== null && moved > settledMetres; round++) {
    const next = improved(eye.view, guess, features, prior)
    moved = next === null ? 0 : Math.hypot(next[0] - guess[0], next[1] - guess[1], next[2] - guess[2])
    guess = next
  }
  if (guess === null) return null
  return placeAt(by, guess, informationAt(eye.view, guess, features))
}

/** The next guess; null where the body would not be before the camera, or the edges do not say where it is. */
function improved(view: CameraView, guess: Triple, features: readonly Feature[], prior: Height): Triple | null {
  const derived = derivatives(view, guess, features)
  if (derived === null) return null
  let information: Symmetric3 = [0, 0, 0, 0, 0, 1 / prior.variance]
  let [x, y, z] = [0, 0, (prior.mean - guess[2]) / prior.variance]
  for (const { slope, missing, weight } of derived) {
    information = sum3(information, outer3(slope, weight))
    x += slope[0] * missing * weight
    y += slope[1] * missing * weight
    z += slope[2] * missing * weight
  }
  const covariance = inverse3(information)
  if (covariance === null) return null
  const [dx, dy, dh] = times3(covariance, [x, y, z])
  // A step no longer than what the derivatives of somebody near hold for.
  const short = Math.min(1, 2 / Math.hypot(dx, dy))
  return [guess[0] + short * dx, guess[1] + short * dy, Math.min(Math.max(guess[2] + dh, 0.4), 2.6)]
}

/** What the edges say, without what is known of people's heights. */
function informationAt(view: CameraView, guess: Triple, features: readonly Feature[]): Symmetric3 | null {
  const derived = derivatives(view, guess, features)
  if (derived === null) return null
  return derived.reduce<Symmetric3>((all, { slope, weight }) => sum3(all, outer3(slope, weight)), [0, 0, 0, 0, 0, 0])
}

function derivatives(view: CameraView, guess: Triple, features: readonly Feature[]) {
  const box = boxOf(view, guess)
  const moved = [0, 1, 2].map((axis) =>
    boxOf(view, guess.map((value, index) => value + (index === axis ? stepMetres : 0)) as unknown as Triple),
  )
  const [byX, byY, byHeight] = moved
  if (box === null || byX == null || byY == null || byHeight == null) return null
  return features.map(({ of, value, sd }) => {
    const here = of(box)
    const slope = [byX, byY, byHeight].map((other) => (of(other) - here) / stepMetres) as unknown as Triple
    return { slope, missing: value - here, weight: 1 / sd ** 2 }
  })
}

function placeAt(by: Place['by'], [x, y, height]: Triple, information: Symmetric3 | null): Place | null {
  if (information === null) return null
  const [xx, xy, xh, yy, yh] = information
  const covariance = inverse2([xx, xy, yy])
  if (covariance === null || Math.max(covariance[0], covariance[2]) > vaguestMetres ** 2) return null
  if (![x, y, height].every(Number.isFinite)) return null
  const perMetre: Pair = [-(covariance[0] * xh + covariance[1] * yh), -(covariance[1] * xh + covariance[2] * yh)]
  const whole = by === 'feet' ? inverse3(information) : null
  // The edges of a box cut off say nothing of the height: its variance is beyond that of all people then.
  const measured = whole === null || whole[5] > anyHeight.variance ? null : { mean: height, variance: whole[5] }
  return { by, at: [x, y], height, perMetre, covariance, measured }
}
