/**
 * Who is inside: targets of a tracker become shoppers, broken tracks are joined again, gates say whose account it is,
 * and who vanished at the exit has left.
 */
import type { Account } from '../../models/contracts/recording.ts'
import type { Store, Zone } from '../../models/contracts/store.ts'
import type { Observation } from '../observations.ts'
import { forgetSilent, newBeacons, walkBy } from './beacons.ts'
import { believeCorrections } from './corrections.ts'
import { type Crossings, followCrossings, uncross } from './crossings.ts'
import { type Encounters, encountersFrom, followEncounters, mayBeExchanged } from './encounters.ts'
import { admissionMs, bindAdmissions, mayHaveLeft, outsOf, reliefs } from './gates.ts'
import { distanceToZone } from './geometry.ts'
import { tie } from './identity.ts'
import { couldBe, hasGate, type Inside, inOrder, joinAgain, likeliestOf } from './joining.ts'
import {
  adopt,
  giveAway,
  goOnAs,
  hasJustCome,
  newPerson,
  type Person,
  personAsOf,
  personFrom,
  relieve,
  type Sighting,
  see,
} from './person.ts'
import { recognize } from './recognize.ts'
import { type Seen, untangle } from './swaps.ts'

/** A tracker that loses somebody at the door for so long has seen them leave. */
const gonePastExitMs = 4000
/** Near the door, but not in it, it may have lost them a step earlier. */
const goneNearExitMs = 20_000
const nearExitMetres = 1.5
const inExitMetres = 0.3
/** Unseen anywhere for so long, the visit is closed: a track was never joined again. */
const lostForGoodMs = 15 * 60_000
/** A tracker that says nothing for so long is blind, not looking at an empty shop: absence does not count meanwhile. */
const blindMs = 3000
/** Then again, some trackers say nothing while nobody is there. */
const longestBlindMs = 60_000
/** A tracker that remembers whom it lost does so for seconds; after a minute an id is used anew. */
const rememberedMs = 60_000
const goneThroughGateMs = 1000
/** So often one phone is held against everybody inside: 15 ms for 100 people and 12 receivers. A multiple of a tick. */
const askMs = 400

const staffDoorMetres = 0.3
const besideGateMetres = 0.7
/** The scan of who stands before a gate, and their passing it, are heard by then. */
const namelessMs = 3000
/** A tracker that lost somebody for so long lost them for good. */
const longestLossMs = 15_000

export interface PresenceState extends Inside {
  /** How often a target id was somebody new, so that a shopper's name is unique. Bounded by `mostNames`. */
  names: Record<string, number>
  /** The latest message of a tracker. */
  lastFrameAt: number
  /** People who came close to each other and may have been taken for one another. */
  readonly encounters: Encounters
  /** The same for people who were side by side a moment ago. */
  readonly crossings: Crossings
}

/** Facts: 50 at the peak, in the largest stores some hundred; what is asked of every pair of them takes a tenth of a second. */
export const mostPeople = 400

/** A tracker that never uses an id twice fills this in a month; then the oldest names are forgotten. */
export const mostNames = 100_000

export function newPresence(): PresenceState {
  return {
    people: {},
    admissions: [],
    ins: [],
    outs: [],
    counted: {},
    names: {},
    lastFrameAt: 0,
    encounters: {},
    crossings: {},
    beacons: newBeacons(),
  }
}

/** What a former version of this program wrote may lack what came later. */
export function presenceFrom(saved: Partial<PresenceState>): PresenceState {
  const people = Object.entries(saved.people ?? {}).map(([shopper, person]) => [shopper, personFrom(person)])
  const encounters = encountersFrom(saved.encounters ?? {})
  return { ...newPresence(), ...saved, people: Object.fromEntries(people) as Record<string, Person>, encounters }
}

/** The gateway was down until `ts`. Absence counts anew; after a long time nobody is taken to be still there. */
export function resumePresence(state: PresenceState, ts: number): Observation[] {
  // 0: when people were looked at last is not known (`regained.ts`).
  const longGone = state.lastFrameAt > 0 && ts - state.lastFrameAt > lostForGoodMs
  excuseAbsence(state, ts)
  return longGone ? everybodyLeaves(state) : []
}

/** The same people when the clock was set by some milliseconds: they were where they were by the new time. How they got there is forgotten. */
export function presenceAsOf(state: PresenceState, byMs: number): PresenceState {
  const people = Object.entries(state.people).map(([shopper, person]) => [shopper, personAsOf(person, byMs)] as const)
  const admissions = state.admissions.map((one) => ({
    ...one,
    ts: one.ts + byMs,
    passedAt: one.passedAt === null ? null : one.passedAt + byMs,
  }))
  const { names, lastFrameAt } = state
  return { ...newPresence(), names, people: Object.fromEntries(people), admissions, lastFrameAt: lastFrameAt + byMs }
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
  const people = inOrder(state)
  const before = people.map((person) => [person, person.target] as const)
  believeCorrections(state.encounters, people, seen, ts)
  const recognized = recognize(people, seen)
  const { known } = recognized
  // A tracker that says more people than any shop holds is wrong: whom it knew already are followed on.
  const fresh = recognized.fresh.slice(0, Math.max(0, mostPeople - known.size))
  const returned = fresh.flatMap((sighting) => takeBack(state, store, known, sighting))
  const found = new Set(known.values())
  const unknown = fresh.filter((sighting) => !found.has(sighting))
  const joined = joinAgain(state, store, unknown, known)
  for (const { sighting, person } of joined) {
    if (person === null) continue
    goOnAs(person, sighting)
    known.set(person, sighting)
  }
  untangle(known, people)
  const exchanged = followCrossings(state.crossings, state.people, known, ts)
  for (const [person, sighting] of known) see(person, sighting)
  for (const doubt of exchanged) {
    const [a, b] = [state.people[doubt.a], state.people[doubt.b]]
    if (a !== undefined && b !== undefined) uncross(doubt, a, b)
  }
  followEncounters(state.encounters, state, known, ts)
  const entered = joined.flatMap(({ sighting, person, rivals }) => {
    if (person === null) return isFull(state) ? [] : enter(state, store, sighting)
    for (const rival of rivals) mayBeExchanged(state.encounters, person, rival, ts)
    return []
  })
  return [...returned, ...entered, ...renamed(before, ts)]
}

/** Whether nobody else can be followed until somebody has left. */
export function isFull({ people }: Pick<PresenceState, 'people'>): boolean {
  return Object.keys(people).length >= mostPeople
}

/**
 * An id comes back while whom it was is seen under another one: they are two, and that other id was joined to the wrong
 * person. Its track goes to somebody else who was lost then, or to somebody new.
 */
function takeBack(state: PresenceState, store: Store, known: Seen, sighting: Sighting): Observation[] {
  for (const [person, other] of known) {
    const { earlier } = person
    if (earlier?.target !== sighting.target || sighting.frame.t - earlier.since > rememberedMs) continue
    // Where that other id was somebody's before, the two ids were exchanged.
    const exchanged = inOrder(state).some((each) => each !== person && each.target === other.target)
    if (exchanged || !couldBe(earlier, sighting)) continue
    const first = { ...other, frame: person.frames.find(({ t }) => t >= earlier.since) ?? other.frame }
    const lost = joinAgain(state, store, [first], known)[0]?.person ?? null
    if (lost === null && isFull(state)) return []
    const entered = lost === null ? [enter(state, store, first)] : []
    const owner = lost ?? inOrder(state).findLast((each) => each.target === other.target && each !== person)
    if (owner === undefined) return []
    giveAway(person, earlier, owner)
    known.set(person, sighting)
    known.set(owner, other)
    return entered
  }
  return []
}

/** Who goes by another target than before. */
function renamed(before: readonly (readonly [Person, string])[], ts: number): Observation[] {
  return before.flatMap(([person, target]) =>
    person.target === target ? [] : [{ kind: 'rejoined', ts, shopper: person.shopper, target: person.target }],
  )
}

/** Ties scans to people and finds who has left. `openSince`: since when a shelf is unsettled, null when none is. */
export function settlePresence(
  state: PresenceState,
  store: Store,
  now: number,
  openSince: number | null,
): Observation[] {
  const observations = [
    ...bindAdmissions(state, inOrder(state), store, now),
    ...relieveAtGates(state, store, now, openSince),
    ...findAgain(state, store, now),
  ]
  const exits = store.zones.filter(({ kind }) => kind === 'exit' || kind === 'entry-exit')
  const looking = Math.max(Math.min(now, state.lastFrameAt + blindMs), now - longestBlindMs)
  const people = inOrder(state)
  const outOf = outsOf(state, people, store)
  for (const person of people) {
    const out = outOf(person)
    person.leaving = out !== null
    if (!hasLeft(person, exits, looking)) continue
    if (waitsForShelf(openSince, person.lastSeen, now)) continue
    observations.push(leave(state, person, person.lastSeen))
    state.outs = state.outs.filter((other) => other !== out)
  }
  return observations
}

/** Whoever went out while their track goes on as somebody else's who came in. */
function relieveAtGates(state: PresenceState, store: Store, now: number, openSince: number | null): Observation[] {
  return reliefs(state, inOrder(state), store, now).flatMap(({ person, out, since }) => {
    const isStale = state.people[person.shopper] !== person || !state.outs.includes(out)
    if (isStale || waitsForShelf(openSince, since, now)) return []
    const shopper = nameFor(state, person.target)
    const next = relieve(person, shopper, since)
    const left = leave(state, person, since)
    state.people[shopper] = next
    state.outs = state.outs.filter((other) => other !== out)
    return [left, entered(next)]
  })
}

/** Where a gate lets everybody in, whom no scan let in was inside before: one of those who are lost. */
function findAgain(state: PresenceState, store: Store, now: number): Observation[] {
  if (store.entry !== 'gated' || state.admissions.length > 0) return []
  const people = inOrder(state)
  const gates = store.zones.filter(({ id }) => hasGate(store, id))
  const nameless = people.filter(
    ({ account, staff, firstSeen, lastSeen, x, y }) =>
      account === null &&
      !staff &&
      now - firstSeen > namelessMs &&
      now - firstSeen < rememberedMs &&
      now - lastSeen < goneThroughGateMs &&
      // Who is at a gate may not have come in yet.
      gates.every((zone) => distanceToZone(zone, [x, y]) > besideGateMetres),
  )
  return nameless.flatMap((person) => {
    const [frame] = person.frames
    if (frame === undefined || frame.t > person.firstSeen) return []
    const sighting: Sighting = { target: person.target, frame, headZ: null }
    // Who comes into view at a gate has mostly come to it from outside.
    const gate = gates.find((zone) => distanceToZone(zone, [frame.x, frame.y]) <= nearExitMetres)
    const outOf = outsOf(state, people, store)
    const lost = people.filter(
      (other) =>
        other.account !== null &&
        other.lastSeen < person.firstSeen &&
        person.firstSeen - other.lastSeen < longestLossMs &&
        (gate === undefined || distanceToZone(gate, [other.x, other.y]) <= nearExitMetres) &&
        couldBe(other, sighting) &&
        outOf(other) === null &&
        !mayHaveLeft(state, store, other, now),
    )
    const found = likeliestOf(state, store, lost, sighting)
    if (found === null) return []
    const left = leave(state, person, person.firstSeen)
    adopt(found, person)
    return [left, { kind: 'rejoined', ts: now, shopper: found.shopper, target: found.target }]
  })
}

function waitsForShelf(openSince: number | null, lastSeen: number, now: number): boolean {
  return openSince !== null && openSince <= lastSeen && now - lastSeen < 15_000
}

function leave(state: PresenceState, { shopper, account }: Person, ts: number): Observation {
  delete state.people[shopper]
  if (account !== null) delete state.beacons.heard[account]
  return { kind: 'left', ts, shopper }
}

/** Notes where everybody is while phones are heard, and ties a phone's account to whom surely carries it. */
export function followPhones(
  state: PresenceState,
  { entry }: Store,
  accounts: ReadonlyMap<string, Account>,
  now: number,
): Observation[] {
  forgetSilent(state.beacons, now)
  if (Object.keys(state.beacons.heard).length === 0) return []
  const people = inOrder(state)
  for (const { walk, lastSeen, x, y } of people) if (now - lastSeen < 500) walkBy(walk, lastSeen, x, y)
  if (now % askMs !== 0) return []
  // A gate's scan comes first: who is nameless behind it after so long was not scanned, or not seen then.
  const nameless = people.filter(({ firstSeen }) => entry === 'open' || now - firstSeen > 2 * admissionMs)
  return tie(state.beacons, people, nameless, accounts, now)
}

/** Whoever is first seen in a room of the staff, or nearer to one than to the door: trackers are some decimetres off. */
function comesFromStaff({ zones }: Store, at: [number, number]): boolean {
  const nearest = (kinds: readonly Zone['kind'][]) =>
    Math.min(
      ...zones.flatMap((zone) => (kinds.includes(zone.kind) ? [distanceToZone(zone, at)] : [])),
      Number.POSITIVE_INFINITY,
    )
  const room = nearest(['staff'])
  return room <= staffDoorMetres && room < Math.max(nearest(['entry', 'entry-exit']), 0.01)
}

/** The end of a recording: whoever is still inside leaves now. */
export function everybodyLeaves(state: PresenceState): Observation[] {
  const left = inOrder(state).map(
    (person): Observation => ({ kind: 'left', ts: person.lastSeen, shopper: person.shopper }),
  )
  for (const shopper of Object.keys(state.people)) delete state.people[shopper]
  return left
}

function enter(state: PresenceState, store: Store, sighting: Sighting): Observation {
  const { target, frame } = sighting
  const person = newPerson(nameFor(state, target), sighting)
  person.staff = comesFromStaff(store, [frame.x, frame.y])
  state.people[person.shopper] = person
  return entered(person)
}

/** Numbers come first among names, however new: whose name is forgotten may still be here. */
function isInside({ people }: PresenceState, name: string): boolean {
  return Object.keys(people).some((shopper) => shopper === name || shopper.startsWith(`${name}~`))
}

function nameFor(state: PresenceState, target: string): string {
  const count = (state.names[target] ?? 0) + 1
  state.names[target] = count
  const names = Object.keys(state.names)
  if (names.length > mostNames)
    delete state.names[names.find((name) => name !== target && !isInside(state, name)) ?? '']
  return count === 1 ? target : `${target}~${count}`
}

function entered({ shopper, target, firstSeen, frames, x, y, staff }: Person): Observation {
  const at = frames[0] ?? { x, y }
  return { kind: 'entered', ts: firstSeen, shopper, target, position: [at.x, at.y], staff }
}

function hasLeft(person: Person, exits: readonly Zone[], now: number): boolean {
  const gone = now - person.missedFrom
  if (person.leaving && gone > goneThroughGateMs) return true
  const toExit = Math.min(Number.POSITIVE_INFINITY, ...exits.map((zone) => distanceToZone(zone, [person.x, person.y])))
  if (toExit <= inExitMetres && !hasJustCome(person)) return gone > gonePastExitMs
  if (toExit <= nearExitMetres) return gone > goneNearExitMs
  return gone > lostForGoodMs
}
