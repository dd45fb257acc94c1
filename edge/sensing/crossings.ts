/**
 * Where one frame does not tell whether a tracker exchanged the ids of two people who are side by side, the next ones do: whoever
 * walked goes on walking, and whoever stood goes on standing. Such a doubt is followed for a second.
 */
import { compare } from './geometry.ts'
import { exchange, type Person, smoothed, walkingHeight } from './person.ts'
import { areNear, gainOf, leastGain, type Seen, type Velocity, walkFit } from './swaps.ts'

/** So much must a frame say for it, for the next ones to be asked. */
const leastDoubt = 2
const longestMs = 1000
/** Nobody has so many neighbours but in a crowd that no tracker tells apart. */
const mostDoubts = 1000

/** Two who may have been exchanged at a time. Plain data. */
interface Doubt {
  readonly a: string
  readonly b: string
  readonly since: number
  /** Log odds of what was seen since, had they been. */
  gain: number
  /** How whom the tracker calls a would be moving if they are b, and the other way round. */
  velocities: readonly [Velocity, Velocity]
}

/** By both names. */
export type Crossings = Record<string, Doubt>

/** Call it before what was seen is noted; gives those who turn out to have been exchanged, for `uncross` after it was. */
export function followCrossings(
  crossings: Crossings,
  people: Readonly<Record<string, Person>>,
  seen: Seen,
  ts: number,
): Doubt[] {
  const found: Doubt[] = []
  for (const [key, doubt] of Object.entries(crossings)) {
    const [a, b] = [people[doubt.a], people[doubt.b]]
    if (a === undefined || b === undefined || ts - doubt.since > longestMs || goOn(doubt, a, b, seen) < 0)
      delete crossings[key]
    else if (doubt.gain > leastGain) {
      delete crossings[key]
      found.push(doubt)
    }
  }
  let room = mostDoubts - Object.keys(crossings).length
  const present = [...seen].sort(([a], [b]) => compare(a.shopper, b.shopper))
  for (const [i, [a, seenA]] of present.entries())
    for (let j = i + 1; j < present.length; j++) {
      const [b, seenB] = present[j] ?? []
      if (b === undefined || seenB === undefined || !areNear(a, b, ts)) continue
      const key = `${a.shopper} ${b.shopper}`
      if (room <= 0 || key in crossings) continue
      const gain = gainOf(a, seenA, b, seenB)
      if (gain < leastDoubt) continue
      const velocities = [smoothed(b, b, seenA.frame), smoothed(a, a, seenB.frame)] as const
      room--
      crossings[key] = { a: a.shopper, b: b.shopper, since: ts, gain, velocities }
    }
  return found
}

function goOn(doubt: Doubt, a: Person, b: Person, seen: Seen): number {
  const [asB, asA] = doubt.velocities
  const [seenA, seenB] = [seen.get(a), seen.get(b)]
  doubt.gain += walkFit(a, asB, seenA) - walkFit(a, a, seenA) + walkFit(b, asA, seenB) - walkFit(b, b, seenB)
  doubt.velocities = [
    seenA === undefined ? asB : smoothed(a, asB, seenA.frame),
    seenB === undefined ? asA : smoothed(b, asA, seenB.frame),
  ]
  return doubt.gain
}

/** Each goes on as the other since the doubt began. */
export function uncross({ since, velocities }: Doubt, a: Person, b: Person): void {
  exchange(a, b, [walkingHeight(a), walkingHeight(b)], since)
  Object.assign(b, velocities[0])
  Object.assign(a, velocities[1])
}
