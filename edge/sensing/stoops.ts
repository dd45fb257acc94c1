/**
 * Hands at the floor: what is left there is not owed (contract section 5), and no scale feels it. Whoever only bends to a
 * low shelf has the wrist at 0.22 m and more in two simulators with unlike bodies; whoever lays a thing down, at 0.09 to
 * 0.17 m.
 */
import type { Position } from '../../models/contracts/units.ts'
import type { Observation } from '../observations.ts'
import { type CellSpace, distanceToCell } from './geometry.ts'
import type { Person } from './person.ts'

const lowMetres = 0.2
/** Nearer to a plate than this the hand may be at the shelf, unless it is below: by more than a tracker's error. */
const shelfMetres = 0.25
const belowMetres = 0.05
/** A wrist that is placed wrongly stays so for a frame or two. */
const leastFrames = 4

/** By shopper: for how many frames a hand has been at the floor, and since when. */
export type Stoops = Record<string, { frames: number; readonly since: number }>

/** Call it after the people of a tracker's message at `ts` were seen. */
export function followStoops(
  stoops: Stoops,
  people: Readonly<Record<string, Person>>,
  spaces: ReadonlyMap<string, CellSpace>,
  ts: number,
): Observation[] {
  const observations: Observation[] = []
  for (const shopper of Object.keys(stoops)) if (people[shopper] === undefined) delete stoops[shopper]
  for (const { shopper, lastSeen, frames } of Object.values(people)) {
    const frame = frames.at(-1)
    if (lastSeen !== ts || frame === undefined) continue
    if (!frame.hands.some(([wrist]) => wrist !== undefined && isAtFloor(wrist, spaces))) {
      delete stoops[shopper]
      continue
    }
    const stoop = stoops[shopper] ?? { frames: 0, since: ts }
    stoop.frames++
    stoops[shopper] = stoop
    if (stoop.frames === leastFrames) observations.push({ kind: 'stooped', ts: stoop.since, shopper })
  }
  return observations
}

function isAtFloor(wrist: Position, spaces: ReadonlyMap<string, CellSpace>): boolean {
  if (wrist[2] >= lowMetres) return false
  for (const space of spaces.values()) {
    const isBelow = wrist[2] < space.center[2] - belowMetres
    if (!isBelow && distanceToCell(space, wrist) < shelfMetres) return false
  }
  return true
}
