/** What the process around the edge sees of it. */

import type { ShelfEvent } from '../../models/contracts/bills.ts'
import type { Purchase, ShopperView } from '../../models/contracts/http.ts'
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
  /** The outbox's undelivered entries, oldest first. */
  pending(limit: number): Promise<readonly OutboxEntry[]>
  /** Durable: after it resolves the entry is never offered again. */
  acknowledge(tripId: string, deliveredAt: number): Promise<void>
  recentBills(limit: number): Promise<readonly OutboxEntry[]>
  view(): EdgeView
  /** Called after a commit that changed carts, bills or shoppers. */
  onChange(listener: () => void): void
  /** Flushes and closes; everything accepted so far is durable afterwards. */
  stop(): Promise<void>
}
