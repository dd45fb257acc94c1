/**
 * Who is inside: targets of a tracker become shoppers, broken tracks are joined again, gates say whose account it is,
 * and who vanished at the exit has left.
 */
import type { Store, Zone } from '../../models/contracts/store.ts'
import type { Observation } from '../observations.ts'
import { type Encounters, followEncounters } from './encounters.ts'
import { compare, distanceToZone } from './geometry.ts'
import { newPerson, type Person, type Sighting, see } from './person.ts'

/** A tracker that loses somebody at the door for so long has seen them leave. */
const gonePastExitMs = 4000
/** Near the door, but not in it, it may have lost them a step earlier. */
const goneNearExitMs = 20_000
const nearExitMetres = 1.5
/** Unseen anywhere for so long, the visit is closed: a track was never joined again. */
const lostForGoodMs = 15 * 60_000
/** A tracker that says nothing for so long is blind, not looking at an empty shop: absence does not count meanwhile. */
const blindMs = 3000
/** Then again, some trackers say nothing while nobody is there. */
const longestBlindMs = 60_000
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
/** A scan waits so long for its person to be seen at the gate. */
const admissionMs = 20_000
/** A gate's sensor and the tracker name the same person within this. */
const passageMetres = 1.5
/** Who goes out is seen no more from a little before the gate's word, or some seconds of walking after it. */
const outBeforeMs = 2000
const outAfterMs = 5000
const outMemoryMs = 30_000
const goneThroughGateMs = 1000

export interface PresenceState {
  /** Everybody inside, by shopper. */
  readonly people: Record<string, Person>
  /** Scans whose person is not known yet, oldest first. */
  admissions: Admission[]
  /** Times at which gates saw somebody go out, until it is known whom; oldest first. */
  outs: { readonly zone: string; readonly ts: number }[]
  /** How often a target id was somebody new, so that a shopper's name is unique. Bounded by `mostNames`. */
  names: Record<string, number>
  /** The latest message of a tracker. */
  lastFrameAt: number
  /** People who came close to each other and may have been taken for one another. */
  readonly encounters: Encounters
}

interface Admission {
  readonly ts: number
  readonly account: string
  readonly staff: boolean
  readonly zone: string
  /** When the gate's sensor saw somebody go in; null until it did. */
  passedAt: number | null
}

/** A tracker that never uses an id twice fills this in a month; then the oldest names are forgotten. */
const mostNames = 100_000

export function newPresence(): PresenceState {
  return { people: {}, admissions: [], outs: [], names: {}, lastFrameAt: 0, encounters: {} }
}

/** The gateway was down until `ts`. Absence counts anew; after a long time nobody is taken to be still there. */
export function resumePresence(state: PresenceState, ts: number): Observation[] {
  const longGone = ts - state.lastFrameAt > lostForGoodMs
  excuseAbsence(state, ts)
  return longGone ? everybodyLeaves(state) : []
}

/** After a time in which nobody could be seen, absence counts anew from `ts`. */
function excuseAbsence(state: PresenceState, ts: number): void {
  for (const person of Object.values(state.people)) person.missedFrom = ts
  state.lastFrameAt = ts
}

/** Takes everybody whom a tracker sees at `ts`. */
export function seeTargets(state: PresenceState, store: Store, seen: readonly Sighting[], ts: number): Observation[] {
  if (ts - state.lastFrameAt > blindMs) excuseAbsence(state, ts)
  state.lastFrameAt = ts
  const observations: Observation[] = []
  const byTarget = new Map(Object.values(state.people).map((person) => [person.target, person]))
  const fresh: Sighting[] = []
  const known = new Map<string, Sighting>()
  for (const sighting of [...seen].sort((a, b) => compare(a.target, b.target))) {
    const person = byTarget.get(sighting.target)
    if (person !== undefined && couldBe(person, sighting)) {
      see(person, sighting)
      known.set(person.shopper, sighting)
    } else fresh.push(sighting)
  }
  followEncounters(state.encounters, state.people, known, ts)
  for (const [sighting, person] of joinAgain(state, store, fresh)) {
    if (person === null) observations.push(enter(state, store, sighting))
    else {
      if (person.target !== sighting.target)
        observations.push({ kind: 'rejoined', ts, shopper: person.shopper, target: sighting.target })
      see(person, sighting)
    }
  }
  return observations
}

/** A scan at a gate lets one person in, who belongs to the code's account. */
export function admit(state: PresenceState, ts: number, account: string, staff: boolean, zone: string): void {
  state.admissions.push({ ts, account, staff, zone, passedAt: null })
}

/** A gate's sensor saw somebody pass. Who went out shows when somebody at that gate is seen no more. */
export function pass(state: PresenceState, ts: number, zone: string, direction: 'in' | 'out'): void {
  if (direction === 'out') {
    state.outs = [...state.outs.filter((out) => out.ts > ts - outMemoryMs), { zone, ts }]
    return
  }
  const admission = state.admissions.find((open) => open.zone === zone && open.passedAt === null)
  if (admission !== undefined) admission.passedAt = ts
}

/** Ties scans to people and finds who has left. `openSince`: since when a shelf is unsettled, null when none is. */
export function settlePresence(
  state: PresenceState,
  store: Store,
  now: number,
  openSince: number | null,
): Observation[] {
  const observations = bindAdmissions(state, store, now)
  const exits = store.zones.filter(({ kind }) => kind === 'exit' || kind === 'entry-exit')
  const looking = Math.max(Math.min(now, state.lastFrameAt + blindMs), now - longestBlindMs)
  for (const person of inOrder(state)) {
    const out = outOf(state, store, person)
    person.leaving = out !== null
    if (!hasLeft(person, exits, looking)) continue
    const waitsForShelf = openSince !== null && openSince <= person.lastSeen && now - person.lastSeen < 15_000
    if (waitsForShelf) continue
    observations.push({ kind: 'left', ts: person.lastSeen, shopper: person.shopper })
    delete state.people[person.shopper]
    state.outs = state.outs.filter((other) => other !== out)
  }
  return observations
}

/** The end of a recording: whoever is still inside leaves now. */
export function everybodyLeaves(state: PresenceState): Observation[] {
  const left = inOrder(state).map(
    (person): Observation => ({ kind: 'left', ts: person.lastSeen, shopper: person.shopper }),
  )
  for (const shopper of Object.keys(state.people)) delete state.people[shopper]
  return left
}

function couldBe(person: Person, { frame }: Sighting): boolean {
  const seconds = Math.max(0, frame.t - person.lastSeen) / 1000
  return Math.hypot(frame.x - person.x, frame.y - person.y) <= jumpMetres + fastestMetresPerSecond * seconds
}

function enter(state: PresenceState, store: Store, sighting: Sighting): Observation {
  const { target, frame } = sighting
  const count = (state.names[target] ?? 0) + 1
  state.names[target] = count
  const names = Object.keys(state.names)
  if (names.length > mostNames) delete state.names[names[0] ?? '']
  const shopper = count === 1 ? target : `${target}~${count}`
  const person = newPerson(shopper, sighting)
  person.staff = store.zones.some((zone) => zone.kind === 'staff' && distanceToZone(zone, [frame.x, frame.y]) === 0)
  state.people[shopper] = person
  return { kind: 'entered', ts: frame.t, shopper, target, position: [frame.x, frame.y], staff: person.staff }
}

/** For each new target the lost person that it continues, or null for somebody new; the surest pair first. */
function joinAgain(state: PresenceState, store: Store, fresh: readonly Sighting[]): [Sighting, Person | null][] {
  const pairs: { odds: number; sighting: Sighting; person: Person | null }[] = []
  for (const sighting of fresh) {
    pairs.push({ odds: Math.log(newOdds(state, store, sighting)), sighting, person: null })
    for (const person of inOrder(state)) {
      if (person.lastSeen >= sighting.frame.t) continue
      pairs.push({ odds: continuationOdds(person, sighting) + stayedOdds(state, store, person), sighting, person })
    }
  }
  pairs.sort((a, b) => b.odds - a.odds)
  const joined = new Map<Sighting, Person | null>()
  for (const { sighting, person } of pairs) {
    const taken = person !== null && [...joined.values()].includes(person)
    if (!joined.has(sighting) && !taken) joined.set(sighting, person)
  }
  return fresh.map((sighting) => [sighting, joined.get(sighting) ?? null])
}

/** Density per square metre of somebody new at this place now: doors bring people, the middle of an aisle does not. */
function newOdds({ admissions }: PresenceState, store: Store, { frame }: Sighting): number {
  const doors = store.zones.filter(({ kind }) => kind === 'entry' || kind === 'entry-exit' || kind === 'staff')
  const distance = Math.min(Number.POSITIVE_INFINITY, ...doors.map((zone) => distanceToZone(zone, [frame.x, frame.y])))
  const doorArea = 3
  const arrivals = admissions.length > 0 ? admittedPerSecond : arrivalsPerSecond
  return (arrivals * Math.exp(-0.5 * (distance / zoneReachMetres) ** 2) + 1e-6) / doorArea
}

/** Log density per square metre that a lost person is here now: they walk on a little, then anywhere; height is kept. */
function continuationOdds(person: Person, { frame, headZ }: Sighting): number {
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
  return place + Math.max(-6, height) + Math.log(0.33) - seconds / foundAgainSeconds
}

/** The gate's word that fits somebody who was last seen when and where they were; null when there is none. */
function outOf(state: PresenceState, store: Store, { lastSeen, x, y }: Person) {
  return (
    state.outs.find(({ zone: id, ts }) => {
      if (lastSeen < ts - outBeforeMs || lastSeen > ts + outAfterMs) return false
      const zone = store.zones.find((other) => other.id === id)
      return zone !== undefined && distanceToZone(zone, [x, y]) <= passageMetres
    }) ?? null
  )
}

/** Log odds that somebody who vanished is still inside: at the exit most have left, and a gate may have said so. */
function stayedOdds(state: PresenceState, store: Store, person: Person): number {
  if (outOf(state, store, person) !== null) return -7
  const exits = store.zones.filter(({ kind }) => kind === 'exit' || kind === 'entry-exit')
  return exits.some((zone) => distanceToZone(zone, [person.x, person.y]) === 0) ? -3 : 0
}

function hasLeft(person: Person, exits: readonly Zone[], now: number): boolean {
  const gone = now - person.missedFrom
  if (person.leaving && gone > goneThroughGateMs) return true
  const distance = Math.min(
    Number.POSITIVE_INFINITY,
    ...exits.map((zone) => distanceToZone(zone, [person.x, person.y])),
  )
  if (distance <= 0.3) return gone > gonePastExitMs
  if (distance <= nearExitMetres) return gone > goneNearExitMs
  return gone > lostForGoodMs
}

/** The person at the gate whom a scan let in: first who passed just then, else who is nearest and has no account yet. */
function bindAdmissions(state: PresenceState, store: Store, now: number): Observation[] {
  const observations: Observation[] = []
  const open: Admission[] = []
  for (const admission of state.admissions) {
    const zone = store.zones.find(({ id }) => id === admission.zone)
    const at = admission.passedAt ?? admission.ts + 2000
    const person = zone === undefined || now < at ? null : admitted(state, zone, at, now)
    if (person !== null) {
      person.account = admission.account
      person.staff = admission.staff
      const { account, staff } = admission
      observations.push({ kind: 'identified', ts: at, shopper: person.shopper, account, staff })
    } else if (now - admission.ts < admissionMs) open.push(admission)
  }
  state.admissions = open
  return observations
}

function admitted(state: PresenceState, zone: Zone, at: number, now: number): Person | null {
  const nameless = (person: Person) => person.account === null && !person.staff
  const people = Object.values(state.people)
  return (
    nearestTo(people, zone, at, zoneReachMetres, nameless) ??
    nearestTo(people, zone, now, passageMetres, (person) => nameless(person) && person.firstSeen > at - 2000)
  )
}

/** Who was nearest to a zone at a time, within a distance; ties by name. */
function nearestTo(
  people: readonly Person[],
  zone: Zone,
  ts: number,
  within: number,
  eligible: (person: Person) => boolean,
): Person | null {
  let best: Person | null = null
  let bestDistance = within
  for (const person of [...people].sort((a, b) => compare(a.shopper, b.shopper))) {
    if (!eligible(person)) continue
    const place = placeAt(person, ts)
    if (place === null) continue
    const distance = distanceToZone(zone, place)
    if (distance < bestDistance || (best === null && distance === bestDistance)) {
      best = person
      bestDistance = distance
    }
  }
  return best
}

/** Where somebody was within 2 s of a time; null when they were not seen then. */
function placeAt(person: Person, ts: number): [number, number] | null {
  let best: [number, number] | null = null
  let bestOff = 2000
  for (const frame of person.frames) {
    const off = Math.abs(frame.t - ts)
    if (off <= bestOff) {
      bestOff = off
      best = [frame.x, frame.y]
    }
  }
  return best
}

function inOrder(state: PresenceState): Person[] {
  return Object.values(state.people).sort((a, b) => a.firstSeen - b.firstSeen || compare(a.shopper, b.shopper))
}
