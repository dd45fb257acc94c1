/**
 * Competing explanations, kept until the evidence settles.
 *
 * Carts and misplaced things on which all explanations agree are plain facts (`certain`). The rest is kept in clusters:
 * the places of one cluster depend on each other, those of different clusters do not, so that ten independent doubts
 * cost ten small clusters and not 2^10 hypotheses. A change that touches two clusters makes them one; what all
 * hypotheses of a cluster agree on leaves it again.
 */

import type { Contents, Explanation } from './explain.ts'
import {
  type Act,
  actsSignature,
  contentsSignature,
  type Hypothesis,
  type PlaceKey,
  signature,
  type Thing,
} from './hypothesis.ts'

/** 200 hypotheses hold seven independent doubts of two answers each; more doubts at one place do not settle anyway. */
const mostHypotheses = 200
/** Hypotheses less likely than the best by e^9 (1 in 8,000) are given up. */
const worstLogWeight = -9

export interface Cluster {
  readonly keys: readonly PlaceKey[]
  /** Best first; the best has log weight 0. Every hypothesis names all keys. */
  readonly hypotheses: readonly Hypothesis[]
}

export interface Belief {
  readonly certain: Readonly<Record<PlaceKey, readonly Thing[]>>
  readonly clusters: readonly Cluster[]
}

/** A change that all remaining hypotheses explain alike, or that is given up on: what most likely happened. */
export interface Settled {
  readonly change: string
  readonly acts: readonly Act[]
  readonly probability: number
}

export const emptyBelief: Belief = { certain: {}, clusters: [] }

/** Weighs the explanations of one change under every hypothesis that it concerns. */
export function update(
  belief: Belief,
  change: string,
  concerned: readonly PlaceKey[],
  explainUnder: (contents: Contents) => readonly Explanation[],
): { belief: Belief; settled: Settled[] } {
  const touched = belief.clusters.filter((cluster) => cluster.keys.some((key) => concerned.includes(key)))
  const apart = belief.clusters.filter((cluster) => !touched.includes(cluster))
  const before = touched.reduce(product, nothingKnown)
  // Many hypotheses differ only elsewhere: what concerns this change is explained once for all that agree on it.
  const explained = new Map<string, readonly Explanation[]>()
  const after = before.hypotheses.flatMap((hypothesis) => {
    const contents: Contents = (place) => hypothesis.places[place] ?? belief.certain[place] ?? []
    const key = concerned.map((place) => contentsSignature(contents(place))).join('|')
    const explanations = explained.get(key) ?? explainUnder(contents)
    explained.set(key, explanations)
    return explanations.map(({ acts, places, logLikelihood }) => ({
      logWeight: hypothesis.logWeight + logLikelihood,
      places: { ...hypothesis.places, ...places },
      choices: { ...hypothesis.choices, [change]: acts },
    }))
  })
  const keys = [...new Set([...before.keys, ...after.flatMap(({ places }) => Object.keys(places))])].sort()
  const complete = after.map((hypothesis) => ({ ...hypothesis, places: fill(keys, hypothesis.places, belief.certain) }))
  return simplify({ certain: belief.certain, clusters: apart }, { keys, hypotheses: prune(complete) })
}

/** Evidence about what was done at a change that is still open: `logLikelihood` of it under each answer. */
export function reweigh(
  belief: Belief,
  change: string,
  logLikelihood: (acts: readonly Act[]) => number,
): { belief: Belief; settled: Settled[] } {
  const concerned = belief.clusters.find((cluster) => cluster.hypotheses.some(({ choices }) => change in choices))
  if (concerned === undefined) return { belief, settled: [] }
  const hypotheses = concerned.hypotheses.map((hypothesis) => ({
    ...hypothesis,
    logWeight: hypothesis.logWeight + logLikelihood(hypothesis.choices[change] ?? []),
  }))
  const clusters = belief.clusters.filter((cluster) => cluster !== concerned)
  return simplify({ ...belief, clusters }, { ...concerned, hypotheses: prune(hypotheses) })
}

/** Evidence about what is in a place: `logLikelihood` of it under each content. */
export function reweighPlace(
  belief: Belief,
  key: PlaceKey,
  logLikelihood: (things: readonly Thing[]) => number,
): { belief: Belief; settled: Settled[] } {
  const concerned = belief.clusters.find(({ keys }) => keys.includes(key))
  if (concerned === undefined) return { belief, settled: [] }
  const hypotheses = concerned.hypotheses.map((hypothesis) => ({
    ...hypothesis,
    logWeight: hypothesis.logWeight + logLikelihood(hypothesis.places[key] ?? []),
  }))
  const clusters = belief.clusters.filter((cluster) => cluster !== concerned)
  return simplify({ ...belief, clusters }, { ...concerned, hypotheses: prune(hypotheses) })
}

/** Keeps what `reduce` leaves of a doubted place under another key, too. A place without doubt is left alone. */
export function keepAs(
  belief: Belief,
  from: PlaceKey,
  to: PlaceKey,
  reduce: (things: readonly Thing[]) => readonly Thing[],
): Belief {
  const clusters = belief.clusters.map((cluster) => {
    if (!cluster.keys.includes(from)) return cluster
    const hypotheses = cluster.hypotheses.map((hypothesis) => ({
      ...hypothesis,
      places: { ...hypothesis.places, [to]: reduce(hypothesis.places[from] ?? []) },
    }))
    return { keys: [...cluster.keys, to].sort(), hypotheses }
  })
  return { ...belief, clusters }
}

/** A place that no longer matters (its shopper has left): forgotten, with the choices that concern only such places. */
export function forget(
  belief: Belief,
  key: PlaceKey,
  isOpen: (holder: string) => boolean,
): { belief: Belief; settled: Settled[] } {
  const { [key]: _, ...certain } = belief.certain
  const settled: Settled[] = []
  const untouched: Cluster[] = []
  const cut: Cluster[] = []
  for (const cluster of belief.clusters) {
    const closed = changesOf(cluster).filter((change) => isClosed(cluster, change, isOpen))
    settled.push(...closed.map((change) => mostLikely(cluster, change)))
    if (closed.length === 0 && !cluster.keys.includes(key)) untouched.push(cluster)
    else cut.push(cutDown(cluster, key, closed))
  }
  let rest: Belief = { certain, clusters: untouched }
  for (const cluster of cut) {
    const simple = simplify(rest, cluster)
    rest = simple.belief
    settled.push(...simple.settled)
  }
  return { belief: rest, settled }
}

/** Nobody who may have done it is still there. */
function isClosed({ hypotheses }: Cluster, change: string, isOpen: (holder: string) => boolean): boolean {
  return hypotheses.every(({ choices }) =>
    (choices[change] ?? []).every(({ holder }) => holder === null || !isOpen(holder)),
  )
}

function cutDown({ keys, hypotheses }: Cluster, key: PlaceKey, closed: readonly string[]): Cluster {
  const rest = hypotheses.map(({ logWeight, places, choices }) => {
    const { [key]: _, ...others } = places
    return { logWeight, places: others, choices: without(choices, closed) }
  })
  return { keys: keys.filter((other) => other !== key), hypotheses: prune(rest) }
}

/** What lies in one place lies in another from now on: a shopper turns out to be of an account. */
export function join(belief: Belief, from: PlaceKey, to: PlaceKey): Belief {
  const touched = belief.clusters.filter(({ keys }) => keys.includes(from) || keys.includes(to))
  const apart = belief.clusters.filter((cluster) => !touched.includes(cluster))
  const whole = touched.reduce(product, nothingKnown)
  const hypotheses = whole.hypotheses.map(({ places, ...rest }) => {
    const { [from]: moved = belief.certain[from] ?? [], [to]: there = belief.certain[to] ?? [], ...others } = places
    return { ...rest, places: { ...others, [to]: [...there, ...moved] } }
  })
  const { [from]: _, ...certain } = belief.certain
  const keys = [...new Set([...whole.keys, to])].filter((key) => key !== from).sort()
  return simplify({ certain, clusters: apart }, { keys, hypotheses: prune(hypotheses) }).belief
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
export function contentsOf(belief: Belief, key: PlaceKey): Possibility[] {
  const cluster = belief.clusters.find(({ keys }) => keys.includes(key))
  if (cluster === undefined) return [{ things: belief.certain[key] ?? [], choices: {}, probability: 1 }]
  const weights = probabilities(cluster)
  return cluster.hypotheses.map(({ places, choices }, i) => ({
    things: places[key] ?? [],
    choices,
    probability: weights[i] ?? 0,
  }))
}

/** What most likely was done at a change; null when it is settled. */
export function likeliest(belief: Belief, change: string): Settled | null {
  const cluster = belief.clusters.find(({ hypotheses }) => hypotheses.some(({ choices }) => change in choices))
  return cluster === undefined ? null : mostLikely(cluster, change)
}

const nothingKnown: Cluster = { keys: [], hypotheses: [{ logWeight: 0, places: {}, choices: {} }] }

function product(a: Cluster, b: Cluster): Cluster {
  const hypotheses = a.hypotheses.flatMap((left) =>
    b.hypotheses.map((right) => ({
      logWeight: left.logWeight + right.logWeight,
      places: { ...left.places, ...right.places },
      choices: { ...left.choices, ...right.choices },
    })),
  )
  return { keys: [...a.keys, ...b.keys], hypotheses: prune(hypotheses) }
}

function fill(
  keys: readonly PlaceKey[],
  places: Hypothesis['places'],
  certain: Belief['certain'],
): Record<PlaceKey, readonly Thing[]> {
  return Object.fromEntries(keys.map((key) => [key, places[key] ?? certain[key] ?? []]))
}

/** Joins equal hypotheses, drops hopeless ones, best first, the best at log weight 0. */
function prune(hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const merged = new Map<string, Hypothesis>()
  for (const hypothesis of hypotheses) {
    const key = signature(hypothesis)
    const same = merged.get(key)
    const logWeight = same === undefined ? hypothesis.logWeight : logAdd(same.logWeight, hypothesis.logWeight)
    merged.set(key, { ...(same ?? hypothesis), logWeight })
  }
  const sorted = [...merged].sort(([a, x], [b, y]) => y.logWeight - x.logWeight || (a < b ? -1 : 1)).map(([, h]) => h)
  const top = sorted[0]?.logWeight ?? 0
  return sorted
    .slice(0, mostHypotheses)
    .map((hypothesis) => ({ ...hypothesis, logWeight: hypothesis.logWeight - top }))
    .filter(({ logWeight }) => logWeight >= worstLogWeight)
}

/** Takes out of a cluster what all its hypotheses agree on. */
function simplify(apart: Belief, cluster: Cluster): { belief: Belief; settled: Settled[] } {
  const first = cluster.hypotheses[0]
  if (first === undefined) return { belief: apart, settled: [] }
  const agreed = cluster.keys.filter((key) => {
    const contents = contentsSignature(first.places[key] ?? [])
    return cluster.hypotheses.every(({ places }) => contentsSignature(places[key] ?? []) === contents)
  })
  const rest = cluster.keys.filter((key) => !agreed.includes(key))
  const done = changesOf(cluster).filter((change) => rest.length === 0 || isAgreed(cluster, change))
  const settled = done.map((change) => mostLikely(cluster, change))
  const certain = { ...apart.certain }
  for (const key of agreed) {
    const things = first.places[key] ?? []
    if (things.length === 0) delete certain[key]
    else certain[key] = things
  }
  if (rest.length === 0) return { belief: { certain, clusters: apart.clusters }, settled }
  for (const key of rest) delete certain[key]
  const hypotheses = cluster.hypotheses.map(({ logWeight, places, choices }) => ({
    logWeight,
    places: Object.fromEntries(rest.map((key) => [key, places[key] ?? []])),
    choices: without(choices, done),
  }))
  const smaller = { keys: rest, hypotheses: prune(hypotheses) }
  return { belief: { certain, clusters: [...apart.clusters, smaller] }, settled }
}

function changesOf(cluster: Cluster): string[] {
  return [...new Set(cluster.hypotheses.flatMap(({ choices }) => Object.keys(choices)))].sort()
}

function isAgreed(cluster: Cluster, change: string): boolean {
  const first = actsSignature(cluster.hypotheses[0]?.choices[change] ?? [])
  return cluster.hypotheses.every(({ choices }) => actsSignature(choices[change] ?? []) === first)
}

function mostLikely(cluster: Cluster, change: string): Settled {
  const weights = probabilities(cluster)
  const byActs = new Map<string, { acts: readonly Act[]; probability: number }>()
  cluster.hypotheses.forEach(({ choices }, i) => {
    const acts = choices[change] ?? []
    const key = actsSignature(acts)
    const known = byActs.get(key)
    byActs.set(key, { acts: known?.acts ?? acts, probability: (known?.probability ?? 0) + (weights[i] ?? 0) })
  })
  const [best] = [...byActs.values()].sort((a, b) => b.probability - a.probability)
  return { change, acts: best?.acts ?? [], probability: best?.probability ?? 0 }
}

function probabilities({ hypotheses }: Cluster): number[] {
  const weights = hypotheses.map(({ logWeight }) => Math.exp(logWeight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function without<T>(record: Readonly<Record<string, T>>, keys: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))
}

function logAdd(a: number, b: number): number {
  const high = Math.max(a, b)
  return high + Math.log1p(Math.exp(-Math.abs(a - b)))
}
