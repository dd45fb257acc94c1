/** Acts that a scenario writes down, as acts of the world; products and places are looked up, ranges drawn. */
import type { Store } from '../../models/contracts/store.ts'
import type { Random } from '../random.ts'
import type { Act, Timing, Where } from '../world/act.ts'
import type { Range, ScriptedAct } from './act-schema.ts'
import { drawActs, drawStops, stopsOf } from './habits.ts'
import type { Scenario } from './schema.ts'
import type { Thing, Things } from './things.ts'

/** What a script's names mean. `opens`: milliseconds since the epoch. */
export interface ScriptContext {
  readonly scenario: Scenario
  readonly store: Store
  readonly things: Things
  readonly opens: number
}

/** The number, or one drawn between the two. */
export function drawn(wanted: Range, random: Random): number {
  return typeof wanted === 'number' ? wanted : random.range(...wanted)
}

/** The SKU of a product's name or SKU, null where the store has none such. */
export function skuOf(store: Store, nameOrSku: string): string | null {
  const wanted = nameOrSku.toLowerCase()
  const found =
    store.products.find(({ sku }) => sku === nameOrSku) ??
    store.products.find(({ name }) => name.toLowerCase() === wanted)
  return found?.sku ?? null
}

/** Whether it is the id of a shelf or a plate. */
export function isPlace(store: Store, id: string): boolean {
  return (
    isShelf(store, id) ||
    store.fixtures.some(({ shelves }) => shelves.some(({ cells }) => cells.some((cell) => cell.id === id)))
  )
}

function isShelf(store: Store, id: string): boolean {
  return store.fixtures.some(({ shelves }) => shelves.some((shelf) => shelf.id === id))
}

/** One scripted act as acts of the world. `scriptFaults` must have found nothing. */
export function actsOf(act: ScriptedAct, context: ScriptContext, random: Random): Act[] {
  const timing = timingOf(act, context, random)
  if (!('browse' in act)) return [{ ...deedOf(act, context, random), ...timing }]
  const { mark, ...before } = timing
  const { scenario, store, things } = context
  const stops = Math.round(drawn(act.browse, random))
  const options = { ...scenario.shoppers, itemsFrom: stops, itemsTo: stops }
  const plan = drawStops(freeStops(store, things), options, [], random)
  return [
    { kind: 'wait', seconds: 0, ...before },
    ...plan.flatMap((stop) => drawActs(stop, options, null, random)),
    { kind: 'wait', seconds: 0, ...(mark === undefined ? {} : { mark }) },
  ]
}

/** Where those stop who are not to meddle with the things of the script. */
export function freeStops(store: Store, things: Things): ReturnType<typeof stopsOf> {
  const skus = new Set([...things.values()].map(({ sku }) => sku))
  return stopsOf(store).filter(({ sku }) => !skus.has(sku))
}

function timingOf(act: ScriptedAct, { opens, scenario }: ScriptContext, random: Random): Timing {
  const { at, after, meet, pause, mark, unseen } = act
  return {
    ...(at === undefined ? {} : { at: opens + at * 1000 }),
    ...(after === undefined ? {} : { after }),
    ...(meet === undefined ? {} : { meet: { name: meet, people: peopleWho(scenario, meet) } }),
    ...(pause === undefined ? {} : { pauseMs: drawn(pause, random) * 1000 }),
    ...(mark === undefined ? {} : { mark }),
    ...(unseen === undefined ? {} : { unseen }),
  }
}

function peopleWho({ people }: Scenario, meet: string): number {
  return people.filter(({ does }) => does.some((act) => act.meet === meet)).length
}

type SingleAct = Exclude<ScriptedAct, { browse: Range }>

function deedOf(act: SingleAct, context: ScriptContext, random: Random): Act {
  const sku = (text: string): string => context.things.get(text.slice(1))?.sku ?? skuOf(context.store, text) ?? text
  const seconds = (wanted: Range): number => drawn(wanted, random)
  if ('take' in act) return takeOf(act, context, random)
  if ('putBack' in act) return { kind: 'put-back', sku: sku(act.putBack), to: putTarget(act, context) }
  if ('touch' in act) return { kind: 'touch', ...atShelf(act.touch, act, context) }
  if ('hold' in act) return { kind: 'hold', ...atShelf(act.hold, act, context), seconds: seconds(act.seconds) }
  if ('restHand' in act)
    return { kind: 'rest-hand', where: placeOf(act.restHand, context), seconds: seconds(act.seconds) }
  if ('lookAt' in act) return { kind: 'look-at', ...atShelf(act.lookAt, act, context), seconds: seconds(act.seconds) }
  if ('handOver' in act) return { kind: 'hand-over', sku: sku(act.handOver), to: act.to }
  if ('drop' in act) return { kind: 'drop', sku: sku(act.drop) }
  if ('eat' in act) return { kind: 'eat', sku: sku(act.eat) }
  if ('wait' in act) return { kind: 'wait', seconds: seconds(act.wait) }
  if ('changeLooks' in act) return { kind: 'change-looks' }
  return { kind: 'restock', where: atShelf(act.restock, act, context).where, quantity: act.quantity }
}

function takeOf(act: Extract<SingleAct, { take: string }>, context: ScriptContext, random: Random): Act {
  const { end, and, holdSeconds, liftSeconds } = act
  const also = and === undefined ? undefined : thing(and, context)
  const { where, ...standing } = atShelf(act.take, act, context)
  return {
    kind: 'take',
    where: { ...where, ...(end === undefined ? {} : { end }) },
    ...standing,
    quantity: act.quantity,
    ...takeHow(act.how),
    ...(also === undefined ? {} : { also: { sku: also.sku, slot: also.slot } }),
    ...(holdSeconds === undefined ? {} : { holdMs: drawn(holdSeconds, random) * 1000 }),
    ...(liftSeconds === undefined ? {} : { liftMs: drawn(liftSeconds, random) * 1000 }),
  }
}

function putTarget({ to, end }: Extract<SingleAct, { putBack: string }>, context: ScriptContext) {
  if (to === undefined) return 'home'
  const slot = thing(to, context)?.slot
  return slot === undefined ? { cell: to } : { slot, ...(end === undefined ? {} : { end }) }
}

interface AtShelf {
  readonly shelf?: string
  readonly standAt?: string
}

/** What is meant and where: the place that is named, else a thing's own, else anywhere. */
function atShelf(what: string, { shelf, standAt }: AtShelf, context: ScriptContext) {
  const own = thing(what, context)
  const sku = own?.sku ?? skuOf(context.store, what) ?? what
  const place = shelf === undefined ? (own === undefined ? {} : { slot: own.slot }) : placeOf(shelf, context)
  const before = standAt === undefined ? undefined : thing(standAt, context)?.slot
  return { where: { sku, ...place }, ...(before === undefined ? {} : { standAt: before }) }
}

/** A shelf, a plate or the place of a thing. */
function placeOf(id: string, context: ScriptContext): Where {
  const slot = thing(id, context)?.slot
  if (slot !== undefined) return { slot }
  return isShelf(context.store, id) ? { shelf: id } : { cell: id }
}

function thing(name: string, { things }: ScriptContext): Thing | undefined {
  return name.startsWith('$') ? things.get(name.slice(1)) : undefined
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
