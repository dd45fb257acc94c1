/**
 * What a plate read while it was unsettled and a little before and after: for a person who looks at a change, not for
 * the engine. A quiet plate keeps nothing.
 */

/** Times and means of bins, oldest first. Plain data. */
export interface Trace {
  readonly t: number[]
  readonly grams: number[]
  /** When the plate was last unsettled. */
  activeAt: number
}

interface Plate {
  readonly unsettledFrom: number | null
  /** Means of the latest settled bins. */
  readonly recent: readonly number[]
  readonly last: { readonly t: number; readonly mean: number } | null
  readonly periodMs: number
  trace: Trace | null
}

/** So much of the level after a change shows that it stays. */
const quietMs = 2000
/** A neighbour may hold a change back for 12 s after it has settled, for which a plate needs 1.5 s. */
const keptMs = 14_000
/** 20 s of bins: a hand that rests longer hides what was before it anyway. */
const mostBins = 200

/** Call it with each bin before the plate takes it. */
export function noteBin(plate: Plate, t: number, grams: number): void {
  if (plate.unsettledFrom !== null) {
    plate.trace ??= begun(plate, plate.unsettledFrom)
    plate.trace.activeAt = t
    push(plate.trace, t, grams)
  } else if (plate.trace) {
    if (t - plate.trace.activeAt > keptMs) plate.trace = null
    else if (t - plate.trace.activeAt <= quietMs) push(plate.trace, t, grams)
  }
}

/** The level before, whose bins came at the plate's usual period, and the bin that left it. */
function begun({ recent, last, periodMs }: Plate, from: number): Trace {
  const t = recent.map((_, i) => from - Math.round((recent.length - 1 - i) * periodMs))
  const trace = { t, grams: [...recent], activeAt: from }
  if (last !== null && last.t > from) push(trace, last.t, last.mean)
  return trace
}

function push(trace: Trace, t: number, grams: number): void {
  trace.t.push(t)
  trace.grams.push(grams)
  if (trace.t.length <= mostBins) return
  trace.t.shift()
  trace.grams.shift()
}
