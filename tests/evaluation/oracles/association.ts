/**
 * Told who is who and who it was: people come and go as they really did, each change that somebody made has them alone for
 * a candidate, and one that nobody made keeps the candidates that it had, by their true names.
 */
import type { CellDelta, Observation, Reach, ShelfChange } from '../../../edge/observations.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Person } from '../../../simulators/world/person.ts'
import type { Entry, Passage, Sensed } from '../log.ts'
import type { Matches } from './matching.ts'

/** Log odds beyond doubt: twice what sensing ever says. Where somebody else acted in the same change, a hand nearby. */
const yes = 6
const nearby = 0.5

/** `nameOf`: what the truth calls somebody. `gated`: whether people of one account are billed together. */
export interface Names {
  readonly nameOf: (person: Person) => string
  readonly gated: boolean
}

export function toldAssociation(log: readonly Entry[], matches: Matches, names: Names): Observation[] {
  const people = new Map<Person, string>()
  const shopperOf: ShopperOf = (person) => {
    const shopper = people.get(person) ?? `person-${people.size + 1}`
    people.set(person, shopper)
    return shopper
  }
  return log.flatMap((entry) => toldEntry(entry, matches, shopperOf, names))
}

function toldEntry(entry: Entry, matches: Matches, shopperOf: ShopperOf, names: Names): Observation[] {
  switch (entry.kind) {
    case 'came':
      return comes(entry, shopperOf(entry.person), names)
    case 'gone':
      return [{ kind: 'left', ts: entry.ts, shopper: shopperOf(entry.person) }]
    case 'act':
      return []
    case 'sensed':
      return edited(entry, matches, shopperOf)
  }
}

type ShopperOf = (person: Person) => string

/** Who came, went and is whom is told otherwise; changes keep all but their candidates. */
function edited({ observation, people }: Sensed, matches: Matches, shopperOf: ShopperOf): Observation[] {
  if (observation.kind === 'product-seen') return [observation]
  if (observation.kind !== 'shelf-change') return []
  const acts = matches.get(observation) ?? []
  const named = (shopper: string): string | null => {
    const person = people.get(shopper)
    return person === undefined ? null : shopperOf(person)
  }
  return [
    {
      ...observation,
      reach: acts.length === 0 ? renamed(observation.reach, named) : told(observation, acts, shopperOf),
    },
  ]
}

function comes({ person, ts }: Passage, shopper: string, { nameOf, gated }: Names): Observation[] {
  const { account, staff } = person.identity
  const entered = { kind: 'entered', ts, shopper, target: nameOf(person), position: [0, 0], staff } as const
  return account === null || !gated ? [entered] : [entered, { kind: 'identified', ts, shopper, account, staff }]
}

function told({ cells }: ShelfChange, acts: readonly ShelfAct[], shopperOf: ShopperOf): Reach[] {
  return [...new Set(acts.map(({ person }) => person))].map((person) => {
    const theirs = acts.filter((act) => act.person === person)
    const did = ({ cell, deltaGrams }: CellDelta) =>
      theirs.some((act) => act.cells.includes(cell) && (act.kind === 'pick') === deltaGrams < 0)
    return { shopper: shopperOf(person), logOdds: cells.map((one) => (did(one) ? yes : nearby)) }
  })
}

/** Two tracks of one person are one; the likelier counts. */
function renamed(reach: readonly Reach[], named: (shopper: string) => string | null): Reach[] {
  const byShopper = new Map<string, Reach>()
  for (const { shopper: said, logOdds } of reach) {
    const shopper = named(said)
    if (shopper !== null && !byShopper.has(shopper)) byShopper.set(shopper, { shopper, logOdds })
  }
  return [...byShopper.values()]
}
