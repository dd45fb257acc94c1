/** The movements that acts are made of: going to a shelf, lifting off, setting down, touching. */
import type { SlotPlace, Speed } from './act.ts'
import { type Force, liftOff, press, setDown } from './forces.ts'
import { distance, dot, type Vec2, type Vec3 } from './geometry.ts'
import { loadsOf, type Package, type Place } from './packages.ts'
import type { Person, Side } from './person.ts'
import type { Process } from './scheduler.ts'
import { pointOn, type ShelfSpace, sharesOf, standAt } from './shelving.ts'
import type { World } from './world.ts'

/** An elbow's room: who works beside somebody else stands this far from them, metres. */
const elbowRoom = 0.5
/** The wrist is a hand's length behind what the fingers hold, and packages are gripped above the plate, metres. */
const handLength = 0.09
const gripHeight = 0.07

type ReachPoint = Pick<Place, 'shelf' | 'u'>

/** How a package is lifted; `liftMs` goes before what the speed says. */
export interface Lift {
  readonly speed: Speed
  readonly holdMs?: number
  readonly liftMs?: number
}

/** Walks to where a place can be reached, or to before another part of its shelf, and faces the place. */
export function* goToShelf(world: World, person: Person, { shelf, u }: ReachPoint, before?: SlotPlace): Process {
  const { random } = person
  const here = person.walk.position(world.now)
  const standU = before === undefined ? u : (before.from + before.to) / 2
  const wanted = standAt(shelf, standU + random.range(-0.12, 0.12), random.range(0.42, 0.58))
  if (person.stand === null || distance(here, wanted) > 0.35 || !isAtFront(here, shelf)) {
    person.stand = clearStand(world, person, shelf, wanted, before === undefined ? aside : squeezedIn)
    yield* walkTo(world, person, person.stand)
  }
  const [x, y] = pointOn(shelf, u, 0, 0)
  person.walk.turn([x, y], world.now)
  yield world.now + random.range(250, 600)
}

export function* walkTo(world: World, person: Person, to: Vec2): Process {
  const route = world.floor.route(person.walk.position(world.now), to)
  yield person.walk.go(route, world.now, person.metresPerSecond)
}

function isAtFront(point: Vec2, shelf: ShelfSpace): boolean {
  const out = dot(point, shelf.front) - shelf.edge
  return out > 0.3 && out < 0.75
}

/** How far people go aside for each other, metres; those who want to stand before a certain place squeeze in. */
const aside = { steps: [0, 0.3, -0.3, 0.5, -0.5, 0.7, -0.7], room: elbowRoom }
const squeezedIn = { steps: [0, 0.1, -0.1, 0.2, -0.2, 0.3, -0.3, 0.4, -0.4], room: 0.4 }

/** The wanted place, or the nearest one along the shelf where nobody else stands. */
function clearStand(
  world: World,
  person: Person,
  shelf: ShelfSpace,
  wanted: Vec2,
  { steps, room }: typeof aside,
): Vec2 {
  const others = world.people.flatMap(({ stand }, i) => (stand === null || world.people[i] === person ? [] : [stand]))
  const isClear = (at: Vec2): boolean => others.every((other) => distance(other, at) >= room)
  for (const step of steps) {
    const at: Vec2 = [wanted[0] + shelf.along[0] * step, wanted[1] + shelf.along[1] * step]
    if (isClear(at) && world.floor.isFree(at)) return at
  }
  return wanted
}

function gripPoint({ shelf, u, depth }: Place): Vec3 {
  return pointOn(shelf, u, depth - handLength, gripHeight)
}

function* moveHand(world: World, person: Person, side: Side, goal: Vec3 | 'carry' | 'rest', ms: number): Process {
  yield person.hands[side].go(goal, world.now, ms, person.poses[side])
}

/** Lifts packages of one kind that lie together off with one hand, and draws it back. Its end is the truth's time. */
export function* liftWith(world: World, person: Person, side: Side, items: readonly Package[], lift: Lift): Process {
  const place = items[0]?.place
  if (place === undefined || place === null) return
  const { random } = person
  yield* moveHand(world, person, side, gripPoint(place), random.range(500, 900))
  if (lift.holdMs !== undefined) yield* hold(world, person, items, place.shelf, lift.holdMs)
  const start = world.now + random.range(120, 450)
  const lifted = world.lift(items)
  if (lifted === null) return
  person.holding[side] = items
  const end = start + (lift.liftMs ?? (lift.speed === 'slow' ? random.range(2000, 4000) : random.range(60, 150)))
  const pressed = clampedLogNormal(person, 40, 0.6, 150)
  // The hand closes until the package comes free: the reading rises by some tens of grams first (measured: 53 g).
  add(world, place.shelf, press(shared(lifted.loads, pressed), world.now - 60, start + (end - start) * 0.4, 0.1))
  add(world, place.shelf, liftOff(lifted.loads, start, end))
  yield end
  person.carried.push(...items)
  world.ledger.picked(items, lifted, person, end)
  yield* moveHand(world, person, side, 'carry', random.range(500, 800))
  yield world.now + random.range(200, 500)
  person.holding[side] = []
  yield* moveHand(world, person, side, 'rest', 400)
}

/** Takes hold of a package and lets it stand. */
export function* holdAt(world: World, person: Person, side: Side, item: Package, ms: number): Process {
  if (item.place === null) return
  yield* moveHand(world, person, side, gripPoint(item.place), person.random.range(500, 900))
  yield* hold(world, person, [item], item.place.shelf, ms)
  yield* moveHand(world, person, side, 'rest', person.random.range(500, 800))
}

/** A hand holds packages that still stand on their plate: it bears part of their weight, or leans on them. */
function* hold(world: World, person: Person, items: readonly Package[], shelf: ShelfSpace, ms: number): Process {
  const loads = items.flatMap((item) => (item.place === null ? [] : loadsOf(item, item.place)))
  const share = person.random.chance(0.5) ? person.random.range(-0.7, -0.2) : person.random.range(0.1, 0.5)
  const held = loads.map(({ plate, grams }) => ({ plate, grams: grams * share }))
  add(world, shelf, press(held, world.now, world.now + ms, person.random.range(0.05, 0.25)))
  yield world.now + ms
}

/** Sets a carried package down at a place, and draws the hand back. */
export function* setDownAt(world: World, person: Person, side: Side, item: Package, place: Place): Process {
  const { random } = person
  person.holding[side] = [item]
  yield* moveHand(world, person, side, 'carry', 400)
  yield* moveHand(world, person, side, gripPoint(place), random.range(600, 900))
  person.carried.splice(person.carried.indexOf(item), 1)
  const start = world.now
  const end = start + random.range(90, 220)
  const laid = world.lay(item, place)
  person.holding[side] = []
  add(world, place.shelf, setDown(laid.loads, start, end, random.range(0.02, 0.2)))
  const rest = end + random.range(120, 450)
  add(world, place.shelf, press(shared(laid.loads, clampedLogNormal(person, 35, 0.6, 150)), start, rest, 0.1))
  yield end
  world.ledger.put(item, laid, person, end)
  yield rest
  yield* moveHand(world, person, side, 'rest', random.range(500, 800))
}

/** A hand on a shelf that takes nothing: a touch of some tenths of a second, or a weight that rests for seconds. */
export function* touchAt(world: World, person: Person, side: Side, place: Place, grams: number, ms: number): Process {
  const { random } = person
  yield* moveHand(world, person, side, gripPoint(place), random.range(500, 900))
  const loads = sharesOf(place.shelf, place.u, 0.08).map(({ plate, share }) => ({ plate, grams: grams * share }))
  add(world, place.shelf, press(loads, world.now, world.now + ms, random.range(0.05, 0.25)))
  yield world.now + ms
  yield* moveHand(world, person, side, 'rest', random.range(450, 700))
}

function add(world: World, shelf: ShelfSpace, force: Force): void {
  world.loads.add(shelf, force)
}

/** `grams` spread over the plates as the loads are. */
function shared(
  loads: readonly { plate: Force['loads'][number]['plate']; grams: number }[],
  grams: number,
): Force['loads'] {
  const total = loads.reduce((sum, load) => sum + load.grams, 0)
  return loads.map(({ plate, grams: own }) => ({ plate, grams: (grams * own) / total }))
}

function clampedLogNormal(person: Person, median: number, sigma: number, max: number): number {
  return Math.min(max, person.random.logNormal(median, sigma))
}
