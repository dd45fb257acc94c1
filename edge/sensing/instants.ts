/**
 * When something was taken or set down under a hand that rested on the plate meanwhile.
 *
 * A hand weighs more than many a thing and sways, so that the steepest step is rarely the thing but mostly the hand that
 * comes or goes. How it sways tells how it goes on: what a linear prediction from the bins just before does not expect is
 * either the hand's whim or a step of just the weight by which the plate has changed in the end. Each bin is weighed as the
 * instant of that step (Box and Tiao 1975, intervention analysis, with a known size and an unknown time).
 */
import type { Stretch } from './plateaus.ts'
import type { Bins } from './turns.ts'

/** How likely it was then; the shares of all instants of a change add up to 1. */
export interface Instant {
  readonly at: number
  readonly share: number
}

/**
 * A hand that takes a thing presses for some tenths of a second before: of 567 changes without a hand that rests one pressed
 * for a second, of 143 with one 129 (M: simulated).
 */
const restBins = 10
const restGrams = 20
/** Three bins that agree are a level (as in `plateaus.ts`). */
const levelBins = 3
/**
 * A sudden step is there when its log odds are this and it takes away half of what surprises: of a thing that is set down
 * before another is taken it takes away less (S).
 */
const leastScore = 3
const leastExplained = 0.5
/** A step back by as much that fits nearly as well: things of that weight came and went (S). */
const mostBack = 0.7
/**
 * A steady sway is told by two values before, one that comes or goes steadily by one more, and one to spare; of 300 hands with
 * irregular sways more values found no more (M: simulated).
 */
const order = 4
/** Tails of what the prediction misses: Student's t with so many degrees of freedom; 6 to 10 did best on those 300. */
const freedom = 8
/** Bins blur what is less (S), and a plate that rings after a step. */
const leastMissGrams = 2
const ridge = 0.01
const fitRounds = 6
/** Neither sharp nor of the final weight, say by halves: then it may have been at any time (S). */
const anyTimeShare = 0.1
/** How a lift of up to 0.2 s falls into bins: shares of it by bin, and in which of these it was. */
const shapes: readonly { readonly shares: readonly number[]; readonly middle: number }[] = [
  { shares: [1], middle: 0 },
  { shares: [0.75, 0.25], middle: 0 },
  { shares: [0.5, 0.5], middle: 1 },
  { shares: [0.25, 0.75], middle: 1 },
  { shares: [1 / 3, 1 / 3, 1 / 3], middle: 1 },
]

/** What is known of the instant of a change under a hand. */
export interface Hidden {
  readonly instants: readonly Instant[]
  /** A sudden step of just that weight is there, wherever it was, and none back: no other things came and went. */
  readonly isOneStep: boolean
}

/**
 * When a change between two levels may have happened; null when no hand rested. `bins`: those between the levels.
 * `tolerance`: bins this near to a level are of it, grams.
 */
export function hiddenUnder(first: Stretch, { t, grams }: Bins, last: Stretch, tolerance: number): Hidden | null {
  const rests = restsOn(grams, first.mean, last.mean)
  const free = untouched(grams, first.mean, last.mean, tolerance)
  if (rests === 'no' || free.before >= free.after) return null
  const before = Array.from({ length: order + 2 }, () => first.mean)
  const after = Array.from({ length: order + 1 }, () => last.mean)
  const steps = differences([...before, ...grams, ...after])
  const times = [...t, last.from]
  const hand = predictionOf(steps)
  const fits = fitsOf(hand, last.mean - first.mean, order + 1, times.length).slice(free.before, free.after)
  const back = fitsOf(hand, first.mean - last.mean, order + 1, times.length)
  const scores = fits.map((all) => logSumExp(all.map(({ score }) => score)))
  const isOneStep = isThere(fits) && highest(back) < mostBack * highest(fits)
  if (rests === 'perhaps' && !isOneStep) return null
  const all = logSumExp(scores)
  const instants = scores.map((score, i) => ({
    at: times[free.before + i] ?? last.from,
    share: (1 - anyTimeShare) * Math.exp(score - all) + anyTimeShare / scores.length,
  }))
  return { instants, isOneStep }
}

/**
 * A hand on a plate weighs more than both levels, or at some time more than the one that was the level just then. The latter
 * may be a thing that was lifted slowly as well.
 */
function restsOn(grams: readonly number[], before: number, after: number): 'yes' | 'perhaps' | 'no' {
  const above = (level: number) => grams.filter((one) => one > level + restGrams).length
  if (above(Math.max(before, after)) >= restBins) return 'yes'
  return above(Math.min(before, after)) >= restBins ? 'perhaps' : 'no'
}

/**
 * No hand is on a plate that stands on one of its two levels: the change came after the last time that it stood on the one
 * and not after the first time on the other. Indexes of the bins between.
 */
function untouched(grams: readonly number[], before: number, after: number, tolerance: number) {
  const stands = (level: number, i: number) =>
    grams.slice(i, i + levelBins).every((one) => Math.abs(one - level) <= tolerance) && i + levelBins <= grams.length
  const free = { before: 0, after: grams.length + 1 }
  if (Math.abs(after - before) <= 2 * tolerance) return free
  for (let i = 0; i < grams.length; i++) {
    if (stands(before, i)) free.before = i + levelBins
    else if (stands(after, i)) free.after = Math.min(free.after, i + 1)
  }
  return free
}

/** The likeliest one. */
export function likeliest(instants: readonly Instant[]): Instant | null {
  return instants.reduce<Instant | null>((a, b) => (a === null || b.share > a.share ? b : a), null)
}

/** How well a step of one shape fits at one bin. */
interface Fit {
  /** Log of how much likelier all readings are with it than with no step at all. */
  readonly score: number
  /** How unlikely the bins around are with no step. */
  readonly surprise: number
}

/** Whether there is a step where one fits best. */
function isThere(fits: readonly (readonly Fit[])[]): boolean {
  return fits.flat().some(({ score, surprise }) => score >= Math.max(leastScore, leastExplained * surprise))
}

function highest(fits: readonly (readonly Fit[])[]): number {
  return fits.flat().reduce((most, { score }) => Math.max(most, score), 0)
}

/** Steps of so many grams at each of `count` bins from `first` on, in every shape. */
function fitsOf(hand: Prediction, grams: number, first: number, count: number): Fit[][] {
  const surpriseAt = (miss: number) => ((freedom + 1) / 2) * Math.log1p((miss / hand.missGrams) ** 2 / freedom)
  const responses = shapes.map(({ shares, middle }) => ({ response: responseTo(shares, hand.factors), middle }))
  return Array.from({ length: count }, (_, i) =>
    responses.map(({ response, middle }) => {
      let surprise = 0
      let left = 0
      response.forEach((share, k) => {
        const miss = hand.missed[first + i - middle + k - order]
        if (miss === undefined) return
        surprise += surpriseAt(miss)
        left += surpriseAt(miss - share * grams)
      })
      return { score: surprise - left, surprise }
    }),
  )
}

/** What the prediction misses of a step of 1 that falls into bins like this. */
function responseTo(shape: readonly number[], factors: readonly number[]): number[] {
  return Array.from({ length: shape.length + order }, (_, i) =>
    factors.reduce((miss, factor, k) => miss - factor * (shape[i - 1 - k] ?? 0), shape[i] ?? 0),
  )
}

interface Prediction {
  /** Of the step before, the one before that, … */
  readonly factors: readonly number[]
  /** What it misses of each step but the first `order`; about so much as a rule. */
  readonly missed: readonly number[]
  readonly missGrams: number
}

/** How a hand goes on, by least squares over all its steps; those that are unlike the others count less. */
function predictionOf(steps: readonly number[]): Prediction {
  let factors: readonly number[] = Array.from({ length: order }, () => 0)
  let missed = missesOf(steps, factors)
  let missGrams = Math.max(leastMissGrams, 1.5 * median(steps.map(Math.abs)))
  for (let round = 0; round < fitRounds; round++) {
    const weights = missed.map((miss) => (freedom + 1) / (freedom + (miss / missGrams) ** 2))
    factors = leastSquares(steps, weights)
    missed = missesOf(steps, factors)
    const squares = missed.reduce((sum, miss, i) => sum + (weights[i] ?? 0) * miss ** 2, 0)
    missGrams = Math.max(leastMissGrams, Math.sqrt(squares / missed.length))
  }
  return { factors, missed, missGrams }
}

function missesOf(steps: readonly number[], factors: readonly number[]): number[] {
  return steps
    .slice(order)
    .map((step, i) => factors.reduce((miss, factor, k) => miss - factor * (steps[i + order - 1 - k] ?? 0), step))
}

/** The factors that predict each step from those before it, by the normal equations. */
function leastSquares(steps: readonly number[], weights: readonly number[]): number[] {
  const rows = Array.from({ length: order }, () => new Float64Array(order + 1))
  weights.forEach((weight, i) => {
    const lag = (k: number) => steps[i + order - k] ?? 0
    rows.forEach((row, a) => {
      for (let b = 0; b < order; b++) row[b] = (row[b] ?? 0) + weight * lag(a + 1) * lag(b + 1)
      row[order] = (row[order] ?? 0) + weight * lag(a + 1) * lag(0)
    })
  })
  rows.forEach((row, a) => {
    row[a] = (1 + ridge) * (row[a] ?? 0) + 1e-6
  })
  return solved(rows)
}

/** Gauss and Jordan; the matrix is symmetric and, with its ridge, positive definite, so that no pivot is zero. */
function solved(rows: readonly Float64Array[]): number[] {
  rows.forEach((row, a) => {
    const pivot = row[a] ?? 1
    for (let b = 0; b < row.length; b++) row[b] = (row[b] ?? 0) / pivot
    for (const other of rows) {
      if (other === row) continue
      const share = other[a] ?? 0
      for (let b = 0; b < row.length; b++) other[b] = (other[b] ?? 0) - share * (row[b] ?? 0)
    }
  })
  return rows.map((row) => row[order] ?? 0)
}

function differences(values: readonly number[]): number[] {
  return values.slice(1).map((value, i) => value - (values[i] ?? 0))
}

function median(values: readonly number[]): number {
  const inOrder = [...values].sort((a, b) => a - b)
  return inOrder[Math.floor(inOrder.length / 2)] ?? 0
}

function logSumExp(values: readonly number[]): number {
  const most = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
}
