/** A visit from the pavement to the pavement: in through the gate or the door, the acts of the plan, out again. */
import type { Act } from './act.ts'
import { perform } from './acts.ts'
import { beside, type Person } from './person.ts'
import { walkTo } from './reach.ts'
import type { Process } from './scheduler.ts'
import { lookAgainMs } from './waiting.ts'
import type { World } from './world.ts'

/** Nobody waits longer than this before a gate that stays shut, virtual milliseconds. */
const gatePatienceMs = 15_000

export interface Visit {
  readonly person: Person
  readonly acts: readonly Act[]
  /** Told once the person has left or was turned away. */
  readonly onEnd: () => void
}

export function* visit(world: World, { person, acts, onEnd }: Visit): Process {
  if (yield* comeIn(world, person)) {
    world.ledger.visitors.push(person)
    for (const act of acts) {
      yield* perform(world, person, act)
      yield world.now + person.random.range(300, 2500)
    }
    yield* goOut(world, person)
  }
  onEnd()
}

function appear(world: World, person: Person): void {
  person.inside = true
  world.people.push(person)
}

function vanish(world: World, person: Person): void {
  person.inside = false
  const at = world.people.indexOf(person)
  if (at >= 0) world.people.splice(at, 1)
}

/** Returns false when the gate stayed shut. */
function* comeIn(world: World, person: Person): Generator<number, boolean, void> {
  if (person.identity.staff && world.backRoom !== world.door) {
    appear(world, person)
    return true
  }
  if (world.gate === null) {
    appear(world, person)
    yield* walkTo(world, person, world.door.inner)
    return true
  }
  return yield* throughGate(world, person)
}

function* throughGate(world: World, person: Person): Generator<number, boolean, void> {
  const { gate, door } = world
  yield* claimGate(world, person)
  appear(world, person)
  yield* walkTo(world, person, door.gate)
  gate?.scan(person.identity.code?.(world.now) ?? 'no-code')
  const open = yield* waitForGate(world)
  if (open) {
    gate?.pass('in')
    yield* walkTo(world, person, door.inner)
  } else {
    yield* walkTo(world, person, beside(door.outer, person.random))
    vanish(world, person)
  }
  world.gateTakenBy = null
  return open
}

function* claimGate(world: World, person: Person): Process {
  while (world.gateTakenBy !== null) yield world.now + lookAgainMs
  world.gateTakenBy = person
}

function* waitForGate(world: World): Generator<number, boolean, void> {
  const giveUpAt = world.now + gatePatienceMs
  while (world.gate?.isOpen() === false) {
    if (world.now >= giveUpAt) return false
    yield world.now + lookAgainMs
  }
  return true
}

function* goOut(world: World, person: Person): Process {
  person.stand = null
  const way = person.identity.staff ? world.backRoom : world.door
  const gate = way === world.door ? world.gate : null
  yield* walkTo(world, person, way.inner)
  if (gate !== null) yield* claimGate(world, person)
  yield* walkTo(world, person, way.gate)
  gate?.pass('out')
  yield* walkTo(world, person, beside(way.outer, person.random))
  vanish(world, person)
  if (gate !== null) world.gateTakenBy = null
}
