/**
 * Tracks that break are joined again: which lost person a new target continues, by place, motion, gap, height, and the
 * phone that is heard there; or whether it is somebody new.
 */
import type { Store } from '../../models/contracts/store.ts'
import type { Beacons } from './beacons.ts'
import { type Gates, outOf } from './gates.ts'
import { compare, distanceToZone } from './geometry.ts'
import { foundLogOdds } from './identity.ts'
import type { Person, Sighting } from './person.ts'

/** Nobody walks faster than 3 m/s between aisles; on top of it half a metre of tracker error. */
const fastestMetresPerSecond = 3
const jumpMetres = 0.7
/** Doors see somebody new about every 20 s at the peak (facts: 50 shoppers at once, some 15 min each). */
const arrivalsPerSecond = 1 / 20
/** Whom a gate has just let in is seen within a second or two. */
const admittedPerSecond = 1 / 2
const zoneReachMetres = 0.7
/** Who was not found again for this long is e times less likely to be found at all. */
const foundAgainSeconds = 60
/** A rival this much less likely may have been the one: what is seen next tells. */
const rivalOdds = 6

/** Plain data. */
export interface Inside extends Gates {
  /** Everybody inside, by shopper. */
  readonly people: Record<string, Person>
  readonly beacons: Beacons
}

export interface Joined {
  readonly sighting: Sighting
  /** Whom it continues; null for somebody new. */
  readonly person: Person | null
  /** Lost people whom it could continue as well. */
  readonly rivals: readonly Person[]
}

/** Whether a target can be whom it was before: nobody walks so fast. */
export function couldBe(person: Person, { frame }: Sighting): boolean {
  const seconds = Math.max(0, frame.t - person.lastSeen) / 1000
  return Math.hypot(frame.x - person.x, frame.y - person.y) <= jumpMetres + fastestMetresPerSecond * seconds
}

/** For each new target the lost person that it continues, or null for somebody new; the surest pair first. */
export function joinAgain(state: Inside, store: Store, fresh: readonly Sighting[]): Joined[] {
  const pairs: { odds: number; sighting: Sighting; person: Person | null }[] = []
  for (const sighting of fresh) {
    pairs.push({ odds: Math.log(newOdds(state, store, sighting)), sighting, person: null })
    for (const person of inOrder(state)) {
      if (person.lastSeen >= sighting.frame.t) continue
      const odds = continuationOdds(state, person, sighting) + stayedOdds(state, store, person)
      if (odds > Number.NEGATIVE_INFINITY) pairs.push({ odds, sighting, person })
    }
  }
  pairs.sort((a, b) => b.odds - a.odds)
  const joined = new Map<Sighting, { odds: number; person: Person | null }>()
  for (const { odds, sighting, person } of pairs) {
    const taken = person !== null && [...joined.values()].some((other) => other.person === person)
    if (!joined.has(sighting) && !taken) joined.set(sighting, { odds, person })
  }
  return fresh.map((sighting) => {
    const { odds, person } = joined.get(sighting) ?? { odds: 0, person: null }
    const rivals = pairs.flatMap((pair) =>
      pair.sighting === sighting && pair.person !== person && pair.odds > odds - rivalOdds ? (pair.person ?? []) : [],
    )
    return { sighting, person, rivals }
  })
}

/** In order of coming. */
export function inOrder({ people }: Pick<Inside, 'people'>): Person[] {
  return Object.values(people).sort((a, b) => a.firstSeen - b.firstSeen || compare(a.shopper, b.shopper))
}

/** Density per square metre of somebody new at this place now: doors bring people, the middle of an aisle does not. */
function newOdds({ admissions }: Gates, store: Store, { frame }: Sighting): number {
  const doors = store.zones.filter(({ kind }) => kind === 'entry' || kind === 'entry-exit' || kind === 'staff')
  const distance = Math.min(Number.POSITIVE_INFINITY, ...doors.map((zone) => distanceToZone(zone, [frame.x, frame.y])))
  const doorArea = 3
  const arrivals = admissions.length > 0 ? admittedPerSecond : arrivalsPerSecond
  return (arrivals * Math.exp(-0.5 * (distance / zoneReachMetres) ** 2) + 1e-6) / doorArea
}

/** Log density per square metre that a lost person is here now: they walk on a little, then anywhere; height is kept. */
function continuationOdds({ beacons }: Inside, person: Person, { frame, headZ }: Sighting): number {
  const seconds = (frame.t - person.lastSeen) / 1000
  const glide = Math.min(seconds, 0.7)
  const sd = 0.15 + 0.8 * seconds
  const d = Math.hypot(frame.x - person.x - glide * person.vx, frame.y - person.y - glide * person.vy)
  if (d > 1 + fastestMetresPerSecond * seconds) return Number.NEGATIVE_INFINITY
  const reach = Math.min(sd, 6)
  const place = -0.5 * (d / reach) ** 2 - Math.log(2 * Math.PI * reach ** 2)
  // People bend, so a low head says less than a high one; 5 cm is the trackers' error over a few frames.
  const taller = headZ === null || person.height === null ? 0 : headZ - person.height
  const height = taller > 0 ? -0.5 * (taller / 0.07) ** 2 : -0.5 * (taller / 0.25) ** 2
  // Chance that a track that broke is found again in a given second: about one in three at first.
  const phone = foundLogOdds(beacons, person, frame.t, frame.x, frame.y)
  return place + Math.max(-6, height) + phone + Math.log(0.33) - seconds / foundAgainSeconds
}

/** Log odds that somebody who vanished is still inside: at the exit most have left, and a gate may have said so. */
function stayedOdds(gates: Gates, store: Store, person: Person): number {
  if (outOf(gates, store, person) !== null) return -7
  const exits = store.zones.filter(({ kind }) => kind === 'exit' || kind === 'entry-exit')
  return exits.some((zone) => distanceToZone(zone, [person.x, person.y]) === 0) ? -3 : 0
}
