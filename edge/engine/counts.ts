/**
 * What a cart may hold, by number of each SKU: all that a receipt asks. Ten doubts of the same SKU are eleven numbers here
 * and 2^10 contents, of which no bound could be kept.
 */
import type { Belief } from './belief.ts'
import { probabilities } from './cluster.ts'
import { isSlotOf, type PlaceKey, type Thing } from './hypothesis.ts'

/** How many of each SKU may be in a place, likeliest first: alternatives that differ in nothing else are one. */
export function countsIn(belief: Belief, place: PlaceKey): Counts[] {
  let all: Counts[] = [{ counts: countsOf(belief.certain[place] ?? []), probability: 1 }]
  for (const cluster of belief.clusters) {
    const slots = cluster.keys.filter((slot) => isSlotOf(place, slot))
    if (slots.length === 0) continue
    const weights = probabilities(cluster)
    const these = merged(
      cluster.hypotheses.map(({ places }, i) => ({
        counts: countsOf(slots.flatMap((slot) => places[slot] ?? [])),
        probability: weights[i] ?? 0,
      })),
    )
    const both = all.flatMap((a) =>
      these.map((b) => ({ counts: summed(a.counts, b.counts), probability: a.probability * b.probability })),
    )
    all = merged(both).slice(0, mostCounts)
  }
  const total = all.reduce((sum, { probability }) => sum + probability, 0)
  return all.map(({ counts, probability }) => ({ counts, probability: probability / total }))
}

/** A possible content of a place by number of each SKU, without what is no merchandise. */
export interface Counts {
  readonly counts: Readonly<Record<string, number>>
  readonly probability: number
}

/** Beyond this the rest of a receipt's alternatives adds up to less than a thousandth. */
const mostCounts = 400

/** How many of each SKU. */
export function countsOf(things: readonly Thing[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { sku } of things) if (sku !== null) counts[sku] = (counts[sku] ?? 0) + 1
  return counts
}

function summed(a: Counts['counts'], b: Counts['counts']): Counts['counts'] {
  const sum: Record<string, number> = { ...a }
  for (const [sku, count] of Object.entries(b)) sum[sku] = (sum[sku] ?? 0) + count
  return sum
}

function merged(list: readonly Counts[]): Counts[] {
  const byWords = new Map<string, Counts>()
  for (const one of list) {
    const words = Object.keys(one.counts)
      .sort()
      .map((sku) => `${sku}:${one.counts[sku]}`)
      .join()
    const probability = (byWords.get(words)?.probability ?? 0) + one.probability
    byWords.set(words, { counts: one.counts, probability })
  }
  return [...byWords].sort(([a, x], [b, y]) => y.probability - x.probability || (a < b ? -1 : 1)).map(([, one]) => one)
}
