/**
 * Reviews: what goes before a person when a receipt is too unsure to charge, and what their decision says about the rest.
 *
 * While a case is open, the cluster of the shopper who left keeps their possible receipts (counts by SKU and nothing
 * else), so that the decision also weighs the carts and misplaced things that competed with theirs.
 */
import {
  mostDoubts,
  mostExplanations,
  type ReviewAct,
  type ReviewDoubt,
  type ReviewExplanation,
} from '../../models/contracts/reviews.ts'
import type { Decided } from '../observations.ts'
import { type Belief, keepAs, likeliest, type Possibility, reweighPlace, type Settled } from './belief.ts'
import { countsOf } from './counts.ts'
import { type Act, actsSignature, isSlotOf, type PlaceKey, type SlotKey, type Thing } from './hypothesis.ts'
import type { OpenChange } from './pictures.ts'
import { decidedReceipt, type Products, type Receipt } from './receipt.ts'

/** What the engine remembers of a case that nobody has decided yet, oldest first. */
export interface OpenCase {
  readonly tripId: string
  readonly ts: number
}

/** The competing receipts and where they differ. */
export interface Findings {
  readonly explanations: readonly ReviewExplanation[]
  /** Probability of all receipts that are not among them. */
  readonly others: number
  readonly doubts: readonly Omit<ReviewDoubt, 'evidence'>[]
}

/** Cases that still weigh other carts: each makes its cluster larger, and shelves and carts have moved on after hours. */
const mostCases = 50
const longestMs = 6 * 3_600_000
/** A reviewer looks at weights and a plan for seconds: one SKU in 50 is decided wrong (S). */
const reviewerErrorRate = 0.02
/** Odds below 1 in 200 are noise to a person who decides in seconds. */
const leastProbability = 0.005
/** A change whose likeliest explanation is surer than this needs no evidence for a person. */
const doubtedBelow = 0.99

export function receiptOf(tripId: string): PlaceKey {
  return `r:${tripId}`
}

/** Whether a change is unsure enough that somebody may have to look at it. */
export function isDoubted(belief: Belief, change: string): boolean {
  const best = likeliest(belief, change)
  return best !== null && best.probability < doubtedBelow
}

/** What competes: `possibilities` of the shopper's cart, `open` the changes, `nameOf` a holder for people. */
export function findingsOf(
  possibilities: readonly Possibility[],
  open: Readonly<Record<string, OpenChange>>,
  nameOf: (holder: string | null) => string | null,
): Findings {
  const groups = byReceipt(possibilities)
    .slice(0, mostExplanations)
    .filter(({ probability }) => probability >= leastProbability)
  const listed = groups.reduce((sum, { probability }) => sum + probability, 0)
  const changes = [...new Set(groups.flatMap(({ members }) => members.flatMap(({ choices }) => Object.keys(choices))))]
  const doubts = changes.flatMap((change) => doubtOf(change, groups, open[change], nameOf) ?? [])
  return {
    explanations: groups.map(({ lines, probability }) => ({ lines: [...lines], probability: rounded(probability) })),
    others: rounded(Math.max(0, 1 - listed)),
    doubts: doubts
      .sort((a, b) => b.weight - a.weight)
      .slice(0, mostDoubts)
      .map(({ doubt }) => doubt)
      .sort((a, b) => a.ts - b.ts),
  }
}

interface Group {
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[]
  readonly members: Possibility[]
  probability: number
}

/** Possibilities with the same receipt together, likeliest first. */
function byReceipt(possibilities: readonly Possibility[]): Group[] {
  const groups = new Map<string, Group>()
  for (const possibility of possibilities) {
    const lines = linesOf(possibility.things)
    const key = JSON.stringify(lines)
    const group = groups.get(key) ?? { lines, members: [], probability: 0 }
    group.members.push(possibility)
    group.probability += possibility.probability
    groups.set(key, group)
  }
  return [...groups]
    .sort(([a, x], [b, y]) => y.probability - x.probability || (a < b ? -1 : 1))
    .map(([, group]) => group)
}

function linesOf(things: readonly Thing[]): Group['lines'] {
  return Object.entries(countsOf(things))
    .map(([sku, quantity]) => ({ sku, quantity }))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** A change on which the explanations differ, and how much of the probability differs from the first one's. */
function doubtOf(
  change: string,
  groups: readonly Group[],
  open: OpenChange | undefined,
  nameOf: (holder: string | null) => string | null,
) {
  const ways = groups.map(({ members }) => likeliestActs(members, change))
  const first = actsSignature(ways[0] ?? [])
  const weight = groups.reduce(
    (sum, { probability }, i) => (actsSignature(ways[i] ?? []) === first ? sum : sum + probability),
    0,
  )
  if (open === undefined || weight === 0) return null
  const toAct = ({ kind, sku, quantity, holder }: Act): ReviewAct => ({ kind, sku, quantity, shopper: nameOf(holder) })
  // A state that was kept by an earlier version has no grams.
  const cells = open.cells.map((cell, i) => ({ cell, deltaGrams: Math.round(10 * (open.grams?.[i] ?? 0)) / 10 }))
  const doubt = { change, ts: Math.round(open.ts), cells, ways: ways.map((acts) => acts.map(toAct)) }
  return { doubt, weight }
}

function likeliestActs(members: readonly Possibility[], change: string): readonly Act[] {
  const byActs = new Map<string, { readonly acts: readonly Act[]; weight: number }>()
  for (const { choices, probability } of members) {
    const acts = choices[change] ?? []
    const key = actsSignature(acts)
    const known = byActs.get(key) ?? { acts, weight: 0 }
    known.weight += probability
    byActs.set(key, known)
  }
  return [...byActs.values()].reduce((a, b) => (b.weight > a.weight ? b : a), {
    acts: [] as readonly Act[],
    weight: -1,
  }).acts
}

/** Opens a case: the possible receipts stay among the keys of their cluster. Also says which cases are now too old. */
export function openCase(
  belief: Belief,
  cases: readonly OpenCase[],
  cart: PlaceKey,
  { tripId, ts }: OpenCase,
): { belief: Belief; cases: readonly OpenCase[]; dropped: readonly OpenCase[] } {
  const all = [...cases, { tripId, ts }]
  const kept = all.slice(-mostCases).filter((one) => one.ts > ts - longestMs)
  return {
    belief: keepAs(belief, cart, receiptOf(tripId), countsAlone),
    cases: kept,
    dropped: all.filter((one) => !kept.includes(one)),
  }
}

/** Packages of one SKU are all the same to a receipt. */
function countsAlone(things: readonly Thing[]): Thing[] {
  return things
    .flatMap(({ sku }) => (sku === null ? [] : [{ sku, grams: 0, sdGrams: 0, cell: '' }]))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1))
}

/** Cases whose receipts depend on nothing but other such receipts: a decision would say nothing about carts or shelves. */
export function idleCases({ clusters }: Belief, cases: readonly OpenCase[]): OpenCase[] {
  const isReceipt = (slot: SlotKey) => slot.startsWith(receiptOf(''))
  const weighing = clusters.filter(({ keys }) => keys.some(isReceipt) && !keys.every(isReceipt))
  return cases.filter(({ tripId }) => {
    const place = receiptOf(tripId)
    return !weighing.some(({ keys }) => keys.some((slot) => isSlotOf(place, slot)))
  })
}

/** Weighs everything that competed by what was decided. */
export function weighDecision(belief: Belief, { tripId, lines }: Decided): { belief: Belief; settled: Settled[] } {
  const perSku = Math.log(reviewerErrorRate)
  return reweighPlace(belief, receiptOf(tripId), (things) => perSku * disagreements(things, lines))
}

/** On how many SKUs a receipt is not as decided. */
function disagreements(things: readonly Thing[], lines: Decided['lines']): number {
  const held = countsOf(things)
  const decided = Object.fromEntries(lines.map(({ sku, quantity }) => [sku, quantity]))
  return [...new Set([...Object.keys(held), ...Object.keys(decided)])].filter((sku) => held[sku] !== decided[sku])
    .length
}

/** The receipt of a decision. SKUs that the store does not have are left out. */
export function receiptOfDecision(products: Products, lines: Decided['lines']): Receipt {
  return decidedReceipt(products, lines, 1 - reviewerErrorRate)
}

function rounded(probability: number): number {
  return Math.min(1, Math.round(probability * 1e4) / 1e4)
}
