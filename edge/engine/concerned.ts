/** What a change of a shelf may be about: carts, things that lie misplaced, and whoever may have handed a thing over. */
import type { CellDelta, ShelfChange } from '../observations.ts'
import { type Belief, type Concerned, leastOff } from './belief.ts'
import type { Catalogue } from './catalogue.ts'
import { cartOf, lyingOn } from './hypothesis.ts'
import type { Actor } from './options.ts'
import { standingIn } from './standing.ts'

/** A thing that weighs otherwise by more than 3 % is another one; of those who hold one like it the nearest four count. */
const ownedWithin = 0.03
const mostOwners = 4

/** What is taken lay there before, what is put was held before; and what stands there tells what either is. */
export function concernedBy(
  catalogue: Catalogue,
  { cells }: ShelfChange,
  actors: readonly Actor[],
  owners: readonly string[],
): Concerned {
  const holders = [...actors.flatMap(({ holder }) => holder ?? []), ...owners]
  const carts = [...new Set(holders)].map(cartOf)
  const rises = cells.some(({ deltaGrams }) => deltaGrams > 0)
  const fallen = cells.flatMap(({ cell, deltaGrams }) => (deltaGrams < 0 ? [lyingOn(cell)] : []))
  const grams = cells.reduce((sum, { deltaGrams }) => sum + Math.abs(deltaGrams), 0)
  const stands = standingIn(
    catalogue,
    cells.map(({ cell }) => cell),
  )
  return { places: [...(rises ? carts : []), ...fallen, ...stands], grams }
}

/** Whoever holds a thing of the weight that was put, the nearest first: it may have been handed over. */
export function ownersOf(belief: Belief, holders: readonly string[], { cells }: ShelfChange): string[] {
  const risen = cells.filter(({ deltaGrams }) => deltaGrams > 0)
  if (risen.length === 0) return []
  const all = (one: (cell: CellDelta) => number) => risen.reduce((sum, cell) => sum + one(cell), 0)
  const weights = [
    all(({ deltaGrams }) => deltaGrams),
    all(({ deltaGrams, besideGrams = 0 }) => deltaGrams + besideGrams),
    ...risen.map(({ deltaGrams }) => deltaGrams),
  ]
  const least = leastOff(belief, holders.map(cartOf), weights)
  return holders
    .flatMap((holder) => {
      const off = least.get(cartOf(holder)) ?? Number.POSITIVE_INFINITY
      return off > ownedWithin ? [] : [{ holder, off }]
    })
    .sort((a, b) => a.off - b.off || (a.holder < b.holder ? -1 : 1))
    .slice(0, mostOwners)
    .map(({ holder }) => holder)
}
