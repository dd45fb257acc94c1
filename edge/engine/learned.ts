/** What the store file does not know and things that moved have shown: what packages weigh, and where they stand. */
import type { Catalogue } from './catalogue.ts'
import type { Settled } from './cluster.ts'
import { roundedGrams } from './hypothesis.ts'

export interface Learned {
  /** Packages that were weighed alone, by SKU: how many, their mean in grams, sum of squared deviations from it. */
  readonly masses: Readonly<Record<string, { readonly count: number; readonly mean: number; readonly squares: number }>>
  /** By cell: how often an SKU that the planogram has elsewhere was taken from it, or set down there by staff. */
  readonly places: Readonly<Record<string, Readonly<Record<string, number>>>>
}

export const nothingLearned: Learned = { masses: {}, places: {} }

/** Only what is this sure is learned from; a mistake would confirm itself. */
const leastProbability = 0.95
/** Packages of former months do not count: the producer may have changed them. */
const mostWeighed = 50
/** More SKUs than this do not fit on a plate. */
const mostPlaces = 6

/** Takes in changes that are settled. `isStaff`: whether a holder works here. */
export function learn(
  learned: Learned,
  catalogue: Catalogue,
  settled: readonly Settled[],
  isStaff: (holder: string | null) => boolean,
): Learned {
  const acts = settled.flatMap((one) => (one.probability < leastProbability ? [] : one.acts))
  return acts.reduce((before, { kind, sku, quantity, grams, cells, holder }) => {
    if (sku === null) return before
    const weighed = quantity === 1 ? weigh(before, sku, grams) : before
    const isForeign = cells.every((cell) => !catalogue.facings.get(cell)?.includes(sku))
    return isForeign && (kind === 'pick' || isStaff(holder)) ? place(weighed, sku, cells, quantity) : weighed
  }, learned)
}

function weigh(learned: Learned, sku: string, grams: number): Learned {
  const before = learned.masses[sku] ?? { count: 0, mean: 0, squares: 0 }
  const count = Math.min(before.count + 1, mostWeighed)
  const off = grams - before.mean
  const mean = before.mean + off / count
  const forgotten = before.count === mostWeighed ? (mostWeighed - 1) / mostWeighed : 1
  const squares = before.squares * forgotten + off * (grams - mean)
  return {
    ...learned,
    masses: { ...learned.masses, [sku]: { count, mean: roundedGrams(mean), squares: roundedGrams(squares) } },
  }
}

function place(learned: Learned, sku: string, cells: readonly string[], quantity: number): Learned {
  const places = { ...learned.places }
  for (const cell of cells) {
    const seen = { ...places[cell], [sku]: (places[cell]?.[sku] ?? 0) + quantity }
    const kept = Object.entries(seen).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    places[cell] = Object.fromEntries(kept.slice(0, mostPlaces))
  }
  return { ...learned, places }
}
