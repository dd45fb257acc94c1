/**
 * Tracks that break are joined again: which lost person a new target continues, by place, motion, gap, height, and the
 * phone that is heard there; or whether it is somebody new.
 */
import type { Store, Zone } from '../../models/contracts/store.ts'
import type { Beacons } from './beacons.ts'
import { type Gates, mayHaveLeft, outsOf } from './gates.ts'
import { compare, distanceToZone } from './geometry.ts'
import { hypot2 } from './hypot.ts'
import { foundLogOdds } from './identity.ts'
import { blurBetween, hasJustCome, heightShare, isWalking, type Person, type Sighting } from './person.ts'
import type { Seen } from './swaps.ts'

/** Nobody walks faster than 3 m/s between aisles; on top of it half a metre of tracker error. */
const fastestMetresPerSecond = 3
const jumpMetres = 0.7
/** Of an error that the tracker states. */
const mostSds = 3
/**
 * Doors see somebody new about every 20 s at the peak (facts: 50 shoppers at once, some 15 min each), and in bursts: who
 * has come in these last seconds tells how busy this one is.
 */
const arrivalsPerSecond = 1 / 20
/** Out of a room of the staff somebody comes some times an hour; who is lost may walk by it any time. */
const staffPerSecond = 1 / 300
const burstSeconds = 6
/** Whom a gate has just let in is seen within a second or two; others may queue before it. */
const admittedPerSecond = 1 / 2
const doorSquareMetres = 3
/** Trackers see people at once as they come in: 146 of 148 within 0.3 m of the door, all within 0.6 m (simulated). */
const zoneReachMetres = 0.3
const lateShare = 0.03
const lateReachMetres = 1
/**
 * Where people are after a while, measured on the AiFi recording, on our simulator and on another's: of those who stand,
 * 86 of 100 are within 0.1 m after 0.3 s, 62 after 1 s, 43 after 2 s, 24 after 4 s; of those who walk one in five. The
 * others are 0.35, 0.9 and 1.2 m away after 0.3, 1 and 2 s, and in a shop of some metres never much further than 2.5 m.
 */
const stayShare = 0.95
const stopShare = 0.2
const staySeconds = 2.5
const stayMetres = 0.07
const glideSeconds = 0.7
const walkMetres = 0.15
const walkMetresPerSecond = 0.6
const mostWalkMetres = 2.5
/** A tracker that finds somebody at once keeps their id (ByteTrack remembers a lost track for a second). */
const newIdSeconds = 1
/** Who was not found again for this long is e times less likely to be found at all. */
const foundAgainSeconds = 60
/** Where a gate lets everybody in, one in twenty comes in without a scan. */
const fewNewLogOdds = 3
const never = Number.NEGATIVE_INFINITY
/** A rival this much less likely may have been the one: what is seen next tells. */
const rivalOdds = 6
/** Nobody is told from more. */
const mostRivals = 20

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

interface Pair {
  readonly odds: number
  readonly sighting: Sighting
  readonly person: Person | null
}

/** Whether a target can be whom it was before: nobody walks so fast. */
export function couldBe(person: Pick<Person, 'lastSeen' | 'x' | 'y' | 'errorMetres'>, sighting: Sighting): boolean {
  const { frame } = sighting
  const seconds = Math.max(0, frame.t - person.lastSeen) / 1000
  const error = mostSds * blurBetween(person, sighting)
  return Math.hypot(frame.x - person.x, frame.y - person.y) <= jumpMetres + error + fastestMetresPerSecond * seconds
}

/** For each new target the lost person that it continues (not `seen` now), or null for somebody new; the surest pair first. */
export function joinAgain(state: Inside, store: Store, fresh: readonly Sighting[], seen: Seen): Joined[] {
  const lost = inOrder(state).filter((person) => !seen.has(person))
  const stayed = stayedOdds(state, store)
  const pairsOf = fresh.map((sighting): Pair[] => [
    { odds: Math.log(newOdds(state, store, sighting)), sighting, person: null },
    ...lost.flatMap((person) => {
      const there = person.lastSeen < sighting.frame.t ? continuationOdds(state, person, sighting) : never
      const odds = there === never ? never : there + stayed(person, sighting.frame.t)
      return odds > never ? [{ odds, sighting, person }] : []
    }),
  ])
  const joined = new Map<Sighting, Pair>()
  const taken = new Set<Person>()
  for (const pair of pairsOf.flat().sort((a, b) => b.odds - a.odds)) {
    const { sighting, person } = pair
    if (joined.has(sighting) || (person !== null && taken.has(person))) continue
    joined.set(sighting, pair)
    if (person !== null) taken.add(person)
  }
  return fresh.map((sighting, i) => {
    const { odds, person } = joined.get(sighting) ?? { odds: 0, person: null }
    const all = (pairsOf[i] ?? []).sort((a, b) => b.odds - a.odds)
    const rivals = all.flatMap((pair) =>
      pair.person !== person && pair.odds > odds - rivalOdds ? (pair.person ?? []) : [],
    )
    return { sighting, person, rivals: rivals.slice(0, mostRivals) }
  })
}

/** Of lost people who the one that this sighting begins may be, the likeliest; null where somebody new is likelier by far. */
export function likeliestOf(state: Inside, store: Store, lost: readonly Person[], sighting: Sighting): Person | null {
  let likeliest: Person | null = null
  let most = Math.log(newOdds(state, store, sighting)) - fewNewLogOdds
  for (const person of lost) {
    const odds = continuationOdds(state, person, sighting)
    if (odds > most) [likeliest, most] = [person, odds]
  }
  return likeliest
}

/** In order of coming. */
export function inOrder({ people }: Pick<Inside, 'people'>): Person[] {
  return Object.values(people).sort((a, b) => a.firstSeen - b.firstSeen || compare(a.shopper, b.shopper))
}

/** Density per square metre of somebody new at this place now: doors bring people, the middle of an aisle does not. */
function newOdds({ people, admissions }: Inside, { zones }: Store, { frame }: Sighting): number {
  const recent = Object.values(people).filter(({ firstSeen }) => firstSeen > frame.t - 1000 * burstSeconds).length
  const perSecond = arrivalsPerSecond + recent / burstSeconds
  const arrivals = admissions.length > 0 ? Math.max(admittedPerSecond, perSecond) : perSecond
  const here = (kinds: readonly Zone['kind'][]) => {
    const doors = zones
      .filter(({ kind }) => kinds.includes(kind))
      .map((zone) => distanceToZone(zone, [frame.x, frame.y]))
    const within = (reach: number) => Math.exp(-0.5 * (Math.min(Number.POSITIVE_INFINITY, ...doors) / reach) ** 2)
    return (1 - lateShare) * within(zoneReachMetres) + lateShare * within(lateReachMetres)
  }
  return (arrivals * here(['entry', 'entry-exit']) + staffPerSecond * here(['staff']) + 1e-6) / doorSquareMetres
}

/** Log density per square metre that a lost person is here now, under an id of its own; height is kept. */
function continuationOdds({ beacons }: Inside, person: Person, sighting: Sighting): number {
  const { frame, headZ, headErrorMetres = 0 } = sighting
  const seconds = (frame.t - person.lastSeen) / 1000
  const blur = blurBetween(person, sighting)
  const furthest = 1 + mostSds * blur + fastestMetresPerSecond * seconds
  if (Math.hypot(frame.x - person.x, frame.y - person.y) > furthest) return Number.NEGATIVE_INFINITY
  // People bend, so a low head says less than a high one; 5 cm is the trackers' error over a few frames.
  const taller = headZ === null || person.height === null ? 0 : headZ - person.height
  const height = -0.5 * (taller / hypot2(taller > 0 ? 0.07 : 0.25, heightShare * headErrorMetres)) ** 2
  const phone = foundLogOdds(beacons, person, frame.t, frame.x, frame.y)
  // Chance that a track that broke is found again in a given second: about one in three at first.
  const found = Math.log(0.33 * (1 - Math.exp(-seconds / newIdSeconds))) - seconds / foundAgainSeconds
  return Math.log(placeDensity(person, frame, seconds, blur)) + Math.max(-6, height) + phone + found
}

/** Density per square metre of where a lost person is after some seconds: where they stood, or walking on. */
function placeDensity(person: Person, { x, y }: Sighting['frame'], seconds: number, blur: number): number {
  const stays = (isWalking(person) ? stopShare : stayShare) * Math.exp(-seconds / staySeconds)
  const glide = Math.min(seconds, glideSeconds)
  const reach = hypot2(Math.min(walkMetres + walkMetresPerSecond * seconds, mostWalkMetres), blur)
  return (
    stays * normal(Math.hypot(x - person.x, y - person.y), hypot2(stayMetres, blur)) +
    (1 - stays) * normal(Math.hypot(x - person.x - glide * person.vx, y - person.y - glide * person.vy), reach)
  )
}

function normal(metres: number, sd: number): number {
  return Math.exp(-0.5 * (metres / sd) ** 2) / (2 * Math.PI * sd ** 2)
}

/** Log odds that somebody who vanished is still inside at a time: at the exit most have left, where no gate says so of each. */
function stayedOdds(inside: Inside, store: Store): (person: Person, ts: number) => number {
  const outOf = outsOf(inside, Object.values(inside.people), store)
  const isExit = ({ id, kind }: Zone) => (kind === 'exit' || kind === 'entry-exit') && !hasGate(store, id)
  const exits = store.zones.filter(isExit)
  return (person, ts) => {
    if (outOf(person) !== null) return -7
    if (mayHaveLeft(inside, store, person, ts)) return -3
    if (hasJustCome(person)) return 0
    return exits.some((zone) => distanceToZone(zone, [person.x, person.y]) === 0) ? -3 : 0
  }
}

/** Whether a gate says who comes and goes there. */
export function hasGate({ devices }: Store, zone: string): boolean {
  return devices.some((device) => device.kind === 'gate' && device.zone === zone)
}
