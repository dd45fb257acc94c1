/** What people do in the shop, one act after the other. An act that has become impossible is passed over. */
import { distance, type Vec2, type Vec3 } from './geometry.ts'
import type { Package, Place } from './packages.ts'
import type { Person, Side } from './person.ts'
import { goToShelf, liftWith, type Speed, setDownAt, touchAt, walkTo } from './reach.ts'
import type { Process } from './scheduler.ts'
import type { ShelfSpace } from './shelving.ts'
import type { World } from './world.ts'

/** What an act is about; each field that is given narrows it. */
export interface Where {
  readonly sku?: string
  readonly shelf?: string
  readonly cell?: string
}

export type Manner = 'one-by-one' | 'two-hands' | 'together'

/** `at`: not before this time (milliseconds since the epoch) does the hand start; the way is walked before. */
export type Act = { readonly at?: number } & (
  | {
      readonly kind: 'take'
      readonly where: Where
      readonly quantity: number
      readonly manner: Manner
      readonly speed: Speed
    }
  | { readonly kind: 'put-back'; readonly sku?: string; readonly to: 'home' | 'elsewhere' | { readonly cell: string } }
  | { readonly kind: 'touch'; readonly where: Where }
  | { readonly kind: 'rest-hand'; readonly where: Where; readonly seconds: number }
  | { readonly kind: 'hand-over'; readonly sku?: string; readonly to: string }
  | { readonly kind: 'drop'; readonly sku?: string }
  | { readonly kind: 'eat'; readonly sku?: string }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'restock'; readonly where: Where; readonly quantity: number }
)

/** How often a waiting process looks again, virtual milliseconds. */
export const lookAgainMs = 50

export function* perform(world: World, person: Person, act: Act): Process {
  switch (act.kind) {
    case 'take':
      return yield* take(world, person, act)
    case 'put-back':
      return yield* putBack(world, person, act)
    case 'touch':
      return yield* touch(world, person, act, person.random.logNormal(90, 0.6), person.random.range(300, 1500))
    case 'rest-hand':
      return yield* touch(world, person, act, person.random.logNormal(700, 0.4), act.seconds * 1000)
    case 'hand-over':
      return yield* handOver(world, person, act)
    case 'drop':
    case 'eat':
      return yield* giveUp(world, person, act)
    case 'wait':
      yield Math.max(world.now, act.at ?? 0) + act.seconds * 1000
      return
    case 'restock':
      return yield* restock(world, person, act)
  }
}

function* notBefore(world: World, at: number | undefined): Process {
  if (at !== undefined && at > world.now) yield at
}

function* take(world: World, person: Person, act: Extract<Act, { kind: 'take' }>): Process {
  const first = frontmost(world, person, act.where)
  if (first?.place == null) return
  const { place } = first
  const wanted = [first, ...othersLike(world, first)].slice(0, act.quantity)
  for (const item of wanted) world.reserved.add(item)
  yield* goToShelf(world, person, place.shelf, place.u)
  yield* notBefore(world, act.at)
  yield* takeAll(world, person, wanted, act)
  for (const item of wanted) world.reserved.delete(item)
}

function* takeAll(
  world: World,
  person: Person,
  items: readonly Package[],
  act: Extract<Act, { kind: 'take' }>,
): Process {
  const [first, second] = items
  if (act.manner === 'together')
    return yield* useHand(person, 'right', liftWith(world, person, 'right', items, act.speed))
  if (act.manner === 'two-hands' && first !== undefined && second !== undefined) {
    const later = world.now + person.random.range(0, 250)
    world.scheduler.spawn(useHand(person, 'left', liftWith(world, person, 'left', [second], act.speed)), later)
    yield* useHand(person, 'right', liftWith(world, person, 'right', [first], act.speed))
    while (person.hands.left.busy) yield world.now + lookAgainMs
    return yield* takeAll(world, person, items.slice(2), act)
  }
  for (const item of items) {
    const side: Side = person.random.chance(0.75) ? 'right' : 'left'
    yield* useHand(person, side, liftWith(world, person, side, [item], act.speed))
    if (item !== items.at(-1)) yield world.now + person.random.range(100, 900)
  }
}

/** Keeps others of the same person's acts from the hand while the process runs. */
function* useHand(person: Person, side: Side, process: Process): Process {
  const hand = person.hands[side]
  hand.busy = true
  yield* process
  hand.busy = false
}

/** The front package of the nearest place that fits, or null when there is none left. */
function frontmost(world: World, person: Person, where: Where): Package | null {
  const here = person.walk.position(world.now)
  const far = (place: Place): number => distance(here, planeOf(place))
  let best: Package | null = null
  for (const shelf of world.shelving.shelves) {
    if (where.shelf !== undefined && shelf.id !== where.shelf) continue
    for (const item of world.packages.on(shelf)) {
      if (item.place === null || !fits(item, where) || world.reserved.has(item)) continue
      if (best?.place == null || nearer(item.place, best.place, far)) best = item
    }
  }
  return best
}

function nearer(a: Place, b: Place, far: (place: Place) => number): boolean {
  if (a.shelf === b.shelf && Math.abs(a.u - b.u) < 0.01) return a.depth < b.depth
  return far(a) < far(b)
}

function planeOf({ shelf, u }: Place): Vec2 {
  return [shelf.along[0] * u + shelf.front[0] * shelf.edge, shelf.along[1] * u + shelf.front[1] * shelf.edge]
}

function fits(item: Package, { sku, cell }: Where): boolean {
  if (sku !== undefined && item.product.sku !== sku) return false
  if (cell === undefined) return true
  const plate = item.place?.shelf.plates.find(({ id }) => id === cell)
  return plate !== undefined && item.place !== null && item.place.u >= plate.from && item.place.u <= plate.to
}

/** Free packages of the same kind on the same shelf, the nearest to `first` first. */
function othersLike(world: World, first: Package): Package[] {
  const { place } = first
  if (place === null) return []
  const apart = (item: Package): number =>
    item.place === null ? 0 : Math.abs(item.place.u - place.u) * 2 + Math.abs(item.place.depth - place.depth)
  return [...world.packages.on(place.shelf)]
    .filter((item) => item !== first && item.product === first.product && !world.reserved.has(item))
    .sort((a, b) => apart(a) - apart(b))
}

/** A carried package of the SKU, or the one taken last. */
function fromBag(person: Person, sku: string | undefined): Package | undefined {
  return person.carried.findLast(({ product }) => sku === undefined || product.sku === sku)
}

function* putBack(world: World, person: Person, act: Extract<Act, { kind: 'put-back' }>): Process {
  const item = fromBag(person, act.sku)
  if (item === undefined) return
  const place = putPlace(world, person, item, act.to)
  yield* goToShelf(world, person, place.shelf, place.u)
  yield* notBefore(world, act.at)
  const side = person.freeHand()
  if (side !== null) yield* useHand(person, side, setDownAt(world, person, side, item, place))
}

function putPlace(world: World, person: Person, item: Package, to: Extract<Act, { kind: 'put-back' }>['to']): Place {
  const { random } = person
  const depth = random.range(0.05, 0.1)
  if (to === 'home') return { ...item.home, u: item.home.u + random.normal(0, 0.006), depth }
  const cell = to === 'elsewhere' ? randomPlate(world, person, item) : to.cell
  const shelf = world.shelving.shelfOfPlate.get(cell)
  const plate = shelf?.plates.find(({ id }) => id === cell)
  if (shelf === undefined || plate === undefined) return item.home
  const middle = (plate.from + plate.to) / 2
  const u = to === 'elsewhere' ? random.range(plate.from, plate.to) : middle
  return { shelf, u: Math.min(Math.max(u, shelf.from + item.widthMetres / 2), shelf.to - item.widthMetres / 2), depth }
}

/** Some plate of another shelf or far from home on its own. */
function randomPlate(world: World, person: Person, item: Package): string {
  const plates = world.shelving.shelves.flatMap((shelf) =>
    shelf.plates.filter(({ from, to }) => shelf !== item.home.shelf || Math.abs((from + to) / 2 - item.home.u) > 0.3),
  )
  return person.random.pick(plates.length > 0 ? plates : world.shelving.plates).id
}

function* touch(world: World, person: Person, act: { where: Where; at?: number }, grams: number, ms: number): Process {
  const place = workPlace(world, person, act.where)
  if (place === null) return
  yield* goToShelf(world, person, place.shelf, place.u)
  yield* notBefore(world, act.at)
  yield* useHand(person, 'right', touchAt(world, person, 'right', place, grams, ms))
}

/** Where a hand goes that wants a product or a cell: the front package, else the bare plate. */
function workPlace(world: World, person: Person, where: Where): Place | null {
  const item = frontmost(world, person, where)
  if (item?.place != null) return item.place
  const shelf: ShelfSpace | undefined =
    where.cell === undefined
      ? world.shelving.shelves.find(({ id }) => id === where.shelf)
      : world.shelving.shelfOfPlate.get(where.cell)
  if (shelf === undefined) return null
  const plate = shelf.plates.find(({ id }) => id === where.cell) ?? shelf
  return { shelf, u: (plate.from + plate.to) / 2, depth: 0.05 }
}

/** Goes up to somebody and gives them a thing: the picker still pays, so the ledger hears nothing. */
function* handOver(world: World, person: Person, act: Extract<Act, { kind: 'hand-over' }>): Process {
  yield* notBefore(world, act.at)
  const partner = world.people.find(({ identity }) => identity.name === act.to)
  const item = fromBag(person, act.sku)
  if (partner === undefined || item === undefined) return
  const there = partner.walk.position(world.now)
  const here = person.walk.position(world.now)
  const gap = distance(here, there)
  if (gap > 0.8)
    yield* walkTo(world, person, [
      there[0] + ((here[0] - there[0]) * 0.7) / gap,
      there[1] + ((here[1] - there[1]) * 0.7) / gap,
    ])
  const side = person.freeHand()
  if (side === null || !world.people.includes(partner)) return
  person.walk.turn(partner.walk.position(world.now), world.now)
  yield* useHand(person, side, passTo(world, person, side, item, partner))
}

function* passTo(world: World, person: Person, side: Side, item: Package, partner: Person): Process {
  const [ax, ay] = person.walk.position(world.now)
  const [bx, by] = partner.walk.position(world.now)
  const middle: Vec3 = [(ax + bx) / 2, (ay + by) / 2, 1.1]
  const takes = partner.freeHand()
  const receiver = takes === null ? null : partner.hands[takes]
  if (takes !== null && receiver !== null) {
    receiver.busy = true
    receiver.go(middle, world.now + 100, 700, partner.poses[takes])
  }
  yield person.hands[side].go(middle, world.now, 700, person.poses[side])
  yield world.now + 300
  person.carried.splice(person.carried.indexOf(item), 1)
  partner.carried.push(item)
  if (takes !== null && receiver !== null) {
    receiver.go('rest', world.now, 600, partner.poses[takes])
    receiver.busy = false
  }
  yield person.hands[side].go('rest', world.now, 600, person.poses[side])
}

/** Leaves a thing on the floor (nobody owes it), or eats it (it stays owed). */
function* giveUp(world: World, person: Person, act: Extract<Act, { kind: 'drop' | 'eat' }>): Process {
  yield* notBefore(world, act.at)
  const item = fromBag(person, act.sku)
  if (item === undefined) return
  const goal =
    act.kind === 'drop'
      ? person.bodyPoint(0.35, 0, 0.15, world.now)
      : person.bodyPoint(0.15, 0, 0.88 * person.heightMetres, world.now)
  yield person.hands.right.go(goal, world.now, 900, person.poses.right)
  person.carried.splice(person.carried.indexOf(item), 1)
  if (act.kind === 'drop') world.ledger.left(item)
  yield world.now + (act.kind === 'drop' ? 300 : 2500)
  yield person.hands.right.go('rest', world.now, 800, person.poses.right)
}

/** Staff bring packages and set them down, one after the other, where their like lie; without a place, where most is gone. */
function* restock(world: World, person: Person, act: Extract<Act, { kind: 'restock' }>): Process {
  const like = world.packages.mostWanted(act.where)
  const [first] = like
  if (first === undefined) return
  yield* goToShelf(world, person, first.home.shelf, first.home.u)
  yield* notBefore(world, act.at)
  for (let i = 0; i < act.quantity; i++) {
    const { home, product, widthMetres } = person.random.pick(like)
    const item = world.packages.make(product, widthMetres, home, null)
    person.carried.push(item)
    const place = putPlace(world, person, item, 'home')
    yield* useHand(person, 'right', setDownAt(world, person, 'right', item, place))
  }
}
