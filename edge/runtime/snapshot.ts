/**
 * What of the state a commit writes. Observations are always written with the levels of the plates that they are about,
 * so that nothing is found twice; other plates, which only drift, and the engine, which is a fold, are written in turn.
 */
import type { Store } from '../../models/contracts/store.ts'
import type { Core } from '../core.ts'
import type { Observation } from '../observations.ts'
import { cellSpaces } from '../sensing/geometry.ts'
import type { Frame } from '../sensing/person.ts'
import { presenceFrom } from '../sensing/presence.ts'
import { type ScalesState, shelfRows, unsettledSince } from '../sensing/scales.ts'
import { newSensingState, type SensingState } from '../sensing/sensing.ts'
import { newStays, type Stays } from '../sensing/stays.ts'

/** A sixth of the plates each five seconds of event time: in half a minute a level drifts by far less than the least change. */
const turns = 6
const turnMs = 5000
/** Folding so many observations anew takes a second or two at a start; the engine of a full shop is some hundred kilobytes. */
const engineEvery = 200
/** A hand comes to a shelf about a second before the weight changes. */
const keptFramesMs = 1500
/** Where hands were is the most that there is, and matters to a change under way at the very moment of a kill alone. */
const framesMs = 2000

/** Bodies are JSON texts. */
export interface Snapshot {
  /** Sensing without its parts. */
  readonly sensing: string
  readonly parts: readonly StatePart[]
  /** Parts that are not among these no longer count. */
  readonly allParts: boolean
  /** Null: the former one still stands, with the observations after it. */
  readonly engine: string | null
}

/** One plate, or where people's hands were of late. */
export interface StatePart {
  readonly name: string
  readonly body: string
}

/** Not ids of cells. */
const framesName = '#frames'
const staysName = '#stays'
/** Where people stood matters to what is said a minute later; some seconds of it may be lost in a kill. */
const staysMs = 10_000

export interface Snapshots {
  /** `observations`: those of the same commit. `whole`: nothing is left out, as at a start and at the end. */
  take(core: Core, observations: readonly Observation[], whole: boolean): Snapshot
}

export function createSnapshots(store: Store): Snapshots {
  const rows = shelfRows(cellSpaces(store))
  const cells = [...rows.values()].flat()
  let started = false
  let boots = ''
  let turnAt = Number.NEGATIVE_INFINITY
  let turn = 0
  let framesAt = Number.NEGATIVE_INFINITY
  let staysAt = Number.NEGATIVE_INFINITY
  let sinceEngine = 0
  /** By plate that reports its changes: what it had reported when it was written. */
  const told = new Map<string, string>()
  /** Plates that were written before they had a level to compare with. */
  let unlevelled = new Set<string>()

  /** Plates whose turn it is. */
  const inTurn = (now: number): string[] => {
    if (now - turnAt < turnMs) return []
    turnAt = now
    turn = (turn + 1) % turns
    return cells.filter((_, i) => i % turns === turn)
  }

  /** Plates that reported since they were written: nobody tells that again, while a reading that is lost is followed by others. */
  const newlyTold = ({ scales }: SensingState): string[] =>
    Object.entries(scales.reported).flatMap(([cell, { level, reports }]) => {
      const latest = `${level} ${reports.at(-1)?.to}`
      if (told.get(cell) === latest) return []
      told.set(cell, latest)
      return [cell]
    })

  const frames = (sensing: SensingState): StatePart[] => {
    if (sensing.lastTick - framesAt < framesMs) return []
    framesAt = sensing.lastTick
    return [{ name: framesName, body: JSON.stringify(recentFrames(sensing)) }]
  }

  const stays = (sensing: SensingState): StatePart[] => {
    if (sensing.lastTick - staysAt < staysMs) return []
    staysAt = sensing.lastTick
    return [{ name: staysName, body: JSON.stringify(sensing.stays) }]
  }

  return {
    take: ({ sensing, engine }, observations, whole) => {
      // After a restart of a device all its plates have forgotten their levels: the old ones must not come back.
      const allParts = whole || !started || boots !== JSON.stringify(sensing.boots)
      started = true
      boots = JSON.stringify(sensing.boots)
      const touched = [...shelvesTouched(sensing, observations)].flatMap((shelf) => rows.get(shelf) ?? [])
      if (allParts) framesAt = Number.NEGATIVE_INFINITY
      if (allParts) staysAt = Number.NEGATIVE_INFINITY
      const levelled = [...unlevelled].filter((cell) => hasLevel(sensing, cell))
      const reported = newlyTold(sensing)
      const due = new Set(allParts ? cells : [...touched, ...reported, ...levelled, ...inTurn(sensing.lastTick)])
      unlevelled = new Set(cells.filter((cell) => (due.has(cell) || unlevelled.has(cell)) && !hasLevel(sensing, cell)))
      sinceEngine += observations.length
      const withEngine = allParts || sinceEngine >= engineEvery
      if (withEngine) sinceEngine = 0
      return {
        sensing: withoutParts(sensing),
        parts: [...[...due].map((cell) => platePart(sensing, cell)), ...frames(sensing), ...stays(sensing)],
        allParts,
        engine: withEngine ? JSON.stringify(engine()) : null,
      }
    },
  }
}

/** Shelves of which something was found: observed, or on its way to be. */
function shelvesTouched(
  { scales, unseen, undecided, late }: SensingState,
  observations: readonly Observation[],
): Set<string> {
  const observed = observations.flatMap((one) =>
    one.kind === 'shelf-change' || one.kind === 'said-late' ? [one.shelf] : [],
  )
  const waiting = [...Object.keys(scales.waiting), ...Object.keys(late.waiting)]
  return new Set([...observed, ...waiting, ...[...unseen, ...undecided].map(({ shelf }) => shelf)])
}

function hasLevel({ scales }: SensingState, cell: string): boolean {
  return (scales.cells[cell] ?? scales.reported[cell]?.state)?.base != null
}

function platePart({ scales, late }: SensingState, cell: string): StatePart {
  const [plate, bin, reported] = [scales.cells[cell], scales.bins[cell], scales.reported[cell]]
  return { name: cell, body: JSON.stringify({ plate, bin, reported, told: late.known[cell] }) }
}

/** Of what hands did only so much is kept as a change that is under way may still ask for. By shopper. */
function recentFrames({ scales, presence, lastTick }: SensingState): Record<string, readonly Frame[]> {
  const oldest = Math.min(unsettledSince(scales, lastTick) ?? lastTick, lastTick) - keptFramesMs
  const people = Object.values(presence.people)
  return Object.fromEntries(people.map(({ shopper, frames }) => [shopper, frames.filter(({ t }) => t >= oldest)]))
}

function withoutParts(sensing: SensingState): string {
  const scales = { ...sensing.scales, cells: {}, bins: {}, reported: {} }
  const late = { ...sensing.late, known: {} }
  return JSON.stringify({ ...sensing, scales, late, stays: newStays() }, (key, value: unknown) =>
    key === 'frames' ? [] : value,
  )
}

/** Sensing as it was written, with each part as it was written last. */
export function restored(sensing: string, parts: readonly StatePart[]): SensingState {
  const saved = JSON.parse(sensing) as SensingState
  const state = { ...newSensingState(), ...saved, presence: presenceFrom(saved.presence) }
  for (const { name, body } of parts) {
    if (name === framesName) restoreFrames(state, JSON.parse(body) as Record<string, Frame[]>)
    else if (name === staysName) Object.assign(state.stays, JSON.parse(body) as Stays)
    else restorePlate(state, name, JSON.parse(body) as Partial<PlateState>)
  }
  return state
}

function restoreFrames({ presence }: SensingState, frames: Readonly<Record<string, Frame[]>>): void {
  for (const person of Object.values(presence.people)) person.frames = frames[person.shopper] ?? []
}

interface PlateState {
  readonly plate: ScalesState['cells'][string]
  readonly bin: ScalesState['bins'][string]
  readonly reported: ScalesState['reported'][string]
  readonly told: string[]
}

function restorePlate({ scales, late }: SensingState, cell: string, saved: Partial<PlateState>): void {
  const { plate, bin, reported, told } = saved
  if (told !== undefined) late.known[cell] = told
  if (plate !== undefined) scales.cells[cell] = plate
  // A former version wrote a tenth of a second in another way; nobody misses it.
  if (bin !== undefined && 'count' in bin) scales.bins[cell] = bin
  if (reported !== undefined) scales.reported[cell] = reported
}
