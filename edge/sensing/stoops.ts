/**
 * Hands at the floor: what is left there is not owed (contract section 5), and no scale feels it. Whoever only bends to a
 * low shelf has the wrist at 0.22 m and more in three simulators with unlike bodies, and at 0.02 to 0.3 m in a fourth, mostly
 * with something moving on a plate; whoever lays a thing down, at 0.09 to 0.25 m, as the hand is on top of it.
 */
import type { Position } from '../../models/contracts/units.ts'
import type { Observation } from '../observations.ts'
import { type CellSpace, distanceToCell, floorDistance } from './geometry.ts'
import type { Frame, Person } from './person.ts'

const lowMetres = 0.25
/** Lower than this hands are at plates only that they are quite near to. */
const surelyLowMetres = 0.2
/** Who has a hand no lower than this has got up again. */
const upMetres = 0.4
/** Nearer to a plate than this the hand may be at the shelf, unless it is below: by more than a tracker's error. */
const shelfMetres = 0.25
const awayMetres = 0.4
const belowMetres = 0.05
const lowShelfMetres = 0.5
const besideMetres = 0.75
/** Whose hand comes to a plate may have been lower than it some tenths of a second before. */
const stirredMs = 300
/**
 * A hand is placed to 3 cm in a frame, and for a frame or two quite wrongly: the mean of so many, without the lowest and the highest of
 * them, which have to be of one stoop.
 */
const frameCount = 6
const longestMs = 1000
/** Laying a thing down takes a second, from bending to getting up again two; tying a shoe takes longer, and both hands. */
const busyMs = 2500
const unseenMs = 500

interface Stoop {
  readonly since: number
  /** Both hands were down. */
  both: boolean
  /** Plates that a hand which was down may have been about. */
  readonly plates: Record<string, true>
  told: boolean
}

/** By shopper, for as long as a hand is down. */
export type Stoops = Record<string, Stoop>

/** Call it after the people of a tracker's message at `ts` were seen. Told when they get up again, or have been down for long. */
export function followStoops(
  stoops: Stoops,
  people: Readonly<Record<string, Person>>,
  spaces: ReadonlyMap<string, CellSpace>,
  isStirred: (cell: string, since: number) => boolean,
  ts: number,
): Observation[] {
  const observations: Observation[] = []
  for (const shopper of Object.keys(stoops)) if (people[shopper] === undefined) delete stoops[shopper]
  for (const { shopper, lastSeen, frames } of Object.values(people)) {
    const hands = lastSeen === ts ? [0, 1].flatMap((side) => lately(frames, side, ts) ?? []) : []
    const down = hands.filter(({ at }) => at[2] < upMetres)
    const low = down.find(({ at }) => isAtFloor(at, spaces))
    if (low !== undefined) stoops[shopper] ??= { since: low.since, both: false, plates: {}, told: false }
    const stoop = stoops[shopper]
    if (stoop === undefined) continue
    if (down.length > 1) stoop.both = true
    for (const { at } of down) for (const cell of lowPlates(at, spaces)) stoop.plates[cell] = true
    const isUp = lastSeen === ts ? hands.length > 0 && down.length === 0 : ts - lastSeen > unseenMs
    const isLong = ts - stoop.since > busyMs
    if (!stoop.told && (isUp || isLong)) {
      const stirred = Object.keys(stoop.plates).some((cell) => isStirred(cell, stoop.since - stirredMs))
      const busy = isLong || stoop.both || stirred ? { busy: true as const } : {}
      observations.push({ kind: 'stooped', ts: stoop.since, shopper, ...busy })
      stoop.told = true
    }
    if (isUp) delete stoops[shopper]
  }
  return observations
}

/** Where a hand has been on the whole in its last frames, and since when; null where it was seen too rarely. */
function lately(frames: readonly Frame[], side: number, ts: number): { at: Position; since: number } | null {
  const seen: { at: Position; since: number }[] = []
  for (let i = frames.length - 1; i >= 0 && seen.length < frameCount; i--) {
    const frame = frames[i]
    if (frame === undefined || frame.t < ts - longestMs) break
    const wrist = frame.hands[side]?.[0]
    if (wrist !== undefined) seen.push({ at: wrist, since: frame.t })
  }
  if (seen.length < frameCount) return null
  const middle = [...seen].sort((a, b) => a.at[2] - b.at[2]).slice(1, -1)
  const mean = (axis: 0 | 1 | 2) => middle.reduce((sum, { at }) => sum + at[axis], 0) / middle.length
  return {
    at: [mean(0), mean(1), mean(2)],
    since: Math.min(...middle.filter(({ at }) => at[2] < upMetres).map(({ since }) => since), ts),
  }
}

/** People bend half a metre before a low shelf, and a tracker errs. */
function lowPlates([x, y]: Position, spaces: ReadonlyMap<string, CellSpace>): string[] {
  return [...spaces].flatMap(([cell, space]) =>
    space.center[2] < lowShelfMetres && floorDistance(space, x, y) < besideMetres ? [cell] : [],
  )
}

function isAtFloor(wrist: Position, spaces: ReadonlyMap<string, CellSpace>): boolean {
  const [x, y, z] = wrist
  if (z >= lowMetres) return false
  for (const space of spaces.values()) {
    if (z < space.center[2] - belowMetres) continue
    if (z < surelyLowMetres ? distanceToCell(space, wrist) < shelfMetres : floorDistance(space, x, y) < awayMetres)
      return false
  }
  return true
}
