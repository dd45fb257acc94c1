/** What people do with a thing in their hands away from the shelves: give it to somebody, leave it, eat it. */
import type { ActOf } from './act.ts'
import { distance, type Vec2, type Vec3 } from './geometry.ts'
import type { Package } from './packages.ts'
import { fromBag, type Person, type Side, useHand } from './person.ts'
import { walkTo } from './reach.ts'
import type { Process } from './scheduler.ts'
import { lookAgainMs, ready, until } from './waiting.ts'
import type { World } from './world.ts'

/** How near two stand who pass a thing on, and how near they come to do so, metres. */
const passingMetres = 1
const approachMetres = 0.7

/** Goes up to somebody and gives them a thing: the picker still pays, so the ledger hears nothing. */
export function* handOver(world: World, person: Person, act: ActOf<'hand-over'>): Process {
  yield* ready(world, person, act)
  const partner = (): Person | undefined => world.people.find(({ identity }) => identity.name === act.to)
  yield* until(world, () => partner() !== undefined)
  const receiver = partner()
  const item = fromBag(person, act.sku)
  if (receiver === undefined || item === undefined) return
  yield* meet(world, person, receiver)
  const side = person.freeHand()
  if (side === null || !world.people.includes(receiver)) return
  person.walk.turn(receiver.walk.position(world.now), world.now)
  yield* useHand(person, side, passTo(world, person, side, item, receiver))
}

/** Follows somebody until they stand still with a hand free and nothing between, or are gone. */
function* meet(world: World, person: Person, partner: Person): Process {
  const gap = (): number => distance(person.walk.position(world.now), partner.walk.position(world.now))
  const isNear = (): boolean => gap() <= passingMetres && wayTo(world, person, partner).length === 1
  while (world.people.includes(partner)) {
    if (isNear() && !partner.walk.isWalking(world.now) && partner.freeHand() !== null) return
    if (!isNear()) yield* walkTo(world, person, nextTo(world, person, partner))
    yield world.now + lookAgainMs
  }
}

function wayTo(world: World, person: Person, partner: Person): Vec2[] {
  return world.floor.route(person.walk.position(world.now), partner.walk.position(world.now))
}

/** On the last part of the way to somebody, an arm's length before them. */
function nextTo(world: World, person: Person, partner: Person): Vec2 {
  const there = partner.walk.position(world.now)
  const from = wayTo(world, person, partner).at(-2) ?? person.walk.position(world.now)
  const share = Math.min(1, approachMetres / distance(from, there))
  return [there[0] + (from[0] - there[0]) * share, there[1] + (from[1] - there[1]) * share]
}

function* passTo(world: World, person: Person, side: Side, item: Package, partner: Person): Process {
  const [ax, ay] = person.walk.position(world.now)
  const [bx, by] = partner.walk.position(world.now)
  const middle: Vec3 = [(ax + bx) / 2, (ay + by) / 2, 1.1]
  const takes = partner.freeHand()
  person.holding[side] = [item]
  const receiver = takes === null ? null : partner.hands[takes]
  if (takes !== null && receiver !== null) {
    receiver.busy = true
    receiver.go(middle, world.now + 100, 700, partner.poses[takes])
  }
  yield person.hands[side].go(middle, world.now, 700, person.poses[side])
  yield world.now + 300
  person.carried.splice(person.carried.indexOf(item), 1)
  person.holding[side] = []
  partner.carried.push(item)
  if (takes !== null && receiver !== null) {
    receiver.go('rest', world.now, 600, partner.poses[takes])
    receiver.busy = false
  }
  yield person.hands[side].go('rest', world.now, 600, person.poses[side])
}

/** Leaves a thing on the floor (nobody owes it), or eats it (it stays owed). */
export function* giveUp(world: World, person: Person, act: ActOf<'drop' | 'eat'>): Process {
  yield* ready(world, person, act)
  const item = fromBag(person, act.sku)
  if (item === undefined) return
  const goal =
    act.kind === 'drop'
      ? person.bodyPoint(0.35, 0, 0.15, world.now)
      : person.bodyPoint(0.15, 0, 0.88 * person.heightMetres, world.now)
  person.holding.right = [item]
  yield person.hands.right.go(goal, world.now, 900, person.poses.right)
  person.carried.splice(person.carried.indexOf(item), 1)
  if (act.kind === 'drop') world.ledger.left(item)
  yield world.now + (act.kind === 'drop' ? 300 : 2500)
  person.holding.right = []
  yield person.hands.right.go('rest', world.now, 800, person.poses.right)
}
