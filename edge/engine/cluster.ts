/** A cluster: doubts that depend on each other, as weighted hypotheses. What can be done to one without knowing the rest. */
import { type Act, actsSignature, type Hypothesis, type SlotKey, signature } from './hypothesis.ts'
import { thinned } from './thinning.ts'

/** Six independent doubts of two answers each; of more, these stand for all (`thinning.ts`). */
const mostHypotheses = 100
/** Hypotheses less likely than the best by e^9 (1 in 8,000) are given up. */
const worstLogWeight = -9
/** Before equal ones are joined, so many times as many are looked at: few are equal, and never dozens. */
const equalOnes = 4

export interface Cluster {
  readonly keys: readonly SlotKey[]
  /** Best first; the best has log weight 0. Every hypothesis names the same changes. */
  readonly hypotheses: readonly Hypothesis[]
}

/** A change that all remaining hypotheses explain alike, or that is given up on: what most likely happened. */
export interface Settled {
  readonly change: string
  readonly acts: readonly Act[]
  readonly probability: number
}

export const nothingKnown: Cluster = { keys: [], hypotheses: [{ logWeight: 0, places: {}, choices: {} }] }

/** Those that are likely enough to be spelled out, best first. */
export function promising<T extends { readonly logWeight: number }>(list: readonly T[]): T[] {
  const top = list.reduce((most, { logWeight }) => Math.max(most, logWeight), Number.NEGATIVE_INFINITY)
  const likely = list.filter(({ logWeight }) => logWeight >= top + worstLogWeight - Math.log(equalOnes))
  return fewer(likely, equalOnes * mostHypotheses).sort((a, b) => b.logWeight - a.logWeight)
}

/** So many that stand for all. */
function fewer<T extends { readonly logWeight: number }>(list: readonly T[], most: number): T[] {
  const top = list.reduce((best, { logWeight }) => Math.max(best, logWeight), Number.NEGATIVE_INFINITY)
  const weights = list.map(({ logWeight }) => Math.exp(logWeight - top))
  return thinned(weights, most).flatMap(({ index, weight }) => {
    const one = list[index]
    return one === undefined ? [] : [{ ...one, logWeight: Math.log(weight) }]
  })
}

/** Joins equal hypotheses, drops hopeless ones, best first, the best at log weight 0. */
export function prune(keys: readonly SlotKey[], hypotheses: readonly Hypothesis[]): Hypothesis[] {
  const merged = new Map<string, Hypothesis>()
  for (const hypothesis of promising(hypotheses)) {
    const key = signature(keys, hypothesis)
    const same = merged.get(key)
    if (same === undefined) merged.set(key, hypothesis)
    else merged.set(key, { ...same, logWeight: logAdd(same.logWeight, hypothesis.logWeight) })
  }
  const sorted = [...merged].sort(([a, x], [b, y]) => y.logWeight - x.logWeight || (a < b ? -1 : 1)).map(([, h]) => h)
  return withBestAtZero(fewer(sorted, mostHypotheses))
}

/** In so many hypotheses at most. */
export function atMost({ keys, hypotheses }: Cluster, most: number): Cluster {
  const kept = fewer(hypotheses, most)
  return { keys, hypotheses: withBestAtZero(kept.sort((a, b) => b.logWeight - a.logWeight)) }
}

/** Both together; independent, so that weights multiply. */
export function product(a: Cluster, b: Cluster): Cluster {
  const [ours, theirs] = [probabilities(a), probabilities(b)]
  const pairs = thinned(
    ours.flatMap((one) => theirs.map((other) => one * other)),
    mostHypotheses,
  )
  const hypotheses = pairs.flatMap(({ index, weight }): Hypothesis[] => {
    const left = a.hypotheses[Math.floor(index / theirs.length)]
    const right = b.hypotheses[index % theirs.length]
    if (left === undefined || right === undefined) return []
    const [places, choices] = [
      { ...left.places, ...right.places },
      { ...left.choices, ...right.choices },
    ]
    return [{ logWeight: Math.log(weight), places, choices }]
  })
  hypotheses.sort((x, y) => y.logWeight - x.logWeight)
  return { keys: [...a.keys, ...b.keys].sort(), hypotheses: withBestAtZero(hypotheses) }
}

/** What a cluster says of some of its slots and changes, whatever the others are. */
export function project({ hypotheses }: Cluster, keys: readonly SlotKey[], changes: readonly string[]): Cluster {
  const rest = hypotheses.map(({ logWeight, places, choices }) => ({
    logWeight,
    places: Object.fromEntries(keys.flatMap((key) => (places[key] === undefined ? [] : [[key, places[key]]]))),
    choices: Object.fromEntries(changes.map((change) => [change, choices[change] ?? []])),
  }))
  return { keys, hypotheses: prune(keys, rest) }
}

/** The changes that are still open in a cluster, in order. */
export function changesOf({ hypotheses }: Cluster): string[] {
  return Object.keys(hypotheses[0]?.choices ?? {}).sort()
}

/** What most likely was done at a change. */
export function mostLikely(cluster: Cluster, change: string): Settled {
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

export function probabilities({ hypotheses }: Cluster): number[] {
  const weights = hypotheses.map(({ logWeight }) => Math.exp(logWeight))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

function withBestAtZero(sorted: readonly Hypothesis[]): Hypothesis[] {
  const top = sorted[0]?.logWeight ?? 0
  return sorted
    .map((hypothesis) => ({ ...hypothesis, logWeight: hypothesis.logWeight - top }))
    .filter(({ logWeight }) => logWeight >= worstLogWeight)
}

function logAdd(a: number, b: number): number {
  const high = Math.max(a, b)
  return high + Math.log1p(Math.exp(-Math.abs(a - b)))
}
