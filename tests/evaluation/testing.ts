/** What the tests of this folder share: a change of the small store's only shelf, and who could have made it. */
import type { Observation, ShelfChange } from '../../edge/observations.ts'
import { type Identity, Person } from '../../simulators/world/person.ts'

export const enters = (shopper: string): Observation => ({
  kind: 'entered',
  ts: 0,
  shopper,
  target: shopper,
  position: [0, 0],
  staff: false,
})

export const leaves = (shopper: string): Observation => ({ kind: 'left', ts: 90_000, shopper })

/** `reach`: log odds by shopper, best first. */
export function change(cell: string, deltaGrams: number, reach: Readonly<Record<string, number>>): ShelfChange {
  return {
    kind: 'shelf-change',
    ts: 10_000,
    from: 9_500,
    to: 10_500,
    shelf: 'a',
    cells: [{ cell, ts: 10_000, deltaGrams, sdGrams: 1 }],
    reach: Object.entries(reach).map(([shopper, odds]) => ({ shopper, logOdds: [odds] })),
  }
}

export function person(name: string): Person {
  const identity: Identity = { name, staff: false, account: null, code: null, beacon: null }
  return new Person(identity, 1, [0, 0], 0)
}
