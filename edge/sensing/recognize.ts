/** Who goes on under the id by which a tracker knew them. */
import { compare } from './geometry.ts'
import { couldBe } from './joining.ts'
import type { Person, Sighting } from './person.ts'
import type { Seen } from './swaps.ts'

/** Each sighting goes to who has its id; of those that share one the nearest first, as a tracker may err. */
export function recognize(people: readonly Person[], seen: readonly Sighting[]): { known: Seen; fresh: Sighting[] } {
  const holders = new Map<string, Person[]>()
  for (const person of people) holders.set(person.target, [...(holders.get(person.target) ?? []), person])
  const far = (sighting: Sighting) => {
    const holder = nearestOf(holders.get(sighting.target) ?? [], sighting)
    return holder === null ? 0 : metresBetween(holder, sighting)
  }
  const fresh: Sighting[] = []
  const known: Seen = new Map()
  for (const sighting of [...seen].sort((a, b) => compare(a.target, b.target) || far(a) - far(b))) {
    const free = (holders.get(sighting.target) ?? []).filter((person) => !known.has(person))
    const person = nearestOf(free, sighting)
    if (person !== null && couldBe(person, sighting)) known.set(person, sighting)
    else fresh.push(sighting)
  }
  return { known, fresh }
}

function nearestOf(people: readonly Person[], sighting: Sighting): Person | null {
  let best: Person | null = null
  for (const person of people)
    if (best === null || metresBetween(person, sighting) < metresBetween(best, sighting)) best = person
  return best
}

function metresBetween(person: Person, { frame }: Sighting): number {
  return Math.hypot(frame.x - person.x, frame.y - person.y)
}
