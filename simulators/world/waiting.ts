/** How people wait for a time and for each other. */
import type { Timing } from './act.ts'
import type { Person } from './person.ts'
import type { Process } from './scheduler.ts'
import type { World } from './world.ts'

/** How often a waiting process looks again, virtual milliseconds. */
export const lookAgainMs = 50
/** Nobody waits longer than this for what others should do and perhaps cannot, virtual milliseconds. */
const patienceMs = 90_000

/** Until the act that this one comes after is done. */
export function* turn(world: World, { after }: Timing): Process {
  if (after !== undefined) yield* until(world, () => world.marks.has(after))
}

/** At the shelf: until the hand may start. */
export function* ready(world: World, person: Person, timing: Timing): Process {
  const { at, meet, pauseMs } = timing
  if (at !== undefined && at > world.now) yield at
  if (meet !== undefined) {
    const there = (world.meetings.get(meet.name) ?? 0) + 1
    world.meetings.set(meet.name, there)
    yield* until(world, () => (world.meetings.get(meet.name) ?? 0) >= meet.people)
  }
  if (timing.unseen === true) {
    world.unseen.add(timing)
    yield world.now + person.random.range(300, 1200)
  }
  if (pauseMs !== undefined) yield world.now + pauseMs
}

/** What follows an act that was done, or was passed over. */
export function* done(world: World, person: Person, timing: Timing): Process {
  if (timing.unseen === true) {
    yield world.now + person.random.range(300, 1200)
    world.unseen.delete(timing)
  }
  if (timing.mark !== undefined) world.marks.add(timing.mark)
}

/** Until it is so, or for as long as anybody has patience. */
export function* until(world: World, isSo: () => boolean): Process {
  const giveUpAt = world.now + patienceMs
  while (!isSo() && world.now < giveUpAt) yield world.now + lookAgainMs
}
