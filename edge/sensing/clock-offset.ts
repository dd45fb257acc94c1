/**
 * How far a shelf's clock is off the tracker's, learned from hands and weights.
 *
 * Arrival tells of a clock that is seconds ahead, but not of one that is ahead by less than its messages take to come
 * (a tracker that thinks for 2.3 s). Whoever takes a thing has a hand over the plate at that instant: over some changes
 * only the right offset makes that true every time.
 */
import type { CellChange } from './cell.ts'
import type { CellSpace } from './geometry.ts'
import type { Person } from './person.ts'
import { type HandsThere, handEvidence, handsThere } from './reach.ts'

/** Beyond this a clock is off by more than any delay explains, and arrival shows it. */
const mostOffsetMs = 4000
const stepMs = 200
const steps = (2 * mostOffsetMs) / stepMs + 1
const none = mostOffsetMs / stepMs
/** Old changes count less, so that a clock that is set is followed: half of it is forgotten in 35 changes. */
const memory = 0.98
/** Another offset must be e^8 times as likely as none, over at least this many changes. */
const leastChanges = 5
const leastGain = 8
/** Clocks are synchronised more often than not: a second off costs this much. */
const costPerSecond = 1
/** What other shelves say counts by this much: mostly it is the tracker's clock that is off. */
const othersShare = 0.5
/** A tracker is slower than this only if two devices have found it so: the clock of one alone may be wrong. */
const commonMs = 500
/** Half of what it takes to go by an offset. */
const leastFound = 4

export interface ClockScores {
  changes: number
  /** Log likelihood of each offset, from -4 s to +4 s. */
  readonly scores: number[]
}

/** By device of the shelf. */
export type ClockOffsets = Record<string, ClockScores>

/** A change can be asked for all offsets only when everything up to the largest one was seen. */
export const offsetsKnownAfterMs = mostOffsetMs + 500

/** Learns from one change who had a hand where at every offset. */
export function learnOffset(
  offsets: ClockOffsets,
  device: string,
  people: readonly Person[],
  space: CellSpace,
  change: CellChange,
): void {
  const known = offsets[device] ?? { changes: 0, scores: Array.from({ length: steps }, () => 0) }
  offsets[device] = known
  known.changes = Math.min(known.changes + 1, 1000)
  const [from, to] = [change.at - mostOffsetMs, change.at + mostOffsetMs]
  const traces = people.flatMap((person) => handsThere(person, space, from, to) ?? [])
  for (let i = 0; i < steps; i++)
    known.scores[i] = memory * (known.scores[i] ?? 0) + anybody(traces, change.at + offsetAt(i))
}

/** What to add to a time of this shelf, or of a device without scales, to find it in the tracker's frames, milliseconds. */
export function offsetOf(offsets: ClockOffsets, device?: string): number {
  const all = Object.entries(offsets)
  if (all.reduce((sum, [, { changes }]) => sum + changes, 0) < leastChanges) return 0
  const totals = Array.from({ length: steps }, (_, i) => {
    const isCommon =
      Math.abs(offsetAt(i)) <= commonMs || all.filter(([, one]) => gainAt(one, i) > leastFound).length > 1
    const said = all.reduce((sum, [id, { scores }]) => {
      const score = scores[i] ?? 0
      if (id === device) return sum + score
      return sum + othersShare * (isCommon ? score : Math.min(score, scores[none] ?? 0))
    }, 0)
    return said - (costPerSecond * Math.abs(offsetAt(i))) / 1000
  })
  const most = Math.max(...totals)
  if (most - (totals[none] ?? 0) <= leastGain) return 0
  // A hand stays for some tenths of a second, so that neighbouring offsets fit alike: their mean.
  const weights = totals.map((total) => Math.exp(total - most))
  const sum = weights.reduce((a, b) => a + b, 0)
  return Math.round(weights.reduce((mean, weight, i) => mean + (weight / sum) * offsetAt(i), 0))
}

/** How much likelier an offset is than none. */
function gainAt({ scores }: ClockScores, i: number): number {
  return (scores[i] ?? 0) - (scores[none] ?? 0)
}

function offsetAt(i: number): number {
  return i * stepMs - mostOffsetMs
}

/** Log of how well it fits that one of those who are there did it at this time; bounded, so that one change is no proof. */
function anybody(traces: readonly HandsThere[], at: number): number {
  const odds = traces.flatMap((trace) => handEvidence(trace, at) ?? [])
  if (odds.length === 0) return 0
  return Math.log(odds.reduce((sum, value) => sum + Math.exp(value), 0) / odds.length)
}
