/** Names in a script that lead nowhere. */
import type { Store } from '../../models/contracts/store.ts'
import { type Fault, renderFound } from '../../models/contracts/validate.ts'
import type { ScriptedAct } from './act-schema.ts'
import type { Scenario } from './schema.ts'
import { isPlace, skuOf } from './script.ts'

interface Names {
  readonly store: Store
  readonly people: readonly string[]
  readonly things: ReadonlySet<string>
  readonly marks: ReadonlySet<string>
}

/** Every name in the script that leads nowhere. */
export function scriptFaults({ people, things, shop }: Scenario, store: Store): Fault[] {
  const names: Names = {
    store,
    people: people.map(({ name }) => name),
    things: new Set(Object.keys(things)),
    marks: new Set(people.flatMap(({ does }) => does.flatMap(({ mark }) => (mark === undefined ? [] : [mark])))),
  }
  const known = (name: string, where: string): Fault[] => wantOne(names.things.has(name), where, name, aThing)
  const { swapped, missing } = shop.planogramErrors
  return [
    ...[...swapped.flat(), ...missing].flatMap((name) => known(name, '/shop/planogramErrors')),
    ...thingFaults(things),
    ...people.flatMap((person, p) => [
      ...wantOne(names.people.indexOf(person.name) === p, `/people/${p}/name`, person.name, 'a name that is used once'),
      ...wantOne(
        person.with === undefined || names.people.slice(0, p).includes(person.with),
        `/people/${p}/with`,
        person.with,
        'the name of somebody further up',
      ),
      ...Object.keys(person.owes).flatMap((name) => known(name, `/people/${p}/owes`)),
      ...person.does.flatMap((act, a) => actFaults(act, `/people/${p}/does/${a}`, names)),
    ]),
  ]
}

const aThing = 'a name under /things'

/** Things are drawn in order: each is like those before it. */
function thingFaults(things: Scenario['things']): Fault[] {
  const names = Object.keys(things)
  return Object.entries(things).flatMap(([name, { columns: _, ...relations }], i) =>
    Object.entries(relations).flatMap(([relation, other]) =>
      wantOne(
        names.slice(0, i).includes(other),
        `/things/${name}/${relation}`,
        other,
        'the name of a thing further up',
      ),
    ),
  )
}

function actFaults(act: ScriptedAct, where: string, names: Names): Fault[] {
  const product = productOf(act)
  const places = placesOf(act)
  const isSku = (text: string): boolean => skuOf(names.store, text) !== null
  return [
    ...(product === null
      ? []
      : wantOne(
          product.text.startsWith('$') ? names.things.has(product.text.slice(1)) : isSku(product.text),
          `${where}/${product.verb}`,
          product.text,
          product.text.startsWith('$') ? aThing : 'name or SKU of a product',
        )),
    ...places.flatMap((place) =>
      place.startsWith('$')
        ? wantOne(names.things.has(place.slice(1)), where, place, aThing)
        : wantOne(isPlace(names.store, place), where, place, 'id of a shelf or a plate'),
    ),
    ...('handOver' in act ? wantOne(names.people.includes(act.to), `${where}/to`, act.to, 'the name of a person') : []),
    ...wantOne(
      act.after === undefined || names.marks.has(act.after),
      `${where}/after`,
      act.after,
      'a mark of some act',
    ),
  ]
}

function wantOne(ok: boolean, where: string, found: unknown, wanted: string): Fault[] {
  return ok ? [] : [{ where, found: renderFound(found), wanted }]
}

function placesOf(act: ScriptedAct): string[] {
  const places = [
    'shelf' in act ? act.shelf : undefined,
    'standAt' in act ? act.standAt : undefined,
    'and' in act ? act.and : undefined,
    'restHand' in act ? act.restHand : undefined,
    'putBack' in act ? act.to : undefined,
  ]
  return places.flatMap((place) => (place === undefined ? [] : [place]))
}

const productVerbs = ['take', 'putBack', 'touch', 'hold', 'lookAt', 'handOver', 'drop', 'eat', 'restock'] as const

function productOf(act: ScriptedAct): { verb: string; text: string } | null {
  for (const verb of productVerbs)
    if (verb in act) return { verb, text: String((act as Record<string, unknown>)[verb]) }
  return null
}
