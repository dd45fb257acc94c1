/** The same recording by others than the engine alone: the baseline, and the engine told one stage by an oracle. */
import { catalogueOf } from '../../edge/core.ts'
import type { Observation } from '../../edge/observations.ts'
import { papersOf } from '../../gateway/replay/replay.ts'
import type { Bill } from '../../models/contracts/bills.ts'
import type { Store } from '../../models/contracts/store.ts'
import { foldEngine } from './fold.ts'
import { greedyBills } from './greedy.ts'
import type { Entry } from './log.ts'
import { type Names, toldAssociation } from './oracles/association.ts'
import { toldDetection } from './oracles/detection.ts'
import { matchActs } from './oracles/matching.ts'
import { toldProduct } from './oracles/product.ts'

export const variants = ['greedy', 'detection', 'product', 'association'] as const
export type Variant = (typeof variants)[number]

export function billsOfVariants(store: Store, log: readonly Entry[], names: Names): Record<Variant, readonly Bill[]> {
  const matches = matchActs(log)
  const told = (observations: readonly Observation[]) => papersOf(foldEngine(store, observations)).bills
  return {
    greedy: greedyBills(catalogueOf(store), sensed(log)),
    detection: told(toldDetection(log)),
    product: told(toldProduct(log, matches)),
    association: told(toldAssociation(log, matches, names)),
  }
}

/** What sensing said, and nothing else. */
export function sensed(log: readonly Entry[]): Observation[] {
  return log.flatMap((entry) => (entry.kind === 'sensed' ? [entry.observation] : []))
}
