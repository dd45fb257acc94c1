/**
 * The cart engine: `step(state, observation)` gives the next state and what follows from it. Pure: no clock, no
 * randomness, no I/O; the state is plain data, and folding the same observations gives the same state, byte for byte.
 */
import type { ShelfEvent } from '../../models/contracts/bills.ts'
import type { Observation, ShelfChange } from '../observations.ts'
import { type Belief, contentsOf, emptyBelief, forget, type Settled, settleAll, update } from './belief.ts'
import type { Catalogue } from './catalogue.ts'
import { actorsOf, explain } from './explain.ts'
import { cartOf } from './hypothesis.ts'
import { type Holding, holding, type Receipt, type ReceiptPolicy, together, toReceipt } from './receipt.ts'

/** One person's visit. */
export interface Session {
  readonly shopper: string
  /** The tracker's ids for them, first seen first. */
  readonly targets: readonly string[]
  readonly account: string | null
  readonly staff: boolean
  readonly enteredAt: number
}

/** People of one account who have left while others of it are still inside: billed together. */
interface OpenTrip {
  readonly sessions: readonly Session[]
  readonly held: Holding
}

export interface EngineState {
  readonly sessions: Readonly<Record<string, Session>>
  readonly trips: Readonly<Record<string, OpenTrip>>
  readonly belief: Belief
  /** Changes that are not settled yet, by id. */
  readonly open: Readonly<Record<string, { readonly ts: number }>>
  readonly changes: number
}

/** A finished trip. Staff have none. */
export interface TripBill {
  readonly kind: 'bill'
  /** The same for ever for the same trip, whatever is restarted. */
  readonly tripId: string
  /** The account, or the target id that the shopper was first seen as. */
  readonly shopper: string
  readonly aliases: readonly string[]
  readonly account: string | null
  readonly startedAt: number
  readonly endedAt: number
  readonly receipt: Receipt
}

export type Effect = TripBill | { readonly kind: 'event'; readonly event: ShelfEvent }

export interface Stepped {
  readonly state: EngineState
  readonly effects: readonly Effect[]
}

/** Shoppers whose odds are e^-6 of the best one's are not worth joining their doubts to this one's. */
const hopelessLogOdds = 6

export const initialState: EngineState = { sessions: {}, trips: {}, belief: emptyBelief, open: {}, changes: 0 }

export function step(
  catalogue: Catalogue,
  policy: ReceiptPolicy,
  state: EngineState,
  observation: Observation,
): Stepped {
  switch (observation.kind) {
    case 'entered': {
      const { shopper, target, ts, staff } = observation
      const session = { shopper, targets: [target], account: null, staff, enteredAt: ts }
      return { state: withSession(state, session), effects: [] }
    }
    case 'rejoined': {
      const session = state.sessions[observation.shopper]
      if (session === undefined || session.targets.includes(observation.target)) return { state, effects: [] }
      const targets = [...session.targets, observation.target]
      return { state: withSession(state, { ...session, targets }), effects: [] }
    }
    case 'identified': {
      const session = state.sessions[observation.shopper]
      if (session === undefined) return { state, effects: [] }
      const { account, staff } = observation
      return { state: withSession(state, { ...session, account, staff }), effects: [] }
    }
    case 'shelf-change':
      return shelfChanged(catalogue, state, observation)
    case 'left':
      return left(catalogue, policy, state, observation.shopper, observation.ts)
  }
}

/** At the end of a recording: what is still open, by what is most likely. */
export function finalEvents(state: EngineState): Effect[] {
  return eventsOf(state, settleAll(state.belief))
}

/** What a shopper probably holds now. */
export function heldBy(state: EngineState, shopper: string): Holding {
  return holding(contentsOf(state.belief, cartOf(shopper)))
}

function withSession(state: EngineState, session: Session): EngineState {
  return { ...state, sessions: { ...state.sessions, [session.shopper]: session } }
}

function shelfChanged(catalogue: Catalogue, state: EngineState, change: ShelfChange): Stepped {
  const id = String(state.changes).padStart(9, '0')
  const best = Math.max(...change.reach.map(({ logOdds }) => logOdds))
  const reach = change.reach.filter(
    ({ shopper, logOdds }) => state.sessions[shopper] !== undefined && logOdds > best - hopelessLogOdds,
  )
  const actors = actorsOf(reach, (shopper) => state.sessions[shopper]?.staff ?? false)
  const concerned = [...reach.map(({ shopper }) => cartOf(shopper)), ...change.cells.map(({ cell }) => `c:${cell}`)]
  const { belief, settled } = update(state.belief, id, concerned, (contents) =>
    explain(catalogue, change.cells, actors, contents),
  )
  const open = { ...state.open, [id]: { ts: change.ts } }
  return closing({ ...state, belief, open, changes: state.changes + 1 }, settled)
}

/** Turns settled changes into events and forgets them. */
function closing(state: EngineState, settled: readonly Settled[]): Stepped {
  const effects = eventsOf(state, settled)
  const done = new Set(settled.map(({ change }) => change))
  const open = Object.fromEntries(Object.entries(state.open).filter(([id]) => !done.has(id)))
  return { state: { ...state, open }, effects }
}

function eventsOf(state: EngineState, settled: readonly Settled[]): Effect[] {
  return settled.flatMap(({ change, acts, probability }) =>
    acts.flatMap(({ kind, sku, quantity, cells, shopper }): Effect[] => {
      if (sku === null) return []
      const ts = Math.round(state.open[change]?.ts ?? 0)
      const confidence = Math.round(probability * 1e4) / 1e4
      return [
        {
          kind: 'event',
          event: { ts, kind, sku, quantity, cells: [...cells], shopper: nameOf(state, shopper), confidence },
        },
      ]
    }),
  )
}

function nameOf(state: EngineState, shopper: string | null): string | null {
  if (shopper === null) return null
  const session = state.sessions[shopper]
  return session?.account ?? session?.targets[0] ?? shopper
}

function left(catalogue: Catalogue, policy: ReceiptPolicy, state: EngineState, shopper: string, ts: number): Stepped {
  const session = state.sessions[shopper]
  if (session === undefined) return { state, effects: [] }
  const held = heldBy(state, shopper)
  const isOpen = (other: string) => other !== shopper && state.sessions[other] !== undefined
  const { belief, settled } = forget(state.belief, cartOf(shopper), isOpen)
  const closed = closing({ ...state, belief }, settled)
  const { [shopper]: _, ...sessions } = state.sessions
  const billed = bill(catalogue, policy, { ...closed.state, sessions }, session, held, ts)
  return { state: billed.state, effects: [...closed.effects, ...billed.effects] }
}

function bill(
  catalogue: Catalogue,
  policy: ReceiptPolicy,
  state: EngineState,
  session: Session,
  held: Holding,
  endedAt: number,
): Stepped {
  const { account } = session
  if (session.staff) return { state, effects: [] }
  if (account === null) return { state, effects: [toBill(catalogue, policy, [session], held, endedAt)] }
  const before = state.trips[account]
  const trip = { sessions: [...(before?.sessions ?? []), session], held: together(before?.held ?? {}, held) }
  const companions = Object.values(state.sessions).some((other) => other.account === account)
  if (companions) return { state: { ...state, trips: { ...state.trips, [account]: trip } }, effects: [] }
  const { [account]: _, ...trips } = state.trips
  return { state: { ...state, trips }, effects: [toBill(catalogue, policy, trip.sessions, trip.held, endedAt)] }
}

function toBill(
  catalogue: Catalogue,
  policy: ReceiptPolicy,
  sessions: readonly Session[],
  held: Holding,
  endedAt: number,
): TripBill {
  const inOrder = [...sessions].sort((a, b) => a.enteredAt - b.enteredAt)
  const first = inOrder[0]
  const account = first?.account ?? null
  const targets = [...new Set(inOrder.flatMap((session) => session.targets))]
  const shopper = account ?? targets[0] ?? ''
  const startedAt = first?.enteredAt ?? endedAt
  return {
    kind: 'bill',
    tripId: `${catalogue.storeId}.${Math.round(startedAt)}.${first?.shopper ?? ''}`,
    shopper,
    aliases: targets.filter((target) => target !== shopper),
    account,
    startedAt: Math.round(startedAt),
    endedAt: Math.round(endedAt),
    receipt: toReceipt(catalogue, held, policy),
  }
}
