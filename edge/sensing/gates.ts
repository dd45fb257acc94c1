/** What gates say: a scan lets somebody in, whose account it is; somebody went in or out. */
import type { Store, Zone } from '../../models/contracts/store.ts'
import type { Observation } from '../observations.ts'
import { compare, distanceToZone } from './geometry.ts'
import { hypot2 } from './hypot.ts'
import { scanOf } from './passages.ts'
import type { Person } from './person.ts'

/** A scan waits so long for its person to be seen at the gate. */
export const admissionMs = 20_000
/** Who has scanned is through the gate in this time, and seldom takes more than that. */
const walkThroughMs = 2000
const promptMs = 5000
/** Clocks of gates and trackers may differ by this. */
const clockMs = 500
/** Who passes is seen within this; where nobody is and several may be meant, the next scans tell who it was not. */
const seenPassingMs = 500
const patienceMs = 3000
const rememberedMs = 2000
const goneMs = 1000
/** Boxes of nobody come and go. */
const ghostMs = 2000
/** A tracker that sees people before the gate has seen them this long, as a rule: it is others who linger. */
const queueMs = 20_000
/** A gate's sensor and the tracker name the same person within this. */
const passageMetres = 1.5
const zoneReachMetres = 0.7
/** Who goes out is seen no more from a little before the gate's word, or some seconds of walking after it. */
const outBeforeMs = 2000
const outAfterMs = 5000
const outMemoryMs = 30_000
const longestGlideSeconds = 1
/** Who goes out is gone from the gate by then. */
const stoodMs = 1500
const stoodMetres = 0.5
/** Nobody passes a zone's gates more often in the half minute of which they are remembered: some lanes, each every two or three seconds. */
const mostWords = 50

/** Plain data. */
export interface Gates {
  /** Scans whose person is not known yet, oldest first. */
  admissions: Admission[]
  /** Times at which gates saw somebody come in, until it is known by which scan; oldest first. */
  ins: Passage[]
  /** Times at which gates saw somebody go out, until it is known whom; oldest first. */
  outs: Passage[]
  /** Zones whose gates say who passes: whom they let in they will name. */
  counted: Readonly<Record<string, true>>
}

interface Admission {
  readonly ts: number
  readonly account: string
  readonly staff: boolean
  readonly zone: string
  /** When the gate's sensor saw somebody go in; null until it did. */
  passedAt: number | null
  /** Who came into view with a later scan was found: whoever comes now came after them. */
  overtaken?: boolean
}

interface Passage {
  readonly zone: string
  readonly ts: number
}

/** A scan at a gate lets one person in, who belongs to the code's account. */
export function admit(gates: Gates, ts: number, account: string, staff: boolean, zone: string): void {
  gates.admissions = latestOf([...gates.admissions, { ts, account, staff, zone, passedAt: null }], zone)
}

/** A gate's sensor saw somebody pass. Who went out shows when somebody at that gate is seen no more. */
export function pass(gates: Gates, ts: number, zone: string, direction: 'in' | 'out'): void {
  if (gates.counted[zone] === undefined) gates.counted = { ...gates.counted, [zone]: true }
  if (direction === 'out') {
    gates.outs = latestOf([...gates.outs.filter((out) => out.ts > ts - outMemoryMs), { zone, ts }], zone)
    return
  }
  gates.ins = latestOf([...gates.ins, { zone, ts }], zone)
  letIn(gates, ts)
}

/** Tells scans by whom the gate saw come in, as far as that shows by now. */
function letIn(gates: Gates, now: number): void {
  const waiting = new Set<string>()
  gates.ins = gates.ins.filter((passage, i) => {
    const { zone, ts } = passage
    if (waiting.has(zone)) return true
    const scans = gates.admissions.filter((open) => open.zone === zone && open.passedAt === null)
    const passages = gates.ins.slice(i).flatMap((other) => (other.zone === zone ? [other.ts] : []))
    const scan = scanOf(scans, passages, now)
    if (scan === undefined) waiting.add(zone)
    else if (scan !== null) {
      scan.passedAt = ts
      for (const other of scans.slice(0, scans.indexOf(scan))) other.overtaken = true
    }
    return scan === undefined
  })
}

/** Without the oldest word of a zone of whose there are too many. */
function latestOf<T extends { readonly zone: string }>(words: readonly T[], zone: string): T[] {
  const tooMany = words.filter((word) => word.zone === zone).length > mostWords
  const oldest = tooMany ? words.findIndex((word) => word.zone === zone) : -1
  return words.filter((_, i) => i !== oldest)
}

/**
 * The gates' word that speaks of somebody: of all who were near the gate then, and have not been seen since for long, who was nearest
 * to its middle. People queue there, and a tracker loses them as they wait. Null when there is none. Each word is looked into once.
 */
export function outsOf(gates: Gates, people: readonly Person[], store: Store): (person: Person) => Passage | null {
  const speaksOf = new Map<Passage, Person | null>()
  const whom = (out: Passage): Person | null => {
    const zone = zoneOf(store, out.zone)
    const placeFor = (person: Person) =>
      zone !== undefined && mayBeOut(person, out, zone) && !stood(person, out) ? placeOf(person, out.ts) : null
    return zone === undefined ? null : nearestOf(people, zone, placeFor)
  }
  return (person) =>
    gates.outs.find((out) => {
      const known = speaksOf.get(out)
      const found = known === undefined ? whom(out) : known
      speaksOf.set(out, found)
      return found === person
    }) ?? null
}

/** Whether a gate has just said what may speak of them, among others: of whom, shows a moment later. */
export function mayHaveLeft(gates: Gates, store: Store, person: Person, now: number): boolean {
  return gates.outs.some((out) => {
    const zone = zoneOf(store, out.zone)
    return zone !== undefined && out.ts > now - stoodMs && mayBeOut(person, out, zone)
  })
}

function zoneOf({ zones }: Store, id: string): Zone | undefined {
  return zones.find((zone) => zone.id === id)
}

function mayBeOut(person: Person, { ts }: Passage, zone: Zone): boolean {
  const { firstSeen, lastSeen } = person
  if (firstSeen > ts || lastSeen < ts - outBeforeMs || lastSeen > ts + outAfterMs) return false
  return distanceToZone(zone, placeOf(person, ts)) <= passageMetres
}

/** Stands where they stood when somebody went out. */
function stood(person: Person, { ts }: Passage): boolean {
  const [x, y] = placeOf(person, ts)
  return person.lastSeen > ts + stoodMs && hypot2(person.x - x, person.y - y) < stoodMetres
}

/** Where somebody was at a time; of who was not seen any more, where they were going. */
function placeOf(person: Person, ts: number): [number, number] {
  const { lastSeen, x, y, vx, vy } = person
  const seconds = Math.min(longestGlideSeconds, Math.max(0, ts - lastSeen) / 1000)
  return placeAt(person, ts, seenPassingMs) ?? [x + seconds * vx, y + seconds * vy]
}

/**
 * The person whom a scan let in: who passed just then or stood there, else who comes into view next at the gate and has
 * no account yet. Scans are served in order.
 */
export function bindAdmissions(gates: Gates, people: readonly Person[], store: Store, now: number): Observation[] {
  letIn(gates, now)
  const observations: Observation[] = []
  const open: Admission[] = []
  for (const [i, admission] of gates.admissions.entries()) {
    const zone = zoneOf(store, admission.zone)
    const at = admission.passedAt ?? admission.ts + (gates.counted[admission.zone] ? promptMs : walkThroughMs)
    const later = gates.admissions.slice(i + 1).filter((other) => other.zone === admission.zone)
    // Whom the gate saw is found first: it may be they who came into view.
    const saw = gates.ins.some((one) => one.zone === admission.zone) || later.some(({ passedAt }) => passedAt !== null)
    const isNext = now >= at && (admission.passedAt !== null || !saw)
    const person = zone === undefined || !isNext ? null : admitted(people, zone, admission, later, now)
    if (person !== null) {
      for (const other of open) if (other.zone === admission.zone) other.overtaken = true
      person.account = admission.account
      person.staff = admission.staff
      const { account, staff } = admission
      observations.push({
        kind: 'identified',
        ts: Math.max(at, person.firstSeen),
        shopper: person.shopper,
        account,
        staff,
      })
    } else if (now - admission.ts < admissionMs) open.push(admission)
  }
  gates.admissions = open
  return observations
}

function admitted(
  people: readonly Person[],
  zone: Zone,
  { ts, passedAt, overtaken = false }: Admission,
  later: readonly Admission[],
  now: number,
): Person | null {
  const nameless = people.filter((person) => person.account === null && !person.staff)
  const waiting = nameless.filter(({ firstSeen }) => firstSeen > ts - queueMs && (passedAt !== null || firstSeen <= ts))
  const at = passedAt ?? ts
  const coming = nameless.filter((person) => {
    const prompt = passedAt === null ? ts + promptMs : passedAt + walkThroughMs
    const isOther = (other: Admission) => (other.passedAt ?? other.ts) <= person.firstSeen + clockMs
    // Unless no scan of their own has come since.
    const isUnscanned = later.length === 0 && now - person.firstSeen > patienceMs
    const isLater = person.firstSeen > prompt && ((overtaken && !isUnscanned) || later.some(isOther))
    return person.firstSeen > ts - clockMs && !isLater && cameInAt(person, zone)
  })
  const passing = nearestTo(waiting, zone, at, seenPassingMs, nameless.length > 1 ? 0 : zoneReachMetres)
  if (passing !== null || (nameless.length > 1 && now < at + patienceMs)) return passing
  const isThere = ({ lastSeen }: Person) => lastSeen > now - goneMs
  const isSomebody = (person: Person) => isThere(person) || person.lastSeen - person.firstSeen > ghostMs
  const [real, newcomer] = [waiting.filter(isSomebody), coming.find(isSomebody) ?? null]
  const found = nearestTo(real, zone, at, seenPassingMs) ?? nearestTo(real, zone, at, rememberedMs) ?? newcomer
  const isLate = now >= at + 2 * patienceMs
  // Who is hidden may come out again; who stood before the gate for long comes last.
  if (found !== null) return isThere(found) || isLate ? found : null
  return isLate ? nearestTo(nameless, zone, at, seenPassingMs, passedAt === null ? 0 : zoneReachMetres) : null
}

/** Somebody whose track went on as somebody else's who came in as they went out. */
interface Relief {
  readonly person: Person
  readonly out: Passage
  readonly since: number
}

/**
 * A tracker took who came in for who went out: the gate saw one go out and one come in, nobody was found for either, and one
 * track alone was there at both times.
 */
export function reliefs(gates: Gates, people: readonly Person[], store: Store, now: number): Relief[] {
  const outOf = outsOf(gates, people, store)
  const isThere = (zone: Zone, ts: number) => (person: Person) =>
    nearestTo([person], zone, ts, seenPassingMs, 0) !== null
  const isGoing = (zone: Zone, out: Passage) => (person: Person) =>
    mayBeOut(person, out, zone) && (outOf(person) ?? out) === out
  const known = new Map<string, ReadonlySet<Person>>()
  const asked = (key: string, test: (person: Person) => boolean) => {
    const found = known.get(key) ?? new Set(people.filter(test))
    known.set(key, found)
    return found
  }
  return gates.admissions.flatMap(({ passedAt, zone: id }) => {
    const zone = zoneOf(store, id)
    if (zone === undefined || passedAt === null || now < passedAt + patienceMs) return []
    const outs = gates.outs.filter((out) => out.zone === id && Math.abs(out.ts - passedAt) <= outAfterMs)
    const found = outs.flatMap((out) => {
      const since = Math.min(out.ts, passedAt)
      const thereAt = (ts: number) => asked(`there ${id} ${ts}`, isThere(zone, ts))
      const [atOut, atPassing] = [thereAt(out.ts), thereAt(passedAt)]
      const going = asked(`going ${id} ${gates.outs.indexOf(out)}`, isGoing(zone, out))
      const stays = ({ lastSeen }: Person) => lastSeen > Math.max(out.ts, passedAt) + walkThroughMs
      const here = people.filter((person) => atOut.has(person) || atPassing.has(person) || going.has(person))
      const [person] = here
      if (person === undefined || here.length > 1 || person.staff) return []
      const isRelieved = person.firstSeen < since - promptMs && stays(person) && !stood(person, out)
      return isRelieved && atOut.has(person) && atPassing.has(person) ? [{ person, out, since }] : []
    })
    return found.length === 1 ? found : []
  })
}

function cameInAt(person: Person, zone: Zone): boolean {
  const { x, y } = person.frames[0] ?? person
  return distanceToZone(zone, [x, y]) <= passageMetres
}

/** Who was nearest to a zone when they were seen within some milliseconds of a time. */
function nearestTo(
  people: readonly Person[],
  zone: Zone,
  ts: number,
  withinMs: number,
  reachMetres = zoneReachMetres,
): Person | null {
  return nearestOf(people, zone, (person) => {
    const place = placeAt(person, ts, withinMs)
    return place === null || distanceToZone(zone, place) > reachMetres ? null : place
  })
}

/** Of several in the zone, who is nearest to its middle; ties by name. */
function nearestOf(
  people: readonly Person[],
  zone: Zone,
  placeFor: (person: Person) => readonly [number, number] | null,
): Person | null {
  const [across, along] = middleOf(zone)
  let best: { readonly person: Person; readonly order: readonly [number, number] } | null = null
  for (const person of [...people].sort((a, b) => compare(a.shopper, b.shopper))) {
    const place = placeFor(person)
    if (place === null) continue
    const order = [distanceToZone(zone, [...place]), hypot2(place[0] - across, place[1] - along)] as const
    if (best === null || order[0] < best.order[0] || (order[0] === best.order[0] && order[1] < best.order[1]))
      best = { person, order }
  }
  return best?.person ?? null
}

/** Of the box around it: corners may be many on one side, and the first may be there again as the last. */
function middleOf({ polygon }: Zone): readonly [number, number] {
  const mean = (axis: 0 | 1) => {
    const along = polygon.map((corner) => corner[axis])
    return (Math.min(...along) + Math.max(...along)) / 2
  }
  return [mean(0), mean(1)]
}

/** Where somebody was nearest to a time; null when they were not seen within some milliseconds of it. */
function placeAt(person: Person, ts: number, withinMs: number): [number, number] | null {
  let best: [number, number] | null = null
  let bestOff = withinMs
  for (const frame of person.frames) {
    const off = Math.abs(frame.t - ts)
    if (off <= bestOff) {
      bestOff = off
      best = [frame.x, frame.y]
    }
  }
  return best
}
