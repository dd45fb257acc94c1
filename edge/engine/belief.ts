/**
 * Competing explanations, kept until the evidence settles.
 *
 * Carts and misplaced things on which all explanations agree are plain facts (`certain`). The rest is kept in clusters
 * of slots: what one change left in doubt about one place. The slots of one cluster depend on each other, those of
 * different clusters do not, so that ten independent doubts cost ten small clusters and not 2^10 hypotheses. A change
 * joins the clusters of the things that it may have moved; what is independent afterwards comes apart again.
 */
import {
  atMost,
  type Cluster,
  changesOf,
  mostLikely,
  nothingKnown,
  probabilities,
  product,
  project,
  prune,
  type Settled,
} from './cluster.ts'
import { coarsened, refined } from './coarse.ts'
import {
  type Act,
  actsSignature,
  type Contents,
  contentsSignature,
  type Explanation,
  type Hypothesis,
  isSlotOf,
  isStanding,
  type PlaceKey,
  placeOf,
  type SlotKey,
  slotOf,
  type Thing,
} from './hypothesis.ts'
import { independentParts } from './independence.ts'
import { explainAll } from './moves.ts'

export type { Settled } from './cluster.ts'

/** Clusters that one change joins: the ones that fit best. The odds of a seventh thing of the same weight are even anyway. */
const mostJoined = 6
/** A change of so much more than a thing weighs cannot be that thing, whatever the scale. */
const heaviest = (grams: number) => 1.25 * grams + 40
/** How well a thing fits that weighs otherwise: half as well at 2 % and 5 g, with a long tail, as several may have moved (S). */
const likeness = (off: number, grams: number) => 1 / (1 + (off / (0.02 * grams + 5)) ** 2)
/** Slots of one place; beyond it the surest is taken for what is most likely. Most doubts are of one in a thousand. */
const mostDoubts = 24

export interface Belief {
  readonly certain: Readonly<Record<PlaceKey, readonly Thing[]>>
  readonly clusters: readonly Cluster[]
}

/** What changed, and with it the open changes that this settles. */
export interface Revised {
  readonly belief: Belief
  readonly settled: Settled[]
}

/** Where the things that a change moved may have been before, and what it weighed. */
export interface Concerned {
  readonly places: readonly PlaceKey[]
  readonly grams: number
  /** Under so many presents at most it is explained: each takes its time. Absent: under all. */
  readonly presents?: number
}

export const emptyBelief: Belief = { certain: {}, clusters: [] }

/** Weighs the explanations of one change under every hypothesis that it concerns. */
export function update(
  belief: Belief,
  change: string,
  concerned: Concerned,
  explainUnder: (contents: Contents) => readonly Explanation[],
): Revised {
  const joined = joinedBy(belief, concerned)
  const about = new Set(concerned.places)
  const coarse = joined.map((cluster, i) => coarsened(cluster, about, i))
  const whole = coarse.map((one) => one.cluster).reduce(product, nothingKnown)
  const before = atMost(whole, concerned.presents ?? whole.hypotheses.length)
  const { certain, cluster } = explainAll(belief.certain, before, change, concerned.places, explainUnder)
  const apart = belief.clusters.filter((other) => !joined.includes(other))
  const revised = independentParts(cluster)
    .map((part) => refined(part, coarse))
    .reduce(withSettled, { belief: { certain, clusters: apart }, settled: [] })
  const places = cluster.keys.flatMap((slot) => (slotOf(placeOf(slot), change) === slot ? [placeOf(slot)] : []))
  return crowded(revised.belief, places).reduce(withFewDoubts, revised)
}

/** The clusters that most say where a thing of about this weight is. */
function joinedBy({ clusters }: Belief, { places, grams }: Concerned): Cluster[] {
  const wanted = new Set(places)
  const rated = clusters.map((cluster) => ({ cluster, fit: fitOf(cluster, slotsOf(cluster, wanted), grams) }))
  return rated
    .filter(({ fit }) => fit > 0)
    .sort((a, b) => b.fit - a.fit)
    .slice(0, mostJoined)
    .map(({ cluster }) => cluster)
}

/** The place of each slot of a cluster: every change asks it of every doubt in the shop, of which it changes a few. */
const placesOfClusters = new WeakMap<Cluster, readonly PlaceKey[]>()

function placesIn(cluster: Cluster): readonly PlaceKey[] {
  const known = placesOfClusters.get(cluster) ?? cluster.keys.map(placeOf)
  placesOfClusters.set(cluster, known)
  return known
}

/** The slots of a cluster that are about some places. */
function slotsOf(cluster: Cluster, places: ReadonlySet<PlaceKey>): SlotKey[] {
  const known = placesIn(cluster)
  const slots: SlotKey[] = []
  for (let i = 0; i < known.length; i++) {
    const slot = cluster.keys[i]
    if (slot !== undefined && places.has(known[i] ?? '')) slots.push(slot)
  }
  return slots
}

function concerns(cluster: Cluster, place: PlaceKey): boolean {
  return placesIn(cluster).includes(place)
}

/**
 * How probable it is that such a thing is in one of some slots; one of another weight counts less the further off it is.
 * A doubt that leaves a thing there once in a thousand must not keep out the one where it surely is.
 */
function fitOf(cluster: Cluster, slots: readonly SlotKey[], grams: number): number {
  if (slots.length === 0) return 0
  const weights = probabilities(cluster)
  return cluster.hypotheses.reduce((sum, { places }, i) => {
    let best = 0
    for (const slot of slots)
      for (const thing of places[slot] ?? [])
        if (isStanding(slot)) best = 1
        else if (thing.grams <= heaviest(grams)) best = Math.max(best, likeness(thing.grams - grams, grams))
    return sum + best * (weights[i] ?? 0)
  }, 0)
}

/**
 * By place: how far the thing there that comes nearest to one of some weights is from it, as a share of it. One pass over
 * all doubts, since a full shop has hundreds.
 */
export function leastOff(
  { certain, clusters }: Belief,
  places: readonly PlaceKey[],
  weights: readonly number[],
): Map<PlaceKey, number> {
  const wanted = new Set(places)
  const least = new Map(places.map((place) => [place, Number.POSITIVE_INFINITY]))
  const compare = (place: PlaceKey, things: readonly Thing[]) => {
    for (const { grams } of things)
      for (const weight of weights) {
        const off = Math.abs(grams - weight) / weight
        if (off < (least.get(place) ?? 0)) least.set(place, off)
      }
  }
  for (const place of places) compare(place, certain[place] ?? [])
  for (const cluster of clusters)
    for (const slot of slotsOf(cluster, wanted))
      for (const { places: contents } of cluster.hypotheses) compare(placeOf(slot), contents[slot] ?? [])
  return least
}

/** Those of some places about which there are too many doubts. */
function crowded({ clusters }: Belief, places: readonly PlaceKey[]): PlaceKey[] {
  const doubts = new Map(places.map((place) => [place, 0]))
  for (const cluster of clusters)
    for (const place of placesIn(cluster)) {
      const before = doubts.get(place)
      if (before !== undefined) doubts.set(place, before + 1)
    }
  return places.filter((place) => (doubts.get(place) ?? 0) > mostDoubts)
}

/** Takes the slot of a place about which least is in doubt for what is most likely. */
function withFewDoubts({ belief, settled }: Revised, place: PlaceKey): Revised {
  const doubts = belief.clusters
    .filter((cluster) => concerns(cluster, place))
    .map((cluster) => ({ cluster, sure: probabilities(cluster)[0] ?? 0 }))
    .sort((a, b) => b.sure - a.sure)
  const surest = doubts[0]?.cluster ?? nothingKnown
  const [slot] = slotsOf(surest, new Set([place]))
  if (slot === undefined) return { belief, settled }
  const { places = {} } = project(surest, [slot], []).hypotheses[0] ?? {}
  const certain = withThings(belief.certain, place, places[slot] ?? [])
  const clusters = belief.clusters.filter((other) => other !== surest)
  const keys = surest.keys.filter((other) => other !== slot)
  const rest = settle({ certain, clusters }, project(surest, keys, changesOf(surest)))
  return { belief: rest.belief, settled: [...settled, ...rest.settled] }
}

/** Evidence about what was done at changes that are still open: `logLikelihood` of it under each answer, in their order. */
export function reweigh(
  belief: Belief,
  changes: readonly string[],
  logLikelihood: (...acts: readonly (readonly Act[])[]) => number,
): Revised {
  const concerned = belief.clusters.filter((cluster) => changes.some((change) => isOpenIn(cluster, change)))
  if (concerned.length === 0) return { belief, settled: [] }
  return weighed(belief, concerned, ({ choices }) => logLikelihood(...changes.map((change) => choices[change] ?? [])))
}

/** Evidence about what is in a place: `logLikelihood` of it under each content. */
export function reweighPlace(
  belief: Belief,
  place: PlaceKey,
  logLikelihood: (things: readonly Thing[]) => number,
): Revised {
  const concerned = belief.clusters.filter((cluster) => concerns(cluster, place))
  const about = new Set([place])
  const slots = concerned.flatMap((cluster) => slotsOf(cluster, about)).sort()
  return weighed(belief, concerned, (hypothesis) => logLikelihood(contentsIn(belief, place, slots, hypothesis)))
}

function weighed(belief: Belief, concerned: readonly Cluster[], weigh: (hypothesis: Hypothesis) => number): Revised {
  const { keys, hypotheses } = concerned.reduce(product, nothingKnown)
  const after = hypotheses.map((one) => ({ ...one, logWeight: one.logWeight + weigh(one) }))
  const clusters = belief.clusters.filter((cluster) => !concerned.includes(cluster))
  return settle({ ...belief, clusters }, { keys, hypotheses: prune(keys, after) })
}

/** Keeps what `reduce` leaves of a doubted place under another key, too. A place without doubt is left alone. */
export function keepAs(
  belief: Belief,
  from: PlaceKey,
  to: PlaceKey,
  reduce: (things: readonly Thing[]) => readonly Thing[],
): Belief {
  if (!belief.clusters.some((cluster) => concerns(cluster, from))) return belief
  const clusters = belief.clusters.map(({ keys, hypotheses }) => {
    const slots = keys.filter((slot) => isSlotOf(from, slot))
    const kept = (hypothesis: Hypothesis): Hypothesis => {
      const copies = slots.map((slot) => [moved(slot, to), reduce(hypothesis.places[slot] ?? [])] as const)
      return { ...hypothesis, places: { ...hypothesis.places, ...Object.fromEntries(copies) } }
    }
    return { keys: [...keys, ...slots.map((slot) => moved(slot, to))].sort(), hypotheses: hypotheses.map(kept) }
  })
  return { certain: withThings(belief.certain, to, reduce(belief.certain[from] ?? [])), clusters }
}

function moved(slot: SlotKey, to: PlaceKey): SlotKey {
  return to + slot.slice(placeOf(slot).length)
}

/** A place that no longer matters (its shopper has left): forgotten, with the choices that concern only such places. */
export function forget(belief: Belief, place: PlaceKey, isOpen: (holder: string) => boolean): Revised {
  const { [place]: _, ...certain } = belief.certain
  let rest: Belief = { certain, clusters: [] }
  const settled: Settled[] = []
  for (const cluster of belief.clusters) {
    const changes = changesOf(cluster)
    const closed = changes.filter((change) => isClosed(cluster, change, isOpen))
    const keys = cluster.keys.filter((slot) => !isSlotOf(place, slot))
    if (closed.length === 0 && keys.length === cluster.keys.length) {
      rest = { ...rest, clusters: [...rest.clusters, cluster] }
      continue
    }
    const open = changes.filter((change) => !closed.includes(change))
    const cut = settle(rest, project(cluster, keys, open))
    settled.push(...closed.map((change) => mostLikely(cluster, change)), ...cut.settled)
    rest = cut.belief
  }
  return { belief: rest, settled }
}

/** Nobody who may have done it is still there. */
function isClosed({ hypotheses }: Cluster, change: string, isOpen: (holder: string) => boolean): boolean {
  return hypotheses.every(({ choices }) =>
    (choices[change] ?? []).every(({ holder }) => holder === null || !isOpen(holder)),
  )
}

/** What lies in one place lies in another from now on: a shopper turns out to be of an account. */
export function join(belief: Belief, from: PlaceKey, to: PlaceKey): Belief {
  const { [from]: things = [], ...rest } = belief.certain
  const clusters = belief.clusters.map((cluster) => {
    if (!concerns(cluster, from)) return cluster
    const renamed = (slot: SlotKey) => (isSlotOf(from, slot) ? moved(slot, to) : slot)
    const keys = [...new Set(cluster.keys.map(renamed))].sort()
    const hypotheses = cluster.hypotheses.map(({ places, ...other }) => ({ ...other, places: inOne(places, renamed) }))
    return { keys, hypotheses: prune(keys, hypotheses) }
  })
  return { certain: withThings(rest, to, things), clusters }
}

/** Either of two people of one account took it: the two slots become one. */
function inOne(places: Hypothesis['places'], renamed: (slot: SlotKey) => SlotKey): Record<SlotKey, readonly Thing[]> {
  const together: Record<SlotKey, readonly Thing[]> = {}
  for (const [slot, things] of Object.entries(places))
    together[renamed(slot)] = [...(together[renamed(slot)] ?? []), ...things]
  return together
}

/** Settles every open change by what is most likely. */
export function settleAll(belief: Belief): Settled[] {
  return belief.clusters.flatMap((cluster) => changesOf(cluster).map((change) => mostLikely(cluster, change)))
}

/** What is in a place, what was done at the open changes that concern it, and how likely that is. */
export interface Possibility {
  readonly things: readonly Thing[]
  readonly choices: Hypothesis['choices']
  readonly probability: number
}

/** The possible contents of a place, most likely first. */
export function contentsOf(belief: Belief, place: PlaceKey): Possibility[] {
  const about = new Set([place])
  const parts = belief.clusters.flatMap((cluster) => {
    const slots = slotsOf(cluster, about)
    return slots.length === 0 ? [] : [project(cluster, slots, changesOf(cluster))]
  })
  const whole = parts.reduce(product, nothingKnown)
  const weights = probabilities(whole)
  return whole.hypotheses.map((hypothesis, i) => ({
    things: contentsIn(belief, place, whole.keys, hypothesis),
    choices: hypothesis.choices,
    probability: weights[i] ?? 0,
  }))
}

/** `slots`: those of the place, in order. */
function contentsIn({ certain }: Belief, place: PlaceKey, slots: readonly SlotKey[], { places }: Hypothesis): Thing[] {
  return [...(certain[place] ?? []), ...slots.flatMap((slot) => places[slot] ?? [])]
}

/** What most likely was done at a change; null when it is settled. */
export function likeliest(belief: Belief, change: string): Settled | null {
  // From the end: it is mostly the latest change that is asked for.
  const cluster = belief.clusters.findLast((one) => isOpenIn(one, change))
  return cluster === undefined ? null : mostLikely(cluster, change)
}

function isOpenIn({ hypotheses: [first] }: Cluster, change: string): boolean {
  return first !== undefined && change in first.choices
}

/** Takes out of a cluster what all its hypotheses agree on, and cuts the rest where it does not depend on each other. */
function settle(apart: Belief, cluster: Cluster): Revised {
  const [first] = cluster.hypotheses
  if (first === undefined) return { belief: apart, settled: [] }
  const agreed = cluster.keys.filter((slot) =>
    areAgreed(cluster, ({ places }) => contentsSignature(places[slot] ?? [])),
  )
  const done = changesOf(cluster).filter((id) => areAgreed(cluster, ({ choices }) => actsSignature(choices[id] ?? [])))
  const certain = agreed.reduce((all, slot) => withThings(all, placeOf(slot), first.places[slot] ?? []), apart.certain)
  const slots = cluster.keys.filter((slot) => !agreed.includes(slot))
  const changes = changesOf(cluster).filter((id) => !done.includes(id))
  const parts = independentParts(project(cluster, slots, changes))
  // Changes on which no cart and no shelf depends: nothing that comes can settle them better.
  const idle = parts.filter(({ keys }) => keys.length === 0)
  const settled = [
    ...done.map((change) => mostLikely(cluster, change)),
    ...idle.flatMap((part) => changesOf(part).map((change) => mostLikely(part, change))),
  ]
  const doubted = parts.filter(({ keys, hypotheses }) => keys.length > 0 && hypotheses.length > 1)
  const belief = { certain, clusters: [...apart.clusters, ...doubted] }
  // Of a part alone all but one hypothesis may be hopeless: that is agreed on, too.
  return parts
    .filter((part) => !idle.includes(part) && !doubted.includes(part))
    .reduce(withSettled, { belief, settled })
}

function withSettled({ belief, settled }: Revised, cluster: Cluster): Revised {
  const more = settle(belief, cluster)
  return { belief: more.belief, settled: [...settled, ...more.settled] }
}

function areAgreed({ hypotheses: [first, ...others] }: Cluster, say: (hypothesis: Hypothesis) => string): boolean {
  return first === undefined || others.every((hypothesis) => say(hypothesis) === say(first))
}

function withThings(certain: Belief['certain'], place: PlaceKey, things: readonly Thing[]): Belief['certain'] {
  return things.length === 0 ? certain : { ...certain, [place]: [...(certain[place] ?? []), ...things] }
}
