/** Told what was moved: before each change that was no illusion come pictures that show its SKU beyond doubt. */
import type { Observation, ProductSeen, ShelfChange } from '../../../edge/observations.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Entry } from '../log.ts'
import type { Matches } from './matching.ts'

/** What a camera saw of a change. */
export type Camera = (change: ShelfChange, acts: readonly ShelfAct[]) => readonly ProductSeen[]

/** The engine takes one picture in 50 for a stray; three that agree leave no doubt. How many there were, the mass tells. */
const pictures = 3
const notIt = 1e-6

export function toldProduct(log: readonly Entry[], matches: Matches, camera: Camera = beyondDoubt): Observation[] {
  return log.flatMap((entry): Observation[] => {
    if (entry.kind !== 'sensed') return []
    const { observation } = entry
    if (observation.kind !== 'shelf-change') return [observation]
    const acts = matches.get(observation) ?? []
    return acts.length === 0 ? [observation] : [...camera(observation, acts), observation]
  })
}

function beyondDoubt({ ts, cells }: ShelfChange, acts: readonly ShelfAct[]): ProductSeen[] {
  const likelihoods = Object.fromEntries(acts.map(({ sku }) => [sku, 1]))
  const about = cells.map(({ cell }) => cell)
  const picture = { kind: 'product-seen', ts, from: ts, to: ts, cells: about, likelihoods, rest: notIt } as const
  return Array.from({ length: pictures }, () => picture)
}
