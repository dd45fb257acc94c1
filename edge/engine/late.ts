/**
 * What shelves said too late: one open case a shelf, with what it was by its weight and whose visits it may concern. It
 * changes no cart. Pure.
 */
import {
  type LateChange,
  type LatePerson,
  type LateWay,
  mostConcerned,
  mostLateChanges,
  mostWays,
} from '../../models/contracts/late.ts'
import type { SaidLate } from '../observations.ts'
import type { Catalogue } from './catalogue.ts'
import { explain } from './explain.ts'
import { type Act, actsSignature } from './hypothesis.ts'
import type { Learned } from './learned.ts'
import { partings, weighing } from './parts.ts'

/** Without names: whose a bill is, the bill says, as long as it is kept. */
type Concerned = Pick<LatePerson, 'shopper' | 'tripId'>

export interface NotedChange extends Omit<LateChange, 'people'> {
  readonly people: readonly Concerned[]
}

/** A case that nobody has closed. */
export interface NotedCase {
  readonly id: string
  readonly shelf: string
  /** All changes, those too that are kept no more. */
  readonly count: number
  /** The newest, in the order in which they were said. */
  readonly changes: readonly NotedChange[]
}

/** A visit that is over. */
export interface PastVisit {
  readonly shopper: string
  readonly tripId: string
  readonly from: number
  readonly to: number
  /** On the bill. */
  readonly skus: readonly string[]
}

/** A visit that may be concerned; `holds`: whether a SKU may be in its cart or is on its bill. */
export interface Visit extends Concerned {
  readonly from: number
  readonly to: number
  readonly holds: (sku: string) => boolean
}

/** As many shelves as a shop has that report changes themselves; the cases themselves stay in the journal. */
const mostCases = 200
/** Some hours of a busy shop, and no more than a day. */
const mostVisits = 200
const longestMs = 24 * 3_600_000
/** Twice what a plate's least change is (`cell.ts`: 8 g). */
const mostCreepGrams = 16
/** Below this it is noise to a person who decides in seconds. */
const leastProbability = 0.005
/** Clocks of shelves and trackers differ by as much. */
const slackMs = 2000

/** Keeps visits that are over, for what is said of their time later. */
export function withPast(past: readonly PastVisit[], visits: readonly PastVisit[]): readonly PastVisit[] {
  const now = visits.at(-1)?.to ?? 0
  return [...past, ...visits].filter(({ to }) => to > now - longestMs).slice(-mostVisits)
}

/** The case of the shelf with this change in it, and all open cases. */
export function note(
  cases: readonly NotedCase[],
  storeId: string,
  shelf: string,
  change: NotedChange,
): { readonly noted: NotedCase; readonly cases: readonly NotedCase[] } {
  const open = cases.find((one) => one.shelf === shelf)
  const id = open?.id ?? `${storeId}.late.${change.ts}.${shelf}`
  const changes = [...(open?.changes ?? []), change].slice(-mostLateChanges)
  const noted = { id, shelf, count: (open?.count ?? 0) + 1, changes }
  return { noted, cases: [...cases.filter((one) => one !== open), noted].slice(-mostCases) }
}

/** What a change was by its weight alone, and whom of `visits` it may concern. */
export function noticed(catalogue: Catalogue, learned: Learned, said: SaidLate, visits: readonly Visit[]): NotedChange {
  const ways = waysOf(catalogue, learned, said)
  const { ts, happened, cells, unseen } = said
  const concerned = visits.filter((visit) => mayConcern(said, ways, visit)).slice(-mostConcerned)
  return {
    ts: Math.round(ts),
    happened: happened === null ? null : { from: Math.round(happened.from), to: Math.round(happened.to) },
    cells: cells.map(({ cell, deltaGrams }) => ({ cell, deltaGrams: Math.round(10 * deltaGrams) / 10 })),
    ways,
    unseen,
    people: concerned.map(({ shopper, tripId }) => ({ shopper, tripId })),
  }
}

/** Plates drift by grams while nobody reads them; a thing that weighs as little would be likelier than nothing. */
export function isCreep({ cells, ways }: NotedChange): boolean {
  const grams = cells.reduce((sum, { deltaGrams }) => sum + Math.abs(deltaGrams), 0)
  return grams < mostCreepGrams && ways[0]?.acts.length === 0
}

/** Taken: whoever was near. Put: of these who may have had it, since a shelf that is filled is no shopper's affair. */
function mayConcern({ happened, near, unseen, cells }: SaidLate, ways: readonly LateWay[], visit: Visit): boolean {
  if (happened === null) return false
  if (visit.from > happened.to + slackMs || visit.to < happened.from - slackMs) return false
  if (!unseen && !near.includes(visit.shopper)) return false
  if (cells.some(({ deltaGrams }) => deltaGrams < 0)) return true
  return ways.some(({ acts }) => acts.some(({ kind, sku }) => kind === 'put' && sku !== null && visit.holds(sku)))
}

/** Weighed as if somebody of the staff had done it, who may take and fill. */
function waysOf(catalogue: Catalogue, learned: Learned, { cells }: SaidLate): LateWay[] {
  const weigh = weighing(catalogue, learned)
  const anybody = { holder: null, staff: true, logOdds: cells.map(() => 0) }
  const ways = explain({ catalogue, weigh }, partings(weigh, cells), [anybody], () => [])
  const best = Math.max(...ways.map(({ logLikelihood }) => logLikelihood))
  const byActs = new Map<string, { acts: readonly Act[]; weight: number }>()
  for (const { acts, logLikelihood } of ways) {
    const key = actsSignature(acts)
    const weight = (byActs.get(key)?.weight ?? 0) + Math.exp(logLikelihood - best)
    byActs.set(key, { acts, weight })
  }
  const all = [...byActs.values()].sort((a, b) => b.weight - a.weight)
  const total = all.reduce((sum, { weight }) => sum + weight, 0)
  return all
    .map(({ acts, weight }) => ({ probability: Math.round((1e4 * weight) / total) / 1e4, acts: acts.map(toAct) }))
    .filter(({ probability }) => probability >= leastProbability)
    .slice(0, mostWays)
}

function toAct({ kind, sku, quantity }: Act): LateWay['acts'][number] {
  return { kind, sku, quantity }
}

/** Cases in doubt about any of these visits. */
export function doubtsAbout(cases: readonly NotedCase[], shoppers: ReadonlySet<string>): readonly NotedCase[] {
  return cases.filter(({ changes }) =>
    changes.some(({ people }) => people.some(({ shopper }) => shoppers.has(shopper))),
  )
}

/** The same case once a bill of these visits was made: it says which. */
export function withTrip(noted: NotedCase, shoppers: ReadonlySet<string>, tripId: string): NotedCase {
  const billed = (one: Concerned): Concerned => (shoppers.has(one.shopper) ? { ...one, tripId } : one)
  return { ...noted, changes: noted.changes.map((change) => ({ ...change, people: change.people.map(billed) })) }
}
