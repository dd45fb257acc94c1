/**
 * How well what was seen of a person fits that they changed a shelf at a given time.
 *
 * The hand of whoever did it was in the space over the plate at that instant; everybody else's hand is anywhere in the
 * metre or so around. Trackers lose wrists, most of all in a shelf, so that a missing hand says little and the body
 * must do; people who are not seen at all stay candidates.
 */
import type { CellDelta, Reach } from '../observations.ts'
import { type CellSpace, compare, distanceToCell, floorDistance } from './geometry.ts'
import type { Person } from './person.ts'

/** Clocks of scales and trackers agree to some 0.1 s; bins are 0.1 s; frames come every 0.07 s. */
const handWindowMs = 350
const bodyWindowMs = 1000
/** Wrists are placed to 3-5 cm each way (the contract's trackers), the grip is a few cm off the palm. */
const handSdMetres = 0.1
/** Share of frames in which the "hand" is something else, or is placed grossly wrong. */
const handOutlier = 0.06
/** Hands of people who stand at a shelf but do not touch this place are anywhere within about 1.2 m. */
const elsewhereMetres = 1.2
/** Arm and lean reach 0.8-0.9 m from the trunk (ISO 7250-1: functional grip reach 0.6-0.8 m). */
const reachMetres = 0.95
const bestOdds = 12
const leastLogOdds = -8
const mostCandidates = 8

/** The shoppers who could have made a change of these cells at `at`, best first. */
export function reachOf(
  people: Iterable<Person>,
  spaces: readonly CellSpace[],
  cells: readonly CellDelta[],
  at: number,
): Reach[] {
  const main = cells.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a.deltaGrams) ? b : a))
  const space = spaces.find(({ cell }) => cell === main.cell)
  if (space === undefined) return []
  const all: Reach[] = []
  for (const person of people) {
    const logOdds = personOdds(person, space, at)
    if (logOdds >= leastLogOdds) all.push({ shopper: person.shopper, logOdds: Math.round(logOdds * 1000) / 1000 })
  }
  return all.sort((a, b) => b.logOdds - a.logOdds || compare(a.shopper, b.shopper)).slice(0, mostCandidates)
}

function personOdds(person: Person, space: CellSpace, at: number): number {
  if (person.firstSeen > at + bodyWindowMs) return Number.NEGATIVE_INFINITY
  const near = closest(person, space, at)
  if (near === null) return unseenOdds(person, space, at)
  const body = bodyOdds(near.body)
  if (near.hand === null) return body
  return Math.max(handOdds(near.hand), near.handFrames < 3 ? body - 1 : Number.NEGATIVE_INFINITY) + Math.min(0, body)
}

interface Closest {
  /** Least distance of a hand to the space over the plate, metres; null when no hand was seen in time. */
  readonly hand: number | null
  readonly handFrames: number
  /** Least distance of the body on the floor to the plate, metres. */
  readonly body: number
}

function closest(person: Person, space: CellSpace, at: number): Closest | null {
  let hand = Number.POSITIVE_INFINITY
  let body = Number.POSITIVE_INFINITY
  let handFrames = 0
  for (const frame of person.frames) {
    const off = Math.abs(frame.t - at)
    if (off > bodyWindowMs) continue
    body = Math.min(body, floorDistance(space, frame.x, frame.y))
    if (off > handWindowMs || frame.hands.length === 0) continue
    handFrames++
    for (const [x, y, z] of frame.hands) hand = Math.min(hand, distanceToCell(space, x, y, z))
  }
  if (body === Number.POSITIVE_INFINITY) return null
  return { hand: hand === Number.POSITIVE_INFINITY ? null : hand, handFrames, body }
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
