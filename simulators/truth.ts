/** The truth of a simulation in the contract's shape (contract section 3, truth.json). */
import type { Truth } from '../models/contracts/recording.ts'
import type { Simulation } from './simulation.ts'
import type { Person } from './world/person.ts'

/**
 * Shoppers go by their account in a gated store, else by the first id that a tracker gave them; every other id of theirs
 * is an alias. Staff are listed too: they owe nothing.
 */
export function truthOf(simulation: Simulation): Truth {
  const { ledger } = simulation.world
  const shoppers: Truth['shoppers'] = {}
  for (const [id, party] of byKey(simulation)) {
    const aliases = party.flatMap((person) => idsOf(simulation, person)).filter((alias) => alias !== id)
    shoppers[id] = { aliases: [...new Set(aliases)], items: itemsOf(simulation, party) }
  }
  const events = ledger.acts
    .map(({ person, loads: _, ...act }) => ({ ...act, cells: [...act.cells], shopper: keyOf(simulation, person) }))
    .sort((a, b) => a.ts - b.ts)
  return { shoppers, events }
}

function byKey(simulation: Simulation): Map<string, Person[]> {
  const parties = new Map<string, Person[]>()
  for (const person of simulation.world.ledger.visitors) {
    const key = keyOf(simulation, person)
    parties.set(key, [...(parties.get(key) ?? []), person])
  }
  return parties
}

/** What the truth calls somebody. */
export function keyOf(simulation: Simulation, person: Person): string {
  const { account } = person.identity
  if (simulation.world.store.entry === 'gated' && account !== null) return account
  return trackIds(simulation, person)[0] ?? `unseen-${person.identity.name}`
}

function idsOf(simulation: Simulation, person: Person): string[] {
  const { account } = person.identity
  return [...trackIds(simulation, person), ...(account === null ? [] : [account])]
}

function trackIds(simulation: Simulation, person: Person): string[] {
  return simulation.trackers.flatMap(({ ids }) => [...ids.idsOf(person)])
}

function itemsOf(simulation: Simulation, party: readonly Person[]): { sku: string; quantity: number }[] {
  const owed = new Map<string, number>()
  for (const person of party) {
    for (const [sku, quantity] of simulation.world.ledger.owedBy(person)) owed.set(sku, (owed.get(sku) ?? 0) + quantity)
  }
  return [...owed].sort(([a], [b]) => (a < b ? -1 : 1)).map(([sku, quantity]) => ({ sku, quantity }))
}
