/**
 * How well what was seen of a person fits that they changed a shelf at a given time.
 *
 * The hand of whoever did it was in the space over the plate at that instant; everybody else's hand is anywhere in the
 * metre or so around. Trackers lose wrists, most of all in a shelf, so that a missing hand says little and the body
 * must do; people who are not seen at all stay candidates.
 */
import type { Reach } from '../observations.ts'
import type { CellChange } from './cell.ts'
import { type CellSpace, compare, distanceToCell, floorDistance } from './geometry.ts'
import type { Frame, Person } from './person.ts'

/** The hand is there from 0.3 s before the lift to 0.2 s after it, then gone; others come and go. */
const before = 300
export const after = 200
/** Frames in which the hand is lost, and the other one is taken for it, are fewer than this. */
const lostShare = 0.3
const slideMs = 100
const bodyWindowMs = 1000
/** Wrists are placed to 3-5 cm each way (the contract's trackers); the best third of the frames is nearer. */
const handSdMetres = 0.06
/** Share of changes in which the "hand" is something else all the time, or is placed grossly wrong. */
const handOutlier = 0.04
/** Hands of people who stand at a shelf but do not touch this place are anywhere within about 1.2 m. */
const elsewhereMetres = 1.2
/** Arm and lean reach 0.8-0.9 m from the trunk (ISO 7250-1: functional grip reach 0.6-0.8 m). */
const reachMetres = 0.95
/** Nobody walks further than this from a shelf in the seconds that clocks may be off. */
const farMetres = 8
const bestOdds = 20
const leastLogOdds = -8
const mostCandidates = 8

/** The shoppers who could have made a change of these cells, best first. `offsetMs`: from the shelf's clock to the tracker's. */
export function reachOf(
  people: Iterable<Person>,
  spaces: ReadonlyMap<string, CellSpace>,
  cells: readonly Pick<CellChange, 'cell' | 'at' | 'slackMs'>[],
  offsetMs: number,
): Reach[] {
  const all: Reach[] = []
  for (const person of people) {
    const logOdds = cells.map(({ cell, at, slackMs }) => {
      const space = spaces.get(cell)
      const odds = space === undefined ? leastLogOdds : personOdds(person, space, at + offsetMs, slackMs)
      return Math.round(Math.max(odds, 2 * leastLogOdds) * 1000) / 1000
    })
    if (Math.max(...logOdds) >= leastLogOdds) all.push({ shopper: person.shopper, logOdds })
  }
  const top = ({ logOdds }: Reach) => Math.max(...logOdds)
  return all.sort((a, b) => top(b) - top(a) || compare(a.shopper, b.shopper)).slice(0, mostCandidates)
}

function personOdds(person: Person, space: CellSpace, at: number, slackMs: number): number {
  if (person.firstSeen > at + slackMs + bodyWindowMs) return Number.NEGATIVE_INFINITY
  const windowMs = bodyWindowMs + slackMs
  const frames = between(person.frames, at - windowMs, at + windowMs)
  const [first] = frames
  if (first === undefined) return unseenOdds(person, space, at)
  if (floorDistance(space, first.x, first.y) > tooFar(2 * windowMs)) return Number.NEGATIVE_INFINITY
  const body = bodyOdds(Math.min(...frames.map(({ x, y }) => floorDistance(space, x, y))))
  const trace = traceOf(frames, space)
  let hand: number | null = null
  for (let shift = -slackMs; shift <= slackMs; shift += slideMs) {
    const distance = handDistance(trace, at + shift)
    if (distance !== null && (hand === null || distance < hand)) hand = distance
  }
  return hand === null ? body : handOdds(hand) + Math.min(0, body)
}

/** Metres from which nobody comes near enough for `leastLogOdds` in a time: 3 m/s, and a metre of tracker error. */
function tooFar(ms: number): number {
  return 3.5 + (3 * ms) / 1000
}

/** How far the nearest hand was from the space over a plate, frame by frame, oldest first; only frames that show one. */
export type HandTrace = readonly { readonly t: number; readonly metres: number }[]

/** The hands of somebody between two times; null for who is too far away to matter. */
export function handTrace(person: Person, space: CellSpace, from: number, to: number): HandTrace | null {
  if (floorDistance(space, person.x, person.y) > farMetres) return null
  return traceOf(between(person.frames, from - before, to + after), space)
}

function traceOf(frames: readonly Frame[], space: CellSpace): HandTrace {
  return frames
    .filter(({ hands }) => hands.length > 0)
    .map(({ t, hands }) => ({ t, metres: Math.min(...hands.map(([x, y, z]) => distanceToCell(space, x, y, z))) }))
}

/** Log odds that these hands did it at this time; null when none was seen then. */
export function handEvidence(trace: HandTrace, at: number): number | null {
  const distance = handDistance(trace, at)
  return distance === null ? null : handOdds(distance)
}

/** How far a hand stayed from the space over the plate around a time, metres; null when too few frames show one. */
function handDistance(trace: HandTrace, at: number): number | null {
  const distances = between(trace, at - before, at + after)
    .map(({ metres }) => metres)
    .sort((a, b) => a - b)
  return distances.length < 2 ? null : (distances[Math.floor(lostShare * distances.length)] ?? null)
}

/** Of what is in order of time, what is within two times: a search, since twenty seconds are kept and one is asked for. */
function between<T extends { readonly t: number }>(list: readonly T[], from: number, to: number): T[] {
  const first = firstFrom(list, from)
  let end = first
  while ((list[end]?.t ?? Number.POSITIVE_INFINITY) <= to) end++
  return list.slice(first, end)
}

function firstFrom(list: readonly { readonly t: number }[], time: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.t ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

function handOdds(distance: number): number {
  const did =
    ((1 - handOutlier) * Math.SQRT2 * Math.exp(-0.5 * (distance / handSdMetres) ** 2)) /
      (handSdMetres * Math.sqrt(Math.PI)) +
    handOutlier / elsewhereMetres
  return Math.log(Math.min(bestOdds, did * elsewhereMetres))
}

/** Even for whom no hand was seen: near enough says nothing, too far says no. */
function bodyOdds(distance: number): number {
  return distance <= reachMetres ? 0 : -4 * ((distance - reachMetres) / 0.3)
}

/** Somebody whose track is lost may have walked on; the longer ago, the less it says where they are. */
function unseenOdds(person: Person, space: CellSpace, at: number): number {
  if (person.lastSeen > at) return Number.NEGATIVE_INFINITY
  const gapSeconds = (at - person.lastSeen) / 1000
  const walked = Math.max(0, floorDistance(space, person.x, person.y) - reachMetres)
  if (walked > 0.3 + 1.5 * gapSeconds) return Number.NEGATIVE_INFINITY
  return -1 - 0.5 * Math.log1p(gapSeconds)
}
