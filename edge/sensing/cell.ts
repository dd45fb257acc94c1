/**
 * One scale plate: its readings are cut into steady stretches, and a lasting difference between two of them is a change.
 *
 * A step is never called at first sight. Between two steady stretches the plate is unsettled: hands lean, things slide.
 * Stretches that return to the old level are hands and leave nothing. Levels are measured right beside the change and
 * never across what was unsettled, because plates drift for hours and creep after a load (OIML R60).
 */

import { type Hidden, hiddenUnder, type Instant, likeliest } from './instants.ts'
import { addPlateau, fallenMs, type Leg, legs, noSteps, type Plateau, type Steepest, type Stretch } from './plateaus.ts'
import { noteBin, type Trace } from './trace.ts'
import { type Bins, turnsBetween } from './turns.ts'

/** Readings are averaged to this step: finer shows ringing, coarser blurs the instant of the lift. */
export const binMs = 100
/** A stretch that lasts so long is steady. A hand lifts a thing faster; rising weight may be a hand that rests. */
const settleFallMs = 1000
const settleRiseMs = 1500
/** Hands are done with a plate after so long, nearly always. */
const handledMs = 6000
/** The last second of a stretch says whether it is flat; after three seconds it is a level, whatever else. */
const flatBins = 12
const surelyMs = 3000
/** However seldom a plate is read, two readings that agree make no level. */
const leastBins = 3
/** Bins in the level before a change: 2 s, of which the last three may feel the coming hand already. */
const recentBins = 20
const contaminatedBins = 3
/** Changes under 4 g are below what plates resolve next to creep and air (noise SD up to 2.8 g a second, median 0.7). */
const leastChangeGrams = 4
/** Follows drift: a level forgets what is older than 3 s. */
const memoryBins = 30
/** Without readings for so long, the plate may have changed meanwhile. */
const gapMs = 1500
/** Of a plate that is read often, a line was cut for so long: who stands there now says nothing about who did it. */
const longestUnreadMs = 10_000
const oftenMs = 2000
/** Plates that are read less often than this (ESPHome: once a minute) say too little about who was there. */
const longestPeriodMs = 10_000
const firstSigma = 1
/** A quick lift is over in one or two bins, a slow one takes ten and more. */
const sharpShare = 0.35

/** A lasting change on one plate. */
export interface CellChange {
  readonly cell: string
  readonly deltaGrams: number
  readonly sdGrams: number
  /** The plate was unsettled from … to. */
  readonly from: number
  readonly to: number
  /** The instant of the steepest step in the direction of the change. */
  readonly at: number
  /** How far `at` may be off either way. */
  readonly slackMs: number
  /** A hand rested on the plate meanwhile and hides the instant: `at` is the likeliest of these. */
  readonly instants?: readonly Instant[]
  /** Most of it happened at `at`: something was lifted or set down, not slid or tilted away over seconds. */
  readonly sharp: boolean
  /** Absent: a change whichever way the plate is read. The two readings of an unsettled time exclude each other. */
  readonly reading?: 'plain' | 'closer'
  /** In a closer reading: how long the level lasted that this led to. Absent: it settled. */
  readonly heldMs?: number
  /** In a closer reading: by how much the plate changed at `at`, grams. */
  readonly stepGrams?: number
  /** What the plates beside felt of it, each too little to be a change of its own; absent: no more than crosstalk. */
  readonly besideGrams?: number
  /** The plate was not read for long meanwhile: it may have happened at any time between `from` and `to`. */
  readonly unread?: true
}

/** Plain data, so that a restart continues from a copy. */
export interface CellState {
  readonly cell: string
  /** Standard deviation of one bin in grams, learned from neighbouring bins. */
  sigma: number
  base: Stretch | null
  /** Means of the latest bins of `base`, oldest first. */
  recent: number[]
  run: Stretch | null
  /** The latest bins of `run`, oldest first. */
  runBins: number[]
  unsettledFrom: number | null
  /** It was not read for long since then. */
  unread: boolean
  fall: Steepest
  rise: Steepest
  /** Levels on which the plate stood for a moment since it is unsettled, first one first. */
  plateaus: Plateau[]
  last: { t: number; mean: number } | null
  /** Usual time between two bins: 100 ms, or more for plates that are read less often. */
  periodMs: number
  trace: Trace | null
}

export function newCell(cell: string): CellState {
  return {
    cell,
    sigma: firstSigma,
    base: null,
    recent: [],
    run: null,
    runBins: [],
    unsettledFrom: null,
    unread: false,
    ...noSteps(0, 0),
    plateaus: [],
    last: null,
    periodMs: binMs,
    trace: null,
  }
}

/**
 * Takes the mean of one bin that began at `t`; returns what has settled by it, in order of time. `disturbed`: a hand
 * leans on a plate beside, so that this one shows some of its weight and no level of its own.
 */
export function addBin(state: CellState, t: number, mean: number, disturbed = false): CellChange[] {
  const { last } = state
  noteBin(state, t, mean)
  if (last !== null) {
    const gap = t - last.t
    if (gap > Math.max(gapMs, 3 * state.periodMs)) {
      afterGap(state, last.t)
      state.unread ||= gap > longestUnreadMs && state.periodMs < oftenMs
    } else if (!isHandled(state, t)) learnNoise(state, mean - last.mean)
    state.periodMs += 0.1 * (Math.min(gap, longestPeriodMs) - state.periodMs)
  }
  state.last = { t, mean }
  if (state.base === null) return findBase(state, t, mean)
  if (state.unsettledFrom === null) return whileSettled(state, state.base, t, mean, last)
  return whileUnsettled(state, t, mean, last, disturbed)
}

/** Forgets the level, not the noise: after a restart of the device its zero may be another. */
export function resetLevel(state: CellState): void {
  Object.assign(state, newCell(state.cell), { sigma: state.sigma })
}

/** At the end of a recording: what has not settled is judged by as much as there is of it. */
export function flushCell(state: CellState): CellChange[] {
  if (state.unsettledFrom === null || state.run === null || state.run.bins < 3) return []
  return settle(state, state.run)
}

/** How far an unsettled plate is off its level now, and since when; null when it is settled. */
export function excursion({ base, last, unsettledFrom }: CellState): { grams: number; from: number } | null {
  if (unsettledFrom === null || base === null || last === null) return null
  return { grams: Math.abs(last.mean - base.mean), from: unsettledFrom }
}

function findBase(state: CellState, t: number, mean: number): CellChange[] {
  state.run = extended(state, state.run, t, mean)
  state.recent = [...(state.run.bins === 1 ? [] : state.recent), mean].slice(-recentBins)
  if (state.run.to - state.run.from >= settleFallMs && state.run.bins >= leastBins) {
    state.base = state.run
    state.run = null
  }
  return []
}

function whileSettled(state: CellState, base: Stretch, t: number, mean: number, last: CellState['last']): CellChange[] {
  const slow = slowChange(state, mean)
  if (Math.abs(mean - base.mean) <= tolerance(state) && !slow) {
    base.bins = Math.min(base.bins + 1, memoryBins)
    base.mean += (mean - base.mean) / base.bins
    base.to = t
    state.recent.push(mean)
    if (state.recent.length > recentBins) state.recent.shift()
    return []
  }
  const from = last?.t ?? t
  unsettle(state, slow ? from - 5 * binMs : from)
  if (slow) state.recent.splice(-5)
  state.run = extended(state, null, t, mean)
  if (last !== null) noteStep(state, t, mean, last)
  return []
}

function unsettle(state: CellState, from: number): void {
  state.unsettledFrom = from
  state.unread = false
  Object.assign(state, noSteps(from, binMs))
  state.plateaus = []
}

/** A thing taken very slowly stays inside the tolerance of every single bin; the last half second beside the rest shows it. */
function slowChange(state: CellState, mean: number): boolean {
  const { recent, sigma } = state
  if (recent.length < recentBins) return false
  // Plain sums: ten thousand bins a second are asked in a big shop.
  let late = 0
  for (let i = recentBins - 4; i < recentBins; i++) late += recent[i] ?? 0
  let early = 0
  for (let i = 0; i < 10; i++) early += recent[i] ?? 0
  const threshold = Math.max(leastChangeGrams, 6 * sigma * Math.sqrt(1 / 5 + 1 / 10))
  return Math.abs((late + mean) / 5 - early / 10) > threshold
}

function whileUnsettled(
  state: CellState,
  t: number,
  mean: number,
  last: CellState['last'],
  disturbed: boolean,
): CellChange[] {
  const before = state.run
  state.run = extended(state, before, t, mean)
  if (before !== null && state.run.from === t && !disturbed && isFlat(state)) land(state, before)
  if (last !== null) noteStep(state, t, mean, last)
  state.runBins = [...(state.run.from === t ? [] : state.runBins), mean].slice(-flatBins)
  if (disturbed) return []
  const level = levelBefore(state)
  const needed = state.run.mean > level + leastChangeGrams ? settleRiseMs : settleFallMs
  const lasted = state.run.to - state.run.from
  if (lasted < needed || state.run.bins < leastBins || (lasted < surelyMs && !isFlat(state))) return []
  return settle(state, state.run)
}

/** A thing that is lifted very slowly passes through stretches that are nearly steady; they still lean. */
function isFlat({ runBins, sigma }: CellState): boolean {
  const third = Math.floor((runBins.length + 1) / 3)
  if (third === 0) return true
  const lean = Math.abs(average(runBins.slice(-third)) - average(runBins.slice(0, third)))
  return lean <= Math.max(leastChangeGrams / 2, 3 * sigma * Math.sqrt(2 / third))
}

/** Notes a stretch that has ended as a plateau when it was long enough for one. */
function land(state: CellState, run: Stretch): void {
  if (run.to - run.from < fallenMs) return
  state.plateaus = addPlateau(state.plateaus, { run, fall: state.fall, rise: state.rise })
  Object.assign(state, noSteps(run.to, binMs))
}

function leastDelta({ sigma }: CellState): number {
  return Math.max(2 * leastChangeGrams, 6 * sigma)
}

function settle(state: CellState, run: Stretch): CellChange[] {
  const before = levelBefore(state)
  const binsBefore = Math.max(1, state.recent.length - contaminatedBins)
  const first: Stretch = { from: 0, to: state.unsettledFrom ?? run.from, bins: binsBefore, mean: before }
  const way = legs(first, state.plateaus, run, state, leastDelta(state))
  const bins = binsBetween(state.trace, first.to, run.from)
  const hidden = way.length === 1 && state.periodMs < 2 * binMs ? hiddenUnder(first, bins, run, tolerance(state)) : null
  const closer = hidden?.isOneStep ? [] : closerLook(state, first, bins, run, way.length)
  state.base = run
  state.recent = [run.mean]
  state.run = null
  state.unsettledFrom = null
  state.plateaus = []
  const plain = way.flatMap((leg) => changeBetween(state, leg) ?? []).map((change) => under(change, hidden))
  if (state.unread) return plain.map((change) => ({ ...change, unread: true }))
  if (closer.length === 0) return plain
  return [...plain.map((change) => ({ ...change, reading: 'plain' as const })), ...closer]
}

/** A hand that rested is most of what there is to see: the steepest step is its own. */
function under(change: CellChange, hidden: Hidden | null): CellChange {
  if (hidden === null) return change
  const { instants, isOneStep } = hidden
  return { ...change, instants, at: likeliest(instants)?.at ?? change.at, sharp: isOneStep }
}

/** What a closer reading shows, when it shows more than the `plain` legs. */
function closerLook(state: CellState, first: Stretch, bins: Bins, last: Stretch, plain: number): CellChange[] {
  const resolution = { tolerance: tolerance(state), least: leastDelta(state) }
  const way = turnsBetween(first, bins, last, resolution) ?? []
  if (way.length <= plain) return []
  return way.flatMap((leg): CellChange[] => {
    const change = changeBetween(state, leg)
    if (change === null) return []
    const next = way[way.indexOf(leg) + 1]
    const held = next === undefined ? {} : { heldMs: leg.to.to - leg.to.from + binMs }
    return [{ ...change, reading: 'closer', stepGrams: leg.steepest.step, ...held }]
  })
}

function binsBetween(trace: Trace | null, after: number, before: number): Bins {
  const t = trace?.t ?? []
  const from = t.findIndex((at) => at > after)
  const end = t.findIndex((at) => at >= before)
  if (trace === null || from < 0 || end < from) return { t: [], grams: [] }
  return { t: t.slice(from, end), grams: trace.grams.slice(from, end) }
}

function changeBetween(
  state: CellState,
  { from: before, to: after, steepest: { step, at, slackMs } }: Leg,
): CellChange | null {
  const deltaGrams = after.mean - before.mean
  // Neighbouring bins are not independent (the plates ring and drift): twice the variance of independent ones.
  const sdGrams = Math.sqrt(2 * state.sigma ** 2 * (1 / before.bins + 1 / after.bins) + 0.3 ** 2)
  if (Math.abs(deltaGrams) < Math.max(leastChangeGrams, 4 * sdGrams)) return null
  const sharp = Math.abs(step) >= sharpShare * Math.abs(deltaGrams)
  return { cell: state.cell, deltaGrams, sdGrams, from: before.to, to: after.from, at, slackMs, sharp }
}

function afterGap(state: CellState, lastT: number): void {
  if (state.base === null) state.run = null
  else if (state.unsettledFrom === null) {
    unsettle(state, lastT)
    state.run = null
  }
}

function levelBefore(state: CellState): number {
  const { recent, base } = state
  const clean = recent.slice(0, Math.max(1, recent.length - contaminatedBins))
  return clean.length > 0 ? average(clean) : (base?.mean ?? 0)
}

function extended(state: CellState, run: Stretch | null, t: number, mean: number): Stretch {
  if (run === null || Math.abs(mean - run.mean) > tolerance(state)) return { from: t, to: t, bins: 1, mean }
  const bins = Math.min(run.bins + 1, memoryBins)
  return { from: run.from, to: t, bins, mean: run.mean + (mean - run.mean) / bins }
}

function tolerance(state: CellState): number {
  return Math.max(3, 4.5 * state.sigma)
}

function noteStep(state: CellState, t: number, mean: number, last: { t: number; mean: number }): void {
  const step = mean - last.mean
  const gap = t - last.t
  const when = gap > 2 * binMs ? { at: t - gap / 2, slackMs: gap / 2 } : { at: t, slackMs: binMs }
  if (step < state.fall.step) state.fall = { step, ...when }
  if (step > state.rise.step) state.rise = { step, ...when }
}

/** What hands do is no noise; a plate that has been unsettled for long may just have become noisier. */
function isHandled({ unsettledFrom }: CellState, t: number): boolean {
  return unsettledFrom !== null && t - unsettledFrom < handledMs
}

/** Neighbouring bins differ by noise alone almost always; a step is clipped, so that it barely counts. */
function learnNoise(state: CellState, step: number): void {
  const clipped = Math.min(Math.abs(step), 3 * Math.SQRT2 * state.sigma)
  const rate = 0.02
  state.sigma = Math.max(0.2, Math.sqrt((1 - rate) * state.sigma ** 2 + (rate * clipped ** 2) / 2))
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
