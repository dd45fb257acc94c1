/**
 * Hands at the floor: what is left there is not owed (contract section 5), and no scale feels it. Whoever only bends to a
 * low shelf has the wrist at 0.22 m and more in two simulators with unlike bodies; whoever lays a thing down, at 0.09 to
 * 0.17 m.
 */
import type { Position } from '../../models/contracts/units.ts'
import type { Observation } from '../observations.ts'
import { type CellSpace, distanceToCell } from './geometry.ts'
import type { Frame, Person } from './person.ts'

const lowMetres = 0.2
/** Who has a hand no lower than this has got up again. */
const upMetres = 0.35
/** Nearer to a plate than this the hand may be at the shelf, unless it is below: by more than a tracker's error. */
const shelfMetres = 0.25
const belowMetres = 0.05
/**
 * A hand is placed to 3 cm in a frame, and for a frame or two quite wrongly: the mean of so many, without the lowest and the highest of
 * them, which have to be of one stoop.
 */
const frameCount = 6
const longestMs = 1000

/** By shopper: since when a hand has been at the floor. */
export type Stoops = Record<string, { readonly since: number }>

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
    if (lastSeen !== ts) continue
    const hands = [0, 1].flatMap((side) => lately(frames, side, ts) ?? [])
    if (!hands.some(({ at }) => at[2] < upMetres)) delete stoops[shopper]
    const low = hands.find(({ at }) => isAtFloor(at, spaces))
    if (low === undefined || stoops[shopper] !== undefined) continue
    stoops[shopper] = { since: low.since }
    observations.push({ kind: 'stooped', ts: low.since, shopper })
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
  return { at: [mean(0), mean(1), mean(2)], since: Math.min(...middle.map(({ since }) => since)) }
}

function isAtFloor(wrist: Position, spaces: ReadonlyMap<string, CellSpace>): boolean {
  if (wrist[2] >= lowMetres) return false
  for (const space of spaces.values()) {
    const isBelow = wrist[2] < space.center[2] - belowMetres
    if (!isBelow && distanceToCell(space, wrist) < shelfMetres) return false
  }
  return true
}
