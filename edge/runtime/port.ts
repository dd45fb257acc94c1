/** What the process around the edge sees of it. */

import type { Bill, ShelfEvent } from '../../models/contracts/bills.ts'
import type { Purchase, ShopperView } from '../../models/contracts/http.ts'
import type { Account } from '../../models/contracts/recording.ts'
import type { SensorEvent } from '../events.ts'

/** A bill in the outbox: written in the journal's own transaction, delivered later, removed only when acknowledged. */
export interface OutboxEntry {
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

export interface StoreRuntime {
  start(): Promise<void>
  /** Events must come in order of `ts`; the ingest's reorder buffer sees to that. */
  accept(event: SensorEvent): void
  /** Says that every event up to `time` was given: what was open before it can settle. */
  advance(time: number): void
  /** Replaces the accounts that scans and beacons are matched with. Call it before the first event and at each change. */
  setAccounts(accounts: readonly Account[]): void
  /** The outbox's undelivered entries, oldest first. */
  pending(limit: number): Promise<readonly OutboxEntry[]>
  /** Durable: after it resolves the entry is never offered again. */
  acknowledge(tripId: string, deliveredAt: number): Promise<void>
  recentBills(limit: number): Promise<readonly OutboxEntry[]>
  /** Every bill and shelf event since the store's data began: the bills file without its stats. */
  history(): Promise<{ readonly bills: readonly Bill[]; readonly events: readonly ShelfEvent[] }>
  view(): EdgeView
  /** Why the journal cannot be written now, in words; null when all is well. While it is set nothing new may begin. */
  problem(): string | null
  /** Called after a commit that changed carts, bills or shoppers. */
  onChange(listener: () => void): void
  /** Flushes and closes; everything accepted so far is durable afterwards. */
  stop(): Promise<void>
}
