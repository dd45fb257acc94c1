/** Acts that a scenario writes down, as acts of the world; names of products and places are looked up here. */
import type { Store } from '../../models/contracts/store.ts'
import { type Fault, renderFound } from '../../models/contracts/validate.ts'
import type { Act, Where } from '../world/acts.ts'
import type { Scenario, ScriptedAct } from './schema.ts'

export type ScriptedPerson = Scenario['people'][number]

/** Every name in the script that leads nowhere. */
export function scriptFaults({ people }: Scenario, store: Store): Fault[] {
  const names = people.map(({ name }) => name)
  return people.flatMap((person, p) => [
    ...wantOne(names.indexOf(person.name) === p, `/people/${p}/name`, person.name, 'a name that is used once'),
    ...wantOne(
      person.with === undefined || names.slice(0, p).includes(person.with),
      `/people/${p}/with`,
      person.with,
      'the name of somebody further up',
    ),
    ...person.does.flatMap((act, a) => actNameFaults(act, `/people/${p}/does/${a}`, store, names)),
  ])
}

function actNameFaults(act: ScriptedAct, where: string, store: Store, names: readonly string[]): Fault[] {
  const product = productOf(act)
  const place = 'shelf' in act ? act.shelf : 'restHand' in act ? act.restHand : 'putBack' in act ? act.to : undefined
  return [
    ...(product === null
      ? []
      : wantOne(
          skuOf(store, product.text) !== null,
          `${where}/${product.verb}`,
          product.text,
          'name or SKU of a product',
        )),
    ...wantOne(place === undefined || isPlace(store, place), where, place, 'id of a shelf or a plate'),
    ...('handOver' in act ? wantOne(names.includes(act.to), `${where}/to`, act.to, 'the name of a person') : []),
  ]
}

function wantOne(ok: boolean, where: string, found: unknown, wanted: string): Fault[] {
  return ok ? [] : [{ where, found: renderFound(found), wanted }]
}

function productOf(act: ScriptedAct): { verb: string; text: string } | null {
  if ('restHand' in act || 'wait' in act) return null
  const verb = Object.keys(act).find((key) => productVerbs.has(key)) ?? ''
  return { verb, text: String((act as Record<string, unknown>)[verb]) }
}
const productVerbs = new Set(['take', 'putBack', 'touch', 'handOver', 'drop', 'eat', 'restock'])

function skuOf(store: Store, nameOrSku: string): string | null {
  const wanted = nameOrSku.toLowerCase()
  const found =
    store.products.find(({ sku }) => sku === nameOrSku) ??
    store.products.find(({ name }) => name.toLowerCase() === wanted)
  return found?.sku ?? null
}

function isPlace(store: Store, id: string): boolean {
  return store.fixtures.some(({ shelves }) =>
    shelves.some((shelf) => shelf.id === id || shelf.cells.some((cell) => cell.id === id)),
  )
}

/** `scriptFaults` must have found nothing. `opens`: milliseconds since the epoch. */
export function actOf(act: ScriptedAct, store: Store, opens: number): Act {
  const at = act.at === undefined ? {} : { at: opens + act.at * 1000 }
  const sku = (text: string): string => skuOf(store, text) ?? text
  if ('take' in act)
    return {
      kind: 'take',
      where: place(store, sku(act.take), act.shelf),
      quantity: act.quantity,
      ...takeHow(act.how),
      ...at,
    }
  if ('putBack' in act)
    return { kind: 'put-back', sku: sku(act.putBack), to: act.to === undefined ? 'home' : { cell: act.to }, ...at }
  if ('touch' in act) return { kind: 'touch', where: place(store, sku(act.touch), act.shelf), ...at }
  if ('restHand' in act) return { kind: 'rest-hand', where: { cell: act.restHand }, seconds: act.seconds, ...at }
  if ('handOver' in act) return { kind: 'hand-over', sku: sku(act.handOver), to: act.to, ...at }
  if ('drop' in act) return { kind: 'drop', sku: sku(act.drop), ...at }
  if ('eat' in act) return { kind: 'eat', sku: sku(act.eat), ...at }
  if ('wait' in act) return { kind: 'wait', seconds: act.wait, ...at }
  return { kind: 'restock', where: place(store, sku(act.restock), act.shelf), quantity: act.quantity, ...at }
}

function place(store: Store, sku: string, id: string | undefined): Where {
  if (id === undefined) return { sku }
  const isShelf = store.fixtures.some(({ shelves }) => shelves.some((shelf) => shelf.id === id))
  return isShelf ? { sku, shelf: id } : { sku, cell: id }
}

function takeHow(how: 'one by one' | 'both hands' | 'together' | 'slowly') {
  const manners = {
    'one by one': 'one-by-one',
    'both hands': 'two-hands',
    together: 'together',
    slowly: 'one-by-one',
  } as const
  return { manner: manners[how], speed: how === 'slowly' ? 'slow' : 'quick' } as const
}
