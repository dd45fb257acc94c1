/**
 * How well somebody's two hands fit that one of them changed a shelf at a given time.
 *
 * The hand of whoever did it was in the space over the plate at that instant; everybody else's hands are anywhere in the
 * metre or so around. Trackers lose wrists, most of all in a shelf: a hand that is lost there speaks by where it was just
 * before and after, and the other hand of the same person speaks against nobody.
 */
import { type CellSpace, distanceToCell } from './geometry.ts'
import { between } from './in-time.ts'
import type { Frame } from './person.ts'

/** The hand is there from 0.3 s before the lift to 0.2 s after it. */
export const beforeMs = 300
export const afterMs = 200
/** A hand that was lost is looked for so long before and after. */
export const lostMs = 800
/** Of the distances in the window the one that a third fall below: the tracker swaps hands for a frame or two. */
const nearShare = 0.3
/** Fewer than half of the frames with this hand: it was lost. */
const seenShare = 0.5
/**
 * Wrists are placed to 3-5 cm each way (the contract's trackers); the best third of the frames is nearer. Of 960 hands
 * that did it, in two simulators with unlike hands, 96 in 100 were within 6 cm, 99 within 10.
 */
const handSdMetres = 0.05
/** Share of changes in which the "hand" is something else all the time, or is placed grossly wrong. */
const handOutlier = 0.03
/** Hands of people who stand at a shelf but do not touch this place are anywhere within about 1.2 m. */
const elsewhereMetres = 1.2
/** One change is no proof. */
const bestOdds = 20

/** A hand nearer than this is at the plate. */
export const nearMetres = 0.12
/** Who takes a thing is gone with it by then; trackers swap hands for a frame or two (S). */
const leastStillMs = 750
export const stillMs = 2500
const stillShare = 0.8
/** Long before the instant, and after it. */
export const earlyMs = 2600
const earlyUntilMs = 1000
const laterMs = 450
/**
 * Of 850 hands that did it 1 in 50 was there long before and still there half a second later, 1 in 6 still there; of 60
 * that were there and did nothing 1 in 8 and 1 in 3 (two simulators with unlike hands).
 */
const stayed = 0.2
const lingered = 0.55
const cameAndWent = 1.4

/** How far one hand was from the space over a plate, frame by frame, oldest first; only frames that show it. */
export type HandTrace = readonly HandAt[]

interface HandAt {
  readonly t: number
  readonly metres: number
  /** How far the tracker itself says that the hand may be off: one standard deviation, metres; 0 where it does not say. */
  readonly blurMetres: number
}

/** The traces of the left and the right hand. */
export type Hands = readonly [HandTrace, HandTrace]

export function handsOver(space: CellSpace, frames: readonly Frame[]): Hands {
  return [traceOf(space, frames, 0), traceOf(space, frames, 1)]
}

/** Loops, as this is asked of thousands of frames for each change. */
function traceOf(space: CellSpace, frames: readonly Frame[], side: 0 | 1): HandTrace {
  const trace: HandAt[] = []
  for (const { t, hands, blurMetres } of frames) {
    let metres = Number.POSITIVE_INFINITY
    for (const point of hands[side]) metres = Math.min(metres, distanceToCell(space, point))
    if (hands[side].length > 0) trace.push({ t, metres, blurMetres: blurMetres?.[side] ?? 0 })
  }
  return trace
}

/**
 * Log odds that one of these hands did it at this time; null when neither was seen around it.
 * `frames`: all of the person, oldest first.
 */
export function handsLogOdds(hands: Hands, frames: readonly Frame[], at: number): number | null {
  const seen = between(frames, at - beforeMs, at + afterMs).length
  const [left, right] = hands.map((trace) => metresAt(trace, seen, at))
  if (left == null && right == null) return null
  const [leftOdds, rightOdds] = [left, right].map((hand) => (hand == null ? 0 : placeOdds(hand))) as [number, number]
  const isNearer = (left?.metres ?? Number.POSITIVE_INFINITY) <= (right?.metres ?? Number.POSITIVE_INFINITY)
  const isLeft = leftOdds === rightOdds ? isNearer : leftOdds > rightOdds
  const metres = (isLeft ? left : right)?.metres ?? Number.POSITIVE_INFINITY
  const nearest = Math.max(leftOdds, rightOdds) * (metres < nearMetres ? timingOdds(hands[isLeft ? 0 : 1], at) : 1)
  // It may have been the other hand, of which nothing is known.
  return Math.log(left == null || right == null ? Math.max(nearest, (nearest + 1) / 2) : nearest)
}

/** Whether one of these hands was still at the plate a while after an instant, as far as it was seen. */
export function stays(hands: Hands, at: number): boolean {
  return hands.some((trace) => {
    const later = metresBetween(trace, at + laterMs, at + stillMs)
    const near = later.filter((metres) => metres < nearMetres)
    return near.length > stillShare * later.length && (trace.at(-1)?.t ?? 0) >= at + leastStillMs
  })
}

/** Odds of when a hand that is near at the instant came and left: whoever takes a thing comes for it and goes with it. */
function timingOdds(trace: HandTrace, at: number): number {
  const early = median(trace, at - earlyMs, at - earlyUntilMs)
  const later = median(trace, at + laterMs, at + lostMs)
  if (later === null) return 1
  if (later < nearMetres) return early !== null && early < nearMetres ? stayed : lingered
  return early !== null && early >= nearMetres ? cameAndWent : 1
}

function median(trace: HandTrace, from: number, to: number): number | null {
  const within = metresBetween(trace, from, to).sort((a, b) => a - b)
  return within[Math.floor(within.length / 2)] ?? null
}

function metresBetween(trace: HandTrace, from: number, to: number): number[] {
  return between(trace, from, to).map(({ metres }) => metres)
}

/** How far one hand was from the plate; null when it was not seen. `frames`: how many there are of the person then. */
function metresAt(trace: HandTrace, frames: number, at: number): HandAt | null {
  const within = between(trace, at - beforeMs, at + afterMs)
  if (within.length >= 2 && within.length >= seenShare * frames) {
    within.sort((a, b) => a.metres - b.metres)
    return within[Math.floor(nearShare * within.length)] ?? null
  }
  // Of 45 hands that did it unseen, 40 were seen within 10 cm of the plate shortly before or after.
  const around = between(trace, at - lostMs, at + lostMs)
  return around.reduce<HandAt | null>((best, each) => (best === null || each.metres < best.metres ? each : best), null)
}

function placeOdds({ metres, blurMetres }: HandAt): number {
  const sd = Math.hypot(handSdMetres, blurMetres)
  const near = (Math.SQRT2 * Math.exp(-0.5 * (metres / sd) ** 2)) / (sd * Math.sqrt(Math.PI))
  const did = (1 - handOutlier) * near + handOutlier / elsewhereMetres
  return Math.min(bestOdds, did * elsewhereMetres)
}
