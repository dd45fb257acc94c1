/** What the cart engine keeps between observations, and what it brings forth. */
import type { ShelfEvent } from '../../models/contracts/bills.ts'
import type { ProductSeen } from '../observations.ts'
import { type Belief, emptyBelief } from './belief.ts'
import { type Counts, countsIn } from './counts.ts'
import { cartOf } from './hypothesis.ts'
import type { NotedCase, PastVisit } from './late.ts'
import { type Learned, nothingLearned } from './learned.ts'
import type { OpenChange } from './pictures.ts'
import type { Receipt } from './receipt.ts'
import type { Findings, OpenCase } from './review.ts'

/** One person's visit. */
export interface Session {
  readonly shopper: string
  /** The tracker's ids for them, first seen first. */
  readonly targets: readonly string[]
  readonly account: string | null
  readonly staff: boolean
  readonly enteredAt: number
}

export interface EngineState {
  readonly sessions: Readonly<Record<string, Session>>
  /** People of one account who have left while others of it are still inside: billed together. */
  readonly trips: Readonly<Record<string, readonly Session[]>>
  readonly belief: Belief
  /** Changes that are not settled yet, by id. */
  readonly open: Readonly<Record<string, OpenChange>>
  /** What cameras saw of late: a picture may be there before the scale has settled. */
  readonly pictures: readonly ProductSeen[]
  readonly changes: number
  readonly learned: Learned
  /** Bills in review that nobody has decided yet, oldest first. */
  readonly cases: readonly OpenCase[]
  /** What shelves said too late and nobody has closed yet: one case a shelf, the one with the oldest news first. */
  readonly late: readonly NotedCase[]
  /** Visits that are over, oldest first. */
  readonly past: readonly PastVisit[]
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
  readonly currency: string
  readonly receipt: Receipt
  /** What a person needs to decide; null unless the bill goes to review. */
  readonly findings: (Findings & { readonly late: readonly string[] }) | null
  /** When a person settled what was in review; null: nobody had to, or has yet. */
  readonly checkedAt: number | null
}

export type Effect =
  | TripBill
  | { readonly kind: 'event'; readonly event: ShelfEvent }
  /** A case of what was said too late, new or with news. */
  | { readonly kind: 'late'; readonly noted: NotedCase }

export interface Stepped {
  readonly state: EngineState
  readonly effects: readonly Effect[]
}

export const initialState: EngineState = {
  sessions: {},
  trips: {},
  belief: emptyBelief,
  open: {},
  pictures: [],
  changes: 0,
  learned: nothingLearned,
  cases: [],
  late: [],
  past: [],
}

/** What a shopper, or everybody of their account together, probably holds now. */
export function heldBy(state: EngineState, session: Session): readonly Counts[] {
  return countsIn(state.belief, cartOf(holderOf(session)))
}

/** Companions of one account share a cart: one of them may put back what the other took. */
export function holderOf({ account, shopper }: Session): string {
  return account === null ? shopper : `@${account}`
}

/** Null: nobody who was seen. */
export function nameOf(state: EngineState, holder: string | null): string | null {
  if (holder === null) return null
  return holder.startsWith('@') ? holder.slice(1) : (state.sessions[holder]?.targets[0] ?? holder)
}

/** How people call whoever was seen as this shopper: the account, or the first target id. */
export function calledNow(state: EngineState, shopper: string): string {
  const session = state.sessions[shopper]
  return nameOf(state, session === undefined ? shopper : holderOf(session)) ?? shopper
}
