/**
 * A closer reading of what an unsettled plate went through: every level on which it stood for a moment, and every turn.
 *
 * What settles is the sum of all hands. While somebody fills a facing, a thing that is set down and one that another
 * takes from it a second later leave nothing, or the next thing that is set down alone. In between the plate has shown
 * each of them. So does a hand that leans on it; which of the two it was cannot be told from the weight.
 */
import type { Leg, Stretch } from './plateaus.ts'

/** Means of bins, oldest first. */
export interface Bins {
  readonly t: readonly number[]
  readonly grams: readonly number[]
}

/** What of a plate's noise tells levels apart, grams. */
export interface Resolution {
  /** A bin this near to a level is of it. */
  readonly tolerance: number
  /** Levels nearer than this are one. */
  readonly least: number
}

/** Three bins that agree are a level; fewer are a turn. */
const levelBins = 3
/** On the way up it takes longer to believe in: a hand that leans more and more rises by steps (S; as in `plateaus.ts`). */
const risenMs = 800
/** A way that goes back by less than this is a hand at work: it trembles by some grams, and by a share of what it moves (S). */
const leastTurnGrams = 15
const turnShare = 0.15
/** A hand that works at a thing presses for some tenths of a second, and less than the thing weighs (S). */
const longestPressMs = 600
const pressShare = 0.5
/** A turn of a bin or two this high is the press of a hand (M: 53 g), with or without a thing of some grams (S). */
const leastBriefGrams = 75
/** An instant is known to a bin. */
const leastSlackMs = 100
/** Who pokes at a plate for longer is not told step by step. */
const mostLevels = 6

/**
 * The way from one settled level to the next, through all that lies between; null when there is nothing in between, or
 * too much. `bins`: those after `first` and before `last`.
 */
export function turnsBetween(first: Stretch, bins: Bins, last: Stretch, resolution: Resolution): Leg[] | null {
  const way = [first, ...pointsOf(bins, resolution.tolerance), last]
  const kept = withoutPresses(significant(way, resolution.least))
  if (kept.length < 3 || kept.length > mostLevels + 2) return null
  return kept.slice(1).map((to, i) => {
    const from = kept[i] ?? first
    return { from, to, steepest: steepest(from, to, bins) }
  })
}

/** Stretches of bins that agree, and each other bin by itself. */
function pointsOf(bins: Bins, tolerance: number): Stretch[] {
  const points: Stretch[] = []
  for (let i = 0; i < bins.t.length; i += points.at(-1)?.bins ?? 1) points.push(stretchFrom(bins, i, tolerance))
  return points
}

/** Fewer than `levelBins` that agree are on the way to somewhere: the first of them stands alone. */
function stretchFrom({ t, grams }: Bins, first: number, tolerance: number): Stretch {
  const from = t[first] ?? 0
  const alone = grams[first] ?? 0
  let mean = alone
  let end = first + 1
  for (; end < grams.length && Math.abs((grams[end] ?? 0) - mean) <= tolerance; end++)
    mean += ((grams[end] ?? 0) - mean) / (end + 1 - first)
  const bins = end - first
  return bins < levelBins ? { from, to: from, bins: 1, mean: alone } : { from, to: t[end - 1] ?? from, bins, mean }
}

/** The ends, the turns between them that stand out, and the levels on the way from one of these to the next. */
function significant(points: readonly Stretch[], least: number): Stretch[] {
  const heights = points.map(({ mean }) => mean)
  const range = Math.max(...heights) - Math.min(...heights)
  const kept: Stretch[] = []
  const turns = new Set(turnsOf(heights, Math.max(leastTurnGrams, turnShare * range, least)))
  points.forEach((point, i) => {
    const to = points.find((_, next) => next > i && turns.has(next))
    const isStep = isLevel(point, to) && isBetween(point.mean, kept.at(-1)?.mean, to?.mean, least)
    if (turns.has(i) || isStep) kept.push(point)
  })
  return kept
}

function isLevel({ bins, mean, from, to }: Stretch, next: Stretch | undefined): boolean {
  return bins >= levelBins && (to - from >= risenMs || (next?.mean ?? mean) < mean)
}

function isBetween(grams: number, from = grams, to = grams, least = 0): boolean {
  return Math.min(Math.abs(grams - from), Math.abs(to - grams)) > least && grams > from === to > grams
}

/** A hand presses before it lifts and after it sets down: a higher level, brief and low or beside a larger step. */
function withoutPresses(levels: readonly Stretch[]): Stretch[] {
  const kept = [...levels]
  for (;;) {
    const presses = kept.flatMap((level, i) => {
      const up = level.mean - (kept[i - 1]?.mean ?? Number.POSITIVE_INFINITY)
      const down = level.mean - (kept[i + 1]?.mean ?? Number.POSITIVE_INFINITY)
      const grams = Math.min(up, down)
      const most = Math.max(pressShare * Math.max(up, down), level.bins < levelBins ? leastBriefGrams : 0)
      return grams > 0 && grams < most && level.to - level.from < longestPressMs ? [{ i, grams }] : []
    })
    const [least] = presses.sort((a, b) => a.grams - b.grams)
    if (least === undefined) return kept
    kept.splice(least.i, 1)
  }
}

/** Indexes of the first and the last height, and of the turns by at least `least` between them. */
function turnsOf(heights: readonly number[], least: number): number[] {
  const at = (i: number) => heights[i] ?? 0
  const turns = [0]
  let extreme = 0
  let rises: boolean | null = null
  for (let i = 1; i < heights.length; i++) {
    const off = at(i) - at(extreme)
    if (rises === null ? Math.abs(off) >= least : off > 0 === rises) {
      rises = off > 0
      extreme = i
    } else if (rises !== null && Math.abs(off) >= least) {
      turns.push(extreme)
      rises = !rises
      extreme = i
    }
  }
  const last = heights.length - 1
  return [...turns, last]
}

/** The largest step in the direction of the leg. */
function steepest(from: Stretch, to: Stretch, { t, grams }: Bins): Leg['steepest'] {
  const sign = to.mean < from.mean ? -1 : 1
  let best = { step: 0, at: to.from, slackMs: leastSlackMs }
  let before = { at: from.to, grams: from.mean }
  const way = t.flatMap((at, i) => (at > from.to && at < to.from ? [{ at, grams: grams[i] ?? 0 }] : []))
  for (const one of [...way, { at: to.from, grams: to.mean }]) {
    const step = one.grams - before.grams
    if (sign * step > sign * best.step)
      best = { step, at: one.at, slackMs: Math.max(leastSlackMs, (one.at - before.at) / 2) }
    before = one
  }
  return best
}
