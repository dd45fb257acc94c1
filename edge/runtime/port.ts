/** What the process around the edge sees of it. */

import type { Bill, ShelfEvent } from '../../models/contracts/bills.ts'
import type { Purchase, ShopperView } from '../../models/contracts/http.ts'
import type { LateCase, LateDecision, LateSummary } from '../../models/contracts/late.ts'
import type { Account } from '../../models/contracts/recording.ts'
import type { Decision, ReviewCase, ReviewSummary } from '../../models/contracts/reviews.ts'
import type { SensorEvent } from '../events.ts'
import type { Decided, LateSettled } from '../observations.ts'
import type { Pruned, PruneLimits } from './prune.ts'

/** A bill in the outbox: written in the journal's own transaction, delivered later, removed only when acknowledged. */
export interface OutboxEntry {
  /** Of the entry, for ever. A trip has a second one when a person decided about its bill. */
  readonly seq: number
  readonly tripId: string
  readonly purchase: Purchase
  /** Milliseconds since the epoch, null while undelivered. */
  readonly deliveredAt: number | null
}

export interface EdgeView {
  /** Event time up to which everything is known. */
  readonly time: number
  readonly shoppers: readonly ShopperView[]
  /** The latest 50 shelf events, oldest first. */
  readonly events: readonly ShelfEvent[]
}

/** What came of a decision about a bill in review. */
export type DecisionOutcome =
  /** Durable, with the final bill in the outbox; `duplicate`: it was so before. */
  | { readonly kind: 'decided'; readonly totalMinor: number; readonly duplicate: boolean }
  | { readonly kind: 'no-such-case'; readonly found: string }
  | { readonly kind: 'other-decision'; readonly decision: Decision }
  | { readonly kind: 'wrong-line'; readonly where: string; readonly found: string; readonly wanted: string }
  /** The journal cannot be written. */
  | { readonly kind: 'not-now'; readonly why: string }

/** What came of closing a case of what was said too late. */
export type LateOutcomeAnswer =
  /** Durable; `duplicate`: it was so before. */
  | { readonly kind: 'settled'; readonly duplicate: boolean }
  | { readonly kind: 'no-such-case'; readonly found: string }
  | { readonly kind: 'other-outcome'; readonly decision: LateDecision }
  /** Changes that the person has not seen. */
  | { readonly kind: 'more-came'; readonly found: number; readonly wanted: number }
  | { readonly kind: 'wrong-trip'; readonly found: string; readonly wanted: string }
  /** The journal cannot be written. */
  | { readonly kind: 'not-now'; readonly why: string }

export interface StoreRuntime {
  start(): Promise<void>
  /** Events must come in order of `ts`; the ingest's reorder buffer sees to that. */
  accept(event: SensorEvent): void
  /** Says that every event up to `time` was given: what was open before it can settle. */
  advance(time: number): void
  /** Replaces the accounts that scans and beacons are matched with. Call it before the first event and at each change. */
  setAccounts(accounts: readonly Account[]): void
  /** The outbox's undelivered entries whose `seq` is greater than `after` (0 where left out), oldest first. */
  pending(limit: number, after?: number): Promise<readonly OutboxEntry[]>
  /** Durable: after it resolves the entry is never offered again. */
  acknowledge(seq: number, deliveredAt: number): Promise<void>
  /**
   * Offers once more what was acknowledged from a time to another, milliseconds since the epoch: whoever had it has lost it.
   * Resolves to how many entries there were.
   */
  offerAgain(from: number, to: number): Promise<number>
  recentBills(limit: number): Promise<readonly OutboxEntry[]>
  /** Bills in review that nobody has decided, oldest first, and how many there are in all. */
  openReviews(limit: number): Promise<{ readonly reviews: readonly ReviewSummary[]; readonly count: number }>
  /** What a person needs to decide about one, or what was decided; null: that trip never went to review. */
  review(tripId: string): Promise<ReviewCase | null>
  /** Settles a bill that is in review, once. `now`: milliseconds since the epoch. */
  decide(decision: Pick<Decided, 'tripId' | 'lines' | 'reviewer'>, now: number): Promise<DecisionOutcome>
  /** Cases of what was said too late that nobody has closed, oldest first, and how many there are in all. */
  openLate(limit: number): Promise<{ readonly late: readonly LateSummary[]; readonly count: number }>
  /** One of them, closed or not; null: there is none. */
  lateCase(id: string): Promise<LateCase | null>
  /** Closes one, once; it changes no bill. `count`: of the changes that the person saw. `now`: milliseconds since the epoch. */
  settleLate(
    settled: Omit<LateSettled, 'kind' | 'ts'> & { readonly count: number },
    now: number,
  ): Promise<LateOutcomeAnswer>
  /** Lets go of what is settled and older than the limits, at most `mostPruned` rows of a kind. */
  prune(limits: PruneLimits): Promise<Pruned>
  /** Lets go of what is settled of accounts that are no more; how many rows. */
  forget(accounts: readonly string[]): Promise<number>
  /** Every bill and shelf event that is still kept: the bills file without its stats. */
  history(): Promise<{ readonly bills: readonly Bill[]; readonly events: readonly ShelfEvent[] }>
  view(): EdgeView
  /** Event time up to which everything that was given is durable; 0 before anything is. */
  durableTime(): number
  /** The former state was damaged and made anew from what was observed: up to when events were given is not known. */
  wasDamaged(): boolean
  /** Why the journal cannot be written now, in words; null when all is well. While it is set nothing new may begin. */
  problem(): string | null
  /** Called after a commit that changed carts, bills or shoppers. */
  onChange(listener: () => void): void
  /** Flushes and closes; everything accepted so far is durable afterwards. */
  stop(): Promise<void>
}
