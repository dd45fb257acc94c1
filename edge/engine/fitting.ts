/** What of somebody's cart may be what was put: by weight, against those very packages. */
import { type Contents, cartOf, type Thing } from './hypothesis.ts'
import { impossible, sameThingDensity } from './likelihood.ts'
import type { Part } from './parts.ts'

const mostPairs = 60

/** Things of a cart that may be what was put: density at its weight. */
export interface Fitting {
  readonly indexes: readonly number[]
  readonly density: number
}

/** All that may be it, and of how many each is one. */
export interface Fittings {
  readonly singles: readonly Fitting[]
  readonly pairs: readonly Fitting[]
  readonly held: number
  readonly several: number
}

export type FittingIn = (owner: string) => Fittings

/** What of each cart fits a part, worked out once for all who may have put it. */
export function fittingIn(part: Part, contents: Contents): FittingIn {
  const known = new Map<string, Fittings>()
  return (owner) => {
    const found = known.get(owner) ?? fittingsOf(contents(cartOf(owner)), part)
    known.set(owner, found)
    return found
  }
}

function fittingsOf(held: readonly Thing[], part: Part): Fittings {
  const several = pairsNear(held, part.grams)
  return {
    singles: held.flatMap((_, i) => fittingOf(held, [i], part)),
    pairs: several.flatMap((indexes) => fittingOf(held, indexes, part)),
    held: held.length,
    several: several.length,
  }
}

function fittingOf(held: readonly Thing[], indexes: readonly number[], part: Part): Fitting[] {
  const things = indexes.flatMap((i) => held[i] ?? [])
  const grams = things.reduce((sum, one) => sum + one.grams, 0)
  const sdGrams = Math.hypot(...things.map((one) => one.sdGrams))
  const samePlate = things.every(({ cell }) => cell === part.cell)
  const density = sameThingDensity(grams, sdGrams, part, samePlate)
  return density < impossible ? [] : [{ indexes, density }]
}

/** Pairs of held things that weigh about so much together; a full cart has thousands of pairs that do not. */
function pairsNear(held: readonly Thing[], grams: number): [number, number][] {
  const found: [number, number][] = []
  for (let i = 0; i < held.length; i++)
    for (let j = i + 1; j < held.length && found.length < mostPairs; j++) {
      const together = (held[i]?.grams ?? 0) + (held[j]?.grams ?? 0)
      if (Math.abs(together - grams) < 0.1 * grams + 20) found.push([i, j])
    }
  return found
}
