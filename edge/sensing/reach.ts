/**
 * How well what was seen of a person fits that they changed a shelf at a given time: by their hands (`hands.ts`), else by
 * their body; people who are not seen at all stay candidates.
 */
import type { Reach } from '../observations.ts'
import type { CellChange } from './cell.ts'
import { asideMetres, type CellSpace, compare, floorDistance } from './geometry.ts'
import {
  afterMs,
  beforeMs,
  earlyMs,
  type Hands,
  handsLogOdds,
  handsOver,
  lostMs,
  nearMetres,
  stays,
  stillMs,
} from './hands.ts'
import { between, firstFrom } from './in-time.ts'
import type { Frame, Person } from './person.ts'

/** Frames so long after a change are asked for. */
export const after = lostMs
const slideMs = 100
const bodyWindowMs = 1000
/** Arm and lean reach 0.8-0.9 m from the trunk (ISO 7250-1: functional grip reach 0.6-0.8 m). */
const reachMetres = 0.95
/** Whoever takes a thing stands so near to it, 0.4-0.7 m as a rule. */
const standMetres = 0.6
/**
 * Further away they must lean: of 1,425 takers in three sets of recordings 19 stood at 0.6-0.7 m, 5 further; of others at
 * the shelf one in nine for each 0.1 m. Less is made of it here, since real people lean more than simulated ones.
 */
const leanMetres = 0.15
/**
 * Whoever takes a thing stands before it: of 2,017 takers in two simulators, one of them not ours, a half within 0.13 and 0.19 m
 * along the shelf from its middle, nine in ten within 0.55 m (exponential, with a tenth anywhere); others are anywhere.
 */
const frontMetres = 0.24
const frontShare = 0.9
const shelfMetres = 1.5
const asideMs = 200
/** Between shelves people walk 1 to 1.4 m/s; a stride and the lean of an arm need no time. */
const walkMetresPerSecond = 1.2
const strideSeconds = 0.4
/**
 * Whoever takes a thing stands there for some two seconds: of 149 changes that nobody saw (simulated silences of a tracker),
 * fewer by e for each metre that the person had to walk meanwhile, and for each such detour from where they went.
 */
const unseenWalkMetres = 1
const detourMetres = 0.75
/** Nobody walks further than this from a shelf in the seconds that clocks may be off. */
const farMetres = 8
const leastLogOdds = -8
/** A hand that takes a thing is there for a second or so; of the frames of one that rests more than so many show it (S). */
const restsMs = 2000
const restedShare = 0.6
/** A hand that rests takes nothing before it leaves: that it is there says nothing, but for so long before (S). */
const leavesMs = 600
/**
 * Where no sudden step shows, a hand that was there all the time did it itself, slowly: of 24 such changes, in two simulators,
 * 19; nobody did 3, and one whose hand came by 2.
 */
const liftedLogOdds = Math.log(19 / 2)
const mostCandidates = 8

/** The shoppers who could have made a change of these cells, best first. `offsetMs`: from the shelf's clock to the tracker's. */
export function reachOf(
  people: Iterable<Person>,
  spaces: ReadonlyMap<string, CellSpace>,
  cells: readonly Asked[],
  offsetMs: number,
): Reach[] {
  const all: Reach[] = []
  const everybody = [...people]
  const lifters = cells.map((cell) => liftersOf(everybody, spaces.get(cell.cell), cell, offsetMs))
  for (const person of everybody) {
    const logOdds = cells.map((cell, i) => {
      const space = spaces.get(cell.cell)
      const seen = space === undefined ? leastLogOdds : changeOdds(person, space, cell, offsetMs)
      const odds = lifters[i]?.length === 0 ? seen : lifters[i]?.includes(person) ? liftedLogOdds : Math.min(0, seen)
      return Math.round(Math.max(odds, 2 * leastLogOdds) * 1000) / 1000
    })
    if (Math.max(...logOdds) < leastLogOdds) continue
    const isStill = cells.some(
      (cell, i) => (logOdds[i] ?? 0) > 0 && isStillThere(person, spaces.get(cell.cell), cell, offsetMs),
    )
    all.push({ shopper: person.shopper, logOdds, ...(isStill ? { stays: true } : {}) })
  }
  const top = ({ logOdds }: Reach) => Math.max(...logOdds)
  return all.sort((a, b) => top(b) - top(a) || compare(a.shopper, b.shopper)).slice(0, mostCandidates)
}

/** What of a plate's change is asked for. */
type Asked = Pick<CellChange, 'cell' | 'at' | 'slackMs' | 'instants' | 'sharp'>

/** Whether a hand that may have done it was still there when the plate had settled. */
function isStillThere(
  { frames }: Person,
  space: CellSpace | undefined,
  { at, instants }: Asked,
  offsetMs: number,
): boolean {
  if (space === undefined) return false
  const from = (instants?.[0]?.at ?? at) + offsetMs
  return stays(handsOver(space, between(frames, from, from + stillMs)), from)
}

/** Whose hand was there all the time while a plate changed under one without a sudden step. */
function liftersOf(people: readonly Person[], space: CellSpace | undefined, cell: Asked, offsetMs: number): Person[] {
  const { at, slackMs, instants, sharp } = cell
  if (space === undefined || instants === undefined || sharp) return []
  const [from, to] = [(instants[0]?.at ?? at) + offsetMs, (instants.at(-1)?.at ?? at) + offsetMs]
  return people.filter(
    (person) => restedUntil(handsOver(space, between(person.frames, from - slackMs, to + slackMs)), from, to) > 0,
  )
}

function changeOdds(person: Person, space: CellSpace, { at, slackMs, instants }: Asked, offsetMs: number): number {
  if (instants === undefined) return personOdds(person, space, at + offsetMs, slackMs)
  const from = (instants[0]?.at ?? at) + offsetMs
  const to = (instants.at(-1)?.at ?? at) + offsetMs
  const hands = handsOver(space, between(person.frames, from - slackMs - earlyMs, to + slackMs + lostMs))
  const leavesAt = restedUntil(hands, from, to) - leavesMs
  const likelihood = instants.reduce((sum, one) => {
    const odds = personOdds(person, space, one.at + offsetMs, slackMs, hands)
    return sum + one.share * Math.exp(one.at + offsetMs < leavesAt ? Math.min(0, odds) : odds)
  }, 0)
  return Math.log(likelihood)
}

/** Until when a hand was there that was there nearly all the time between the two; 0 when none was. */
function restedUntil(hands: Hands, from: number, to: number): number {
  const ends = hands.map((trace) => {
    const seen = between(trace, from, to)
    const near = seen.filter(({ metres }) => metres < nearMetres)
    const [since, until] = [near[0]?.t ?? 0, near.at(-1)?.t ?? 0]
    return until - since > restsMs && near.length > restedShare * seen.length ? until : 0
  })
  return Math.max(...ends)
}

/** `around`: the hands from long before to after, when they are known already. */
function personOdds(person: Person, space: CellSpace, at: number, slackMs: number, around?: Hands): number {
  if (person.firstSeen > at + slackMs + bodyWindowMs) return Number.NEGATIVE_INFINITY
  const windowMs = bodyWindowMs + slackMs
  const frames = between(person.frames, at - windowMs, at + windowMs)
  const [first] = frames
  if (first === undefined) return unseenOdds(person, space, at)
  if (floorDistance(space, first.x, first.y) > tooFar(2 * windowMs)) return Number.NEGATIVE_INFINITY
  const nearest = nearestBody(space, frames)
  const body = bodyOdds(nearest)
  // Whose body was so far away did not do it, whatever the hands seem to be.
  if (body < 2 * leastLogOdds) return body
  const hands = around ?? handsOver(space, between(person.frames, at - slackMs - earlyMs, at + slackMs + lostMs))
  let best: number | null = null
  for (let shift = -slackMs; shift <= slackMs; shift += slideMs) {
    const odds = handsLogOdds(hands, frames, at + shift)
    if (odds !== null && (best === null || odds > best)) best = odds
  }
  if (best !== null) return best + body
  const then = between(person.frames, at - slackMs - asideMs, at + slackMs + asideMs)
  return body - Math.max(0, nearest - standMetres) / leanMetres + asideOdds(space, then)
}

/** How well somebody stands in front of a plate. */
function asideOdds(space: CellSpace, frames: readonly Frame[]): number {
  if (frames.length === 0) return 0
  const aside = Math.min(...frames.map(({ x, y }) => asideMetres(space, x, y)))
  const before = (frontShare * shelfMetres) / (space.halfWidth + frontMetres)
  return Math.log(before * Math.exp(-aside / frontMetres) + 1 - frontShare)
}

/** Metres on the floor. */
function nearestBody(space: CellSpace, frames: readonly Frame[]): number {
  let least = Number.POSITIVE_INFINITY
  for (const { x, y } of frames) least = Math.min(least, floorDistance(space, x, y))
  return least
}

/** Metres from which nobody comes near enough for `leastLogOdds` in a time: 3 m/s, and a metre of tracker error. */
function tooFar(ms: number): number {
  return 3.5 + (3 * ms) / 1000
}

/** Somebody's hands at one plate over some time. */
export interface HandsThere {
  readonly hands: Hands
  readonly frames: readonly Frame[]
}

/** The hands of somebody between two times; null for who is too far away to matter. */
export function handsThere(person: Person, space: CellSpace, from: number, to: number): HandsThere | null {
  if (floorDistance(space, person.x, person.y) > farMetres) return null
  const frames = between(person.frames, from - beforeMs, to + afterMs)
  return { hands: handsOver(space, frames), frames }
}

/** Log odds that these hands did it at this time; null when none was seen then. */
export function handEvidence({ hands, frames }: HandsThere, at: number): number | null {
  const seen = hands.some((trace) => between(trace, at - beforeMs, at + afterMs).length > 0)
  return seen ? handsLogOdds(hands, frames, at) : null
}

/** Near enough says nothing, too far says no, whatever the hands seem to be. */
function bodyOdds(distance: number): number {
  return distance <= reachMetres ? 0 : -4 * ((distance - reachMetres) / 0.3)
}

/**
 * Somebody who was not seen for a while: what matters is how much of a detour it is to the shelf, from where they were
 * seen last to where they were seen next, and how much time that leaves to stand there.
 */
function unseenOdds(person: Person, space: CellSpace, at: number): number {
  const next = person.frames[firstFrom(person.frames, at)]
  const last = person.frames[firstFrom(person.frames, at) - 1] ?? { t: person.lastSeen, x: person.x, y: person.y }
  if (last.t > at) return Number.NEGATIVE_INFINITY
  const there = toReach(space, last)
  const goneSeconds = (at - last.t) / 1000
  const early = goneSeconds - there / walkMetresPerSecond
  if (early < -strideSeconds) return Number.NEGATIVE_INFINITY
  if (next === undefined) return -1 - 0.5 * Math.log1p(goneSeconds)
  const back = toReach(space, next)
  const leftSeconds = (next.t - at) / 1000
  const late = leftSeconds - back / walkMetresPerSecond
  if (late < -strideSeconds) return Number.NEGATIVE_INFINITY
  const detour = Math.max(0, there + back - Math.hypot(next.x - last.x, next.y - last.y))
  const standing = Math.max(0.1, (early + late) / (goneSeconds + leftSeconds))
  const walked = (there + back) / unseenWalkMetres + detour / detourMetres
  return Math.log(standing) - 0.5 * Math.log1p(Math.min(goneSeconds, leftSeconds)) - walked
}

/** Floor to walk until the place is within reach, metres. */
function toReach(space: CellSpace, { x, y }: { readonly x: number; readonly y: number }): number {
  return Math.max(0, floorDistance(space, x, y) - standMetres)
}
