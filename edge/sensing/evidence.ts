/** What a person needs to see of a change: the weights around it, and who stood where. Bounded: some kilobytes. */
import type { ChangeEvidence } from '../../models/contracts/reviews.ts'
import type { ShelfChange } from '../observations.ts'
import { between } from './in-time.ts'
import type { Frame, Person } from './person.ts'
import type { Trace } from './trace.ts'

/** More plates of one change tell nothing more. */
const mostCells = 4
/** Some 6 s in steps of a tenth of a second. */
const mostPoints = 80
const weightsBeforeMs = 2500
const weightsAfterMs = 2500
/** Further down the list nobody's odds matter. */
const mostPeople = 5
/** Coming, reaching and going take some 2 s each way; five pictures a second show a walk. */
const peopleMs = 2000
const stepMs = 200
/** Two hands, a wrist and a palm each. */
const mostHands = 4

/** `traceOf` a cell; `offsetMs` from the shelf's clock to the tracker's. Names stay the shoppers'. */
export function evidenceOf(
  change: ShelfChange,
  traceOf: (cell: string) => Trace | null,
  people: Readonly<Record<string, Person>>,
  offsetMs: number,
): ChangeEvidence {
  const strongest = [...change.cells]
    .sort((a, b) => Math.abs(b.deltaGrams) - Math.abs(a.deltaGrams))
    .slice(0, mostCells)
  const shown = change.cells.filter((cell) => strongest.includes(cell))
  return {
    weights: shown.flatMap(({ cell }) => {
      const trace = traceOf(cell)
      return trace === null ? [] : [{ cell, ...weightsOf(trace, change) }]
    }),
    people: change.reach.slice(0, mostPeople).flatMap(({ shopper }) => {
      const track = trackOf(people[shopper]?.frames ?? [], change.ts + offsetMs)
      return track.length === 0 ? [] : [{ shopper, track }]
    }),
  }
}

/** Grams above the first bin: plates are not zeroed, so only that means something. */
function weightsOf({ t, grams }: Trace, { ts, from, to }: ShelfChange) {
  const within = t.flatMap((time, i) => (time >= from - weightsBeforeMs && time <= to + weightsAfterMs ? [i] : []))
  const every = Math.ceil(within.length / mostPoints)
  const chosen = within.filter((_, n) => n % every === 0)
  const zero = grams[chosen[0] ?? 0] ?? 0
  return {
    ms: chosen.map((i) => Math.round((t[i] ?? ts) - ts)),
    grams: chosen.map((i) => Math.round(10 * ((grams[i] ?? zero) - zero)) / 10),
  }
}

/** One frame for each step around `at`, by the tracker's clock. */
function trackOf(frames: readonly Frame[], at: number): ChangeEvidence['people'][number]['track'] {
  const near = between(frames, at - peopleMs, at + peopleMs)
  const seen = new Set<number>()
  return near.flatMap((frame) => {
    const step = Math.floor((frame.t - at) / stepMs)
    if (seen.has(step)) return []
    seen.add(step)
    const hands = frame.hands
      .flat()
      .slice(0, mostHands)
      .map(([x, y]): [number, number] => [toCentimetre(x), toCentimetre(y)])
    return [{ ms: Math.round(frame.t - at), at: [toCentimetre(frame.x), toCentimetre(frame.y)], hands }]
  })
}

function toCentimetre(metres: number): number {
  return Math.round(metres * 100) / 100
}
