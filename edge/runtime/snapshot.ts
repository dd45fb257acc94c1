/**
 * What of the state a commit writes. Observations are always written with the levels of the plates that they are about,
 * so that nothing is found twice; other plates, which only drift, and the engine, which is a fold, are written in turn.
 */
import type { Store } from '../../models/contracts/store.ts'
import type { Core } from '../core.ts'
import type { Observation } from '../observations.ts'
import { cellSpaces } from '../sensing/geometry.ts'
import type { Frame } from '../sensing/person.ts'
import { shelfRows, unsettledSince } from '../sensing/scales.ts'
import type { SensingState } from '../sensing/sensing.ts'

/** A sixth of the plates each five seconds of event time: in half a minute a level drifts by far less than the least change. */
const turns = 6
const turnMs = 5000
/** Folding so many observations anew takes a second or two at a start; the engine of a full shop is some hundred kilobytes. */
const engineEvery = 200
/** A hand comes to a shelf about a second before the weight changes. */
const keptFramesMs = 1500

/** Bodies are JSON texts. */
export interface Snapshot {
  /** Sensing without its plates. */
  readonly sensing: string
  readonly plates: readonly PlateRow[]
  /** Plates that are not among these no longer count. */
  readonly allPlates: boolean
  /** Null: the former one still stands, with the observations after it. */
  readonly engine: string | null
}

export interface PlateRow {
  readonly cell: string
  readonly body: string
}

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
  let sinceEngine = 0
  /** Plates that were written before they had a level to compare with. */
  let unlevelled = new Set<string>()

  /** Plates whose turn it is. */
  const inTurn = (now: number): string[] => {
    if (now - turnAt < turnMs) return []
    turnAt = now
    turn = (turn + 1) % turns
    return cells.filter((_, i) => i % turns === turn)
  }

  return {
    take: ({ sensing, engine }, observations, whole) => {
      // After a restart of a device all its plates have forgotten their levels: the old ones must not come back.
      const allPlates = whole || !started || boots !== JSON.stringify(sensing.boots)
      started = true
      boots = JSON.stringify(sensing.boots)
      const touched = [...shelvesTouched(sensing, observations)].flatMap((shelf) => rows.get(shelf) ?? [])
      const levelled = [...unlevelled].filter((cell) => hasLevel(sensing, cell))
      const due = new Set(allPlates ? cells : [...touched, ...levelled, ...inTurn(sensing.lastTick)])
      unlevelled = new Set(cells.filter((cell) => (due.has(cell) || unlevelled.has(cell)) && !hasLevel(sensing, cell)))
      sinceEngine += observations.length
      const withEngine = allPlates || sinceEngine >= engineEvery
      if (withEngine) sinceEngine = 0
      return {
        sensing: withoutPlates(sensing),
        plates: [...due].map((cell) => plateRow(sensing, cell)),
        allPlates,
        engine: withEngine ? JSON.stringify(engine()) : null,
      }
    },
  }
}

/** Shelves of which something was found: observed, or on its way to be. */
function shelvesTouched({ scales, unseen }: SensingState, observations: readonly Observation[]): Set<string> {
  const observed = observations.flatMap((one) => (one.kind === 'shelf-change' ? [one.shelf] : []))
  return new Set([...observed, ...Object.keys(scales.waiting), ...unseen.map(({ shelf }) => shelf)])
}

function hasLevel({ scales }: SensingState, cell: string): boolean {
  return (scales.cells[cell] ?? scales.reported[cell]?.state)?.base != null
}

function plateRow({ scales }: SensingState, cell: string): PlateRow {
  const [plate, bin, reported] = [scales.cells[cell], scales.bins[cell], scales.reported[cell]]
  return { cell, body: JSON.stringify({ plate, bin, reported }) }
}

/** Of what hands did only so much is kept as a change that is under way may still ask for. */
function withoutPlates(sensing: SensingState): string {
  const { lastTick } = sensing
  const oldest = Math.min(unsettledSince(sensing.scales, lastTick) ?? lastTick, lastTick) - keptFramesMs
  const recent = (key: string, value: unknown) =>
    key === 'frames' ? (value as Frame[]).filter(({ t }) => t >= oldest) : value
  const scales = { ...sensing.scales, cells: {}, bins: {}, reported: {} }
  return JSON.stringify({ ...sensing, scales }, recent)
}

/** Sensing as it was written, with each plate as it was written last. */
export function restored(sensing: string, plates: readonly PlateRow[]): SensingState {
  const state = JSON.parse(sensing) as SensingState
  for (const { cell, body } of plates) {
    const { plate, bin, reported } = JSON.parse(body) as Partial<PlateState>
    if (plate !== undefined) state.scales.cells[cell] = plate
    if (bin !== undefined) state.scales.bins[cell] = bin
    if (reported !== undefined) state.scales.reported[cell] = reported
  }
  return state
}

interface PlateState {
  readonly plate: SensingState['scales']['cells'][string]
  readonly bin: SensingState['scales']['bins'][string]
  readonly reported: SensingState['scales']['reported'][string]
}
