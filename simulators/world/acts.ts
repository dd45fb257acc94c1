/** What people do in the shop, one act after the other. An act that has become impossible is passed over. */
import type { Act, ActOf } from './act.ts'
import type { Package } from './packages.ts'
import { giveUp, handOver } from './passing.ts'
import { fromBag, type Person, type Side, useHand } from './person.ts'
import { frontmost, othersLike, putPlace, workPlace } from './places.ts'
import { goToShelf, holdAt, liftWith, setDownAt, touchAt } from './reach.ts'
import type { Process } from './scheduler.ts'
import { done, lookAgainMs, ready, turn } from './waiting.ts'
import type { World } from './world.ts'

export function* perform(world: World, person: Person, act: Act): Process {
  yield* turn(world, act)
  yield* carryOut(world, person, act)
  yield* done(world, person, act)
}

function* carryOut(world: World, person: Person, act: Act): Process {
  switch (act.kind) {
    case 'take':
      return yield* take(world, person, act)
    case 'put-back':
      return yield* putBack(world, person, act)
    case 'touch':
      return yield* touch(world, person, act, person.random.logNormal(90, 0.6), person.random.range(300, 1500))
    case 'hold':
      return yield* holdOn(world, person, act)
    case 'rest-hand':
      return yield* touch(world, person, act, person.random.logNormal(700, 0.4), act.seconds * 1000)
    case 'look-at':
      return yield* lookAt(world, person, act)
    case 'hand-over':
      return yield* handOver(world, person, act)
    case 'drop':
    case 'eat':
      return yield* giveUp(world, person, act)
    case 'wait':
      yield* ready(world, person, act)
      yield world.now + act.seconds * 1000
      return
    case 'change-looks':
      return yield* changeLooks(world, person, act)
    case 'restock':
      return yield* restock(world, person, act)
  }
}

function* take(world: World, person: Person, act: ActOf<'take'>): Process {
  const first = frontmost(world, person, act.where)
  if (first?.place == null) return
  const { place } = first
  const wanted = [first, ...othersLike(world, first)].slice(0, act.quantity)
  for (const item of wanted) world.reserved.add(item)
  const also = act.also === undefined ? null : frontmost(world, person, act.also)
  const all = also === null ? wanted : [...wanted, also]
  if (also !== null) world.reserved.add(also)
  yield* goToShelf(world, person, place, act.standAt)
  yield* ready(world, person, act)
  yield* takeAll(world, person, all, also === null ? act : { ...act, manner: 'two-hands' })
  for (const item of all) world.reserved.delete(item)
}

function* takeAll(world: World, person: Person, items: readonly Package[], act: ActOf<'take'>): Process {
  const [first, second] = items
  if (act.manner === 'together') return yield* useHand(person, 'right', liftWith(world, person, 'right', items, act))
  if (act.manner === 'two-hands' && first !== undefined && second !== undefined) {
    const later = world.now + person.random.range(0, 250)
    world.scheduler.spawn(useHand(person, 'left', liftWith(world, person, 'left', [second], act)), later)
    yield* useHand(person, 'right', liftWith(world, person, 'right', [first], act))
    while (person.hands.left.busy) yield world.now + lookAgainMs
    return yield* takeAll(world, person, items.slice(2), act)
  }
  for (const item of items) {
    const side: Side = person.random.chance(0.75) ? 'right' : 'left'
    yield* useHand(person, side, liftWith(world, person, side, [item], act))
    if (item !== items.at(-1)) yield world.now + person.random.range(100, 900)
  }
}

function* putBack(world: World, person: Person, act: ActOf<'put-back'>): Process {
  const item = fromBag(person, act.sku)
  if (item === undefined) return
  const place = putPlace(world, person, item, act.to)
  yield* goToShelf(world, person, place)
  yield* ready(world, person, act)
  const side = person.freeHand()
  if (side !== null) yield* useHand(person, side, setDownAt(world, person, side, item, place))
}

function* touch(world: World, person: Person, act: ActOf<'touch' | 'rest-hand'>, grams: number, ms: number): Process {
  const place = workPlace(world, person, act.where)
  if (place === null) return
  yield* goToShelf(world, person, place, act.kind === 'touch' ? act.standAt : undefined)
  yield* ready(world, person, act)
  yield* useHand(person, 'right', touchAt(world, person, 'right', place, grams, ms))
}

function* holdOn(world: World, person: Person, act: ActOf<'hold'>): Process {
  const item = frontmost(world, person, act.where)
  if (item?.place == null) return
  world.reserved.add(item)
  yield* goToShelf(world, person, item.place, act.standAt)
  yield* ready(world, person, act)
  yield* useHand(person, 'right', holdAt(world, person, 'right', item, act.seconds * 1000))
  world.reserved.delete(item)
}

function* lookAt(world: World, person: Person, act: ActOf<'look-at'>): Process {
  const place = workPlace(world, person, act.where)
  if (place === null) return
  yield* goToShelf(world, person, place, act.standAt)
  yield* ready(world, person, act)
  yield world.now + act.seconds * 1000
}

/** Another jacket takes some seconds to change into; both arms move meanwhile. */
function* changeLooks(world: World, person: Person, act: ActOf<'change-looks'>): Process {
  yield* ready(world, person, act)
  const ms = person.random.range(2000, 5000)
  for (const side of ['left', 'right'] as const) {
    const shoulder = person.bodyPoint(0.2, 0, 0.8 * person.heightMetres, world.now)
    person.hands[side].go(shoulder, world.now, ms / 2, person.poses[side])
  }
  yield world.now + ms / 2
  person.looks++
  for (const side of ['left', 'right'] as const) person.hands[side].go('rest', world.now, ms / 2, person.poses[side])
  yield world.now + ms / 2
}

/** Staff bring packages and set them down, one after the other, where their like lie; without a place, where most is gone. */
function* restock(world: World, person: Person, act: ActOf<'restock'>): Process {
  const like = world.packages.mostWanted(act.where)
  const [first] = like
  if (first === undefined) return
  yield* goToShelf(world, person, first.home)
  yield* ready(world, person, act)
  for (let i = 0; i < act.quantity; i++) {
    const { home, product, widthMetres } = person.random.pick(like)
    const item = world.packages.make(product, widthMetres, home, null)
    person.carried.push(item)
    const place = putPlace(world, person, item, 'home')
    yield* useHand(person, 'right', setDownAt(world, person, 'right', item, place))
  }
}
