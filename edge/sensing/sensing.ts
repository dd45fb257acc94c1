/**
 * From sensor messages to observations: the streaming half of the edge. Bounded memory, no clock of its own.
 *
 * It works in ticks of event time, so that what comes out depends on the events alone and not on how they were bunched.
 */
import type { Account } from '../../models/contracts/recording.ts'
import type { ChangeEvidence } from '../../models/contracts/reviews.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { SensorEvent } from '../events.ts'
import type { CellDelta, Observation, Reach, ShelfChange } from '../observations.ts'
import { type BeaconOwners, beaconOwners, hear, receiverPositions } from './beacons.ts'
import type { CellChange } from './cell.ts'
import { type ClockOffsets, learnOffset, offsetOf, offsetsKnownAfterMs } from './clock-offset.ts'
import { evidenceOf } from './evidence.ts'
import { admit, pass } from './gates.ts'
import { type CellSpace, cellSpaces, floorDistance } from './geometry.ts'
import { addLate, isToldAgain, isUnread, type LateReports, newLateReports, takeLate, unreadFor } from './late.ts'
import { type Person, sighting } from './person.ts'
import {
  everybodyLeaves,
  followPhones,
  newPresence,
  type PresenceState,
  presenceAsOf,
  resumePresence,
  seeTargets,
  settlePresence,
} from './presence.ts'
import { after, reachOf } from './reach.ts'
import {
  addReadings,
  addReported,
  flushScales,
  isStirred,
  newScales,
  type Rivals,
  restartCells,
  type ScalesState,
  type ShelfStep,
  type Shelves,
  shelfRows,
  standReported,
  takeSteps,
  unsettledSince,
} from './scales.ts'
import { followStays, newStays, type Stays } from './stays.ts'
import { followStoops, type Stoops } from './stoops.ts'
import type { Trace } from './trace.ts'

export const tickMs = 200
/** Clocks are learned from the hands of so many: no more than this stand so near a shelf that it could have been them. */
const mostAsked = 8
/** Longer than any level takes to settle. */
const settleMs = 3000
/** A hand that was over a plate, and not only near it (S). */
const atPlateLogOdds = 1
/** While trackers say nothing a change waits: where people are seen next says who was there. */
const longestSilenceMs = 6000
/** A restart that took no longer than this is no outage. */
const outageMs = 5000
/** A shelf that finds changes by itself reports a plate when it stands: one that moved with it and stands later is heard of later (S). */
const reportSpreadMs = 1000

/** Plain data: `structuredClone` or JSON keeps it, and sensing goes on from the copy. */
export interface SensingState {
  readonly scales: ScalesState
  readonly presence: PresenceState
  readonly offsets: ClockOffsets
  readonly stoops: Stoops
  readonly stays: Stays
  readonly late: LateReports
  /** The boot of each device, so that a restart of both sides is seen as one of the device too. */
  readonly boots: Record<string, string>
  /** Steps whose hands were not all seen yet, by the tracker's clock. */
  unseen: ShelfStep[]
  /** The same for what may be read in two ways: whose hands were there tells which. */
  undecided: Rivals[]
  /** Steps from which the clocks' offsets are learned a little later. */
  lessons: ShelfStep[]
  /** Everything before this event time was looked at. */
  lastTick: number
  /** Time of the latest event that was taken: none up to it may be taken again. */
  lastEventAt: number
}

export interface Sensing {
  readonly state: SensingState
  /** Accounts whose codes gates know; replaces the former ones. */
  setAccounts(accounts: readonly Account[]): void
  /** Takes one event, in order of `ts`. */
  accept(event: SensorEvent): Observation[]
  /** Every event up to `time` was given. */
  advance(time: number): Observation[]
  /** The recording ends: what is open settles, and everybody leaves. */
  finish(): Observation[]
  /** What a person needs to see of a change that was just observed. */
  evidence(change: ShelfChange): ChangeEvidence
}

export function newSensingState(): SensingState {
  return {
    scales: newScales(),
    presence: newPresence(),
    offsets: {},
    stoops: {},
    stays: newStays(),
    late: newLateReports(),
    boots: {},
    unseen: [],
    undecided: [],
    lessons: [],
    lastTick: 0,
    lastEventAt: 0,
  }
}

/** Sensing for a store, from a fresh state or from where a former one stopped. */
export function createSensing(store: Store, state: SensingState = newSensingState()): Sensing {
  const spaces = cellSpaces(store)
  const shelves = shelfRows(spaces)
  const layout = { store, spaces, shelves, deviceOf: shelfDevices(store), evidence: new WeakMap() }
  const cellsOf = cellsByDevice(store)
  const zoneOf = new Map(store.devices.flatMap((device) => (device.kind === 'gate' ? [[device.id, device.zone]] : [])))
  const receivers = receiverPositions(store)
  let known = knownAccounts([])

  /** A copy of a former run's state goes on, perhaps after hours, perhaps with a clock that was set. */
  let resuming = state.lastTick > 0

  const resume = (now: number): Observation[] => {
    resuming = false
    if (Math.abs(now - state.lastTick) <= outageMs) return []
    const settled = now < state.lastTick ? beginAt(state, layout, now) : []
    state.lastTick = now
    return [...settled, ...resumePresence(state.presence, now)]
  }

  const advance = (time: number): Observation[] => {
    const observations: Observation[] = []
    const upTo = Math.floor(time / tickMs) * tickMs
    // Where the former run stopped nothing is resumed yet: the process says so before the first message comes.
    if (resuming && upTo !== state.lastTick) observations.push(...resume(upTo))
    if (state.lastTick === 0) state.lastTick = upTo
    // After a long silence (a night, a restart) one tick does what thousands of idle ones would.
    const first = Math.max(state.lastTick + tickMs, upTo - 600 * tickMs)
    for (let tick = first; tick <= upTo; tick += tickMs) observations.push(...tickAt(state, layout, known, tick))
    state.lastTick = Math.max(state.lastTick, upTo)
    return observations
  }

  const take = (event: SensorEvent): Observation[] => {
    switch (event.kind) {
      case 'weight':
        addReadings(state.scales, spaces, shelves, event.ts, event.rateHz, event.cells)
        return []
      case 'weight-change':
        if (!isToldAgain(state.late, event.cell, event.told)) addReported(state.scales, spaces, event)
        return []
      case 'late-change':
        addLate(state.late, spaces, event)
        return []
      case 'targets': {
        const seen = event.targets.flatMap((target) => sighting(target, event.ts) ?? [])
        const arrived = seeTargets(state.presence, store, seen, event.ts)
        followStays(state.stays, Object.values(state.presence.people), event.ts)
        const { people } = state.presence
        return [...arrived, ...followStoops(state.stoops, people, spaces, stirring(state, layout), event.ts)]
      }
      case 'product': {
        const { ts, from, to, cells, likelihoods, rest } = event
        return [{ kind: 'product-seen', ts, from, to, cells, likelihoods, rest }]
      }
      case 'boot': {
        const known = state.boots[event.device]
        state.boots[event.device] = event.boot
        if (known !== undefined && known !== event.boot) restartCells(state.scales, cellsOf.get(event.device) ?? [])
        return []
      }
      case 'scan': {
        const account = known.byCode.get(event.code)
        const zone = zoneOf.get(event.device)
        if (account !== undefined && zone !== undefined)
          admit(state.presence, event.ts + offsetOf(state.offsets), account.id, account.staff ?? false, zone)
        return []
      }
      case 'passage':
        pass(state.presence, event.ts + offsetOf(state.offsets), zoneOf.get(event.device) ?? '', event.direction)
        return []
      case 'advs': {
        const position = receivers.get(event.device)
        if (position !== undefined)
          hear(
            state.presence.beacons,
            { id: event.device, position },
            known.beacons,
            event.advs,
            event.ts + offsetOf(state.offsets),
          )
        return []
      }
    }
  }

  return {
    state,
    setAccounts: (accounts) => {
      known = knownAccounts(accounts)
    },
    accept: (event) => {
      const settled = advance(event.ts - 1)
      state.lastEventAt = Math.max(state.lastEventAt, event.ts)
      return [...settled, ...take(event)]
    },
    advance,
    finish: () => [...settleAll(state, layout), ...everybodyLeaves(state.presence)],
    evidence: (change) => layout.evidence.get(change) ?? { weights: [], people: [] },
  }
}

/** What of the store file sensing asks again and again. */
interface Layout {
  readonly store: Store
  readonly spaces: ReadonlyMap<string, CellSpace>
  readonly shelves: Shelves
  /** The device of each shelf. */
  readonly deviceOf: ReadonlyMap<string, string>
  /** Noted with each change: who made it may leave in the same tick. */
  readonly evidence: WeakMap<ShelfChange, ChangeEvidence>
}

interface KnownAccounts {
  readonly byId: ReadonlyMap<string, Account>
  readonly byCode: ReadonlyMap<string, Account>
  readonly beacons: BeaconOwners
}

function knownAccounts(accounts: readonly Account[]): KnownAccounts {
  return {
    byId: new Map(accounts.map((account) => [account.id, account])),
    byCode: new Map(accounts.flatMap((account) => account.codes.map((code) => [code, account]))),
    beacons: beaconOwners(accounts),
  }
}

function tickAt(state: SensingState, layout: Layout, { byId }: KnownAccounts, now: number): Observation[] {
  standReported(state.scales, layout.spaces, now - reportSpreadMs)
  const taken = takeSteps(state.scales, layout.shelves, now)
  const steps = [...state.unseen, ...taken.steps]
  const rivals = [...state.undecided, ...taken.rivals]
  const isSeen = (step: ShelfStep) => {
    const latest = step.cells.some(isHidden) ? step.to : step.ts
    const at = latest + offsetFor(state, layout, step)
    const spoke = state.presence.lastFrameAt > at || now - latest > longestSilenceMs
    return spoke && Math.max(at, latest) + after < now
  }
  const isDecidable = ({ plain, closer }: Rivals) => [...plain, ...closer].every(isSeen)
  state.unseen = steps.filter((step) => !isSeen(step))
  state.undecided = rivals.filter((one) => !isDecidable(one))
  const decided = rivals.filter(isDecidable).flatMap((one) => decide(state, layout, one))
  const settled = [...steps.filter(isSeen), ...decided]
  const changes = changesOf(state, layout, settled)
  learn(state, layout, now)
  const waiting = [...state.unseen, ...state.undecided]
  const openSince = [unsettledSince(state.scales, now), ...waiting.map(({ from }) => from)]
  const earliest = openSince.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
  const { presence } = state
  return [
    ...changes,
    ...saidLate(state, layout, settled, now),
    ...followPhones(presence, layout.store, byId, now),
    ...settlePresence(presence, layout.store, now, earliest),
  ]
}

/** The clock was set back: nothing that shelves felt before can be compared with what comes, so that what is known of it is said now. */
function beginAt(state: SensingState, layout: Layout, now: number): Observation[] {
  const settled = settleAll(state, layout)
  const presence = presenceAsOf(state.presence, now - state.lastTick)
  Object.assign(state, { ...newSensingState(), presence, late: state.late })
  return settled
}

/** What shelves have felt and said so far, settled or not. */
function settleAll(state: SensingState, layout: Layout): Observation[] {
  const { spaces, shelves } = layout
  standReported(state.scales, spaces, state.lastTick + settleMs)
  flushScales(state.scales, spaces)
  const { steps, rivals } = takeSteps(state.scales, shelves, Number.MAX_SAFE_INTEGER)
  const decided = [...state.undecided, ...rivals].flatMap((one) => decide(state, layout, one))
  const all = [...state.unseen, ...steps, ...decided]
  return [...changesOf(state, layout, all), ...saidLate(state, layout, all, Number.POSITIVE_INFINITY)]
}

/** It may have happened at any time while a hand rested there. */
function isHidden({ instants }: CellChange): boolean {
  return instants !== undefined
}

/** What one pair of hands does to a plate while it is unsettled comes to what settles: two pairs need a closer look. */
function decide(state: SensingState, layout: Layout, { plain, closer }: Rivals): readonly ShelfStep[] {
  const people = Object.values(state.presence.people)
  const isBusy = (step: ShelfStep) => {
    const reach = reachOf(people, layout.spaces, step.cells, offsetFor(state, layout, step))
    return step.cells.some(({ cell, heldMs }) => heldMs !== undefined && handsAt(cell, step, reach) > 1)
  }
  return closer.some(isBusy) ? closer : plain
}

/** How many people had a hand at a plate whenever it changed. */
function handsAt(plate: string, { cells }: ShelfStep, reach: readonly Reach[]): number {
  const there = ({ logOdds }: Reach) =>
    cells.some(({ cell }, i) => cell === plate && (logOdds[i] ?? 0) > atPlateLogOdds)
  return reach.filter(there).length
}

function changesOf(state: SensingState, layout: Layout, all: readonly ShelfStep[]): ShelfChange[] {
  const steps = all.filter((step) => !isUnread(step))
  state.lessons.push(...steps)
  const people = Object.values(state.presence.people)
  return steps.map(({ cells, ...step }) => {
    const offsetMs = offsetFor(state, layout, step)
    const change: ShelfChange = {
      kind: 'shelf-change',
      ...step,
      cells: cells.map(toDelta),
      reach: reachOf(people, layout.spaces, cells, offsetMs),
    }
    layout.evidence.set(change, evidenceOf(change, traceIn(state.scales), state.presence.people, offsetMs))
    return change
  })
}

/** What was said too late, and among `steps` what nobody was heard of until now. */
function saidLate(state: SensingState, layout: Layout, steps: readonly ShelfStep[], now: number): Observation[] {
  const { spaces, shelves } = layout
  const offsetOf = (shelf: string) => offsetFor(state, layout, { shelf })
  const scene = { spaces, shelves, stays: state.stays, offsetOf }
  const at = Math.min(now, state.lastTick)
  return [...steps.filter(isUnread).map((step) => unreadFor(step, scene, at)), ...takeLate(state.late, scene, now)]
}

/** Whether something moves on a plate, or has since a time of the tracker's clock and was not told yet. */
function stirring(state: SensingState, layout: Layout): (cell: string, since: number) => boolean {
  return (cell, since) => {
    const shelf = layout.spaces.get(cell)?.shelf ?? ''
    const from = since - offsetFor(state, layout, { shelf })
    const untold = state.unseen.flatMap(({ cells }) => cells)
    return (
      isStirred(state.scales, cell, from, state.lastEventAt) ||
      untold.some((change) => change.cell === cell && change.to >= from)
    )
  }
}

function toDelta({ cell, at, deltaGrams, sdGrams, heldMs, stepGrams, besideGrams }: CellChange): CellDelta {
  const delta = { cell, ts: at, deltaGrams, sdGrams, ...(besideGrams === undefined ? {} : { besideGrams }) }
  const closer = { ...delta, ...(stepGrams === undefined ? {} : { stepGrams }) }
  return heldMs === undefined ? closer : { ...closer, heldMs }
}

function traceIn({ cells, reported }: ScalesState): (cell: string) => Trace | null {
  return (cell) => (cells[cell] ?? reported[cell]?.state)?.trace ?? null
}

function offsetFor(state: SensingState, { deviceOf }: Layout, { shelf }: { shelf: string }): number {
  return offsetOf(state.offsets, deviceOf.get(shelf) ?? '')
}

/** Learns how far the clocks are apart from changes that are old enough to know who was where before and after. */
function learn(state: SensingState, { spaces, deviceOf }: Layout, now: number): void {
  const due = state.lessons.filter(({ ts }) => ts + offsetsKnownAfterMs < now)
  if (due.length === 0) return
  state.lessons = state.lessons.filter((step) => !due.includes(step))
  for (const { shelf, cells } of due) {
    const main = cells.reduce((a, b) => (Math.abs(b.deltaGrams) > Math.abs(a.deltaGrams) ? b : a))
    const space = spaces.get(main.cell)
    if (space === undefined || isHidden(main)) continue
    const people = nearest(Object.values(state.presence.people), space)
    learnOffset(state.offsets, deviceOf.get(shelf) ?? '', people, space, main)
  }
}

/** Those who are nearest to a plate now. */
function nearest(people: readonly Person[], space: CellSpace): Person[] {
  const far = new Map(people.map((person) => [person, floorDistance(space, person.x, person.y)]))
  return [...people].sort((a, b) => (far.get(a) ?? 0) - (far.get(b) ?? 0)).slice(0, mostAsked)
}

function shelfDevices(store: Store): Map<string, string> {
  return new Map(store.fixtures.flatMap(({ shelves }) => shelves.map(({ id, device }) => [id, device])))
}

function cellsByDevice(store: Store): Map<string, string[]> {
  const cells = new Map<string, string[]>()
  for (const fixture of store.fixtures)
    for (const shelf of fixture.shelves)
      cells.set(shelf.device, [...(cells.get(shelf.device) ?? []), ...shelf.cells.map(({ id }) => id)])
  return cells
}
