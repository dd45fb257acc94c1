/** The part of a store's runtime that delivery needs. */
import type { Purchase } from '../models/contracts/http.ts'

export interface OutboxBill {
  readonly tripId: string
  readonly purchase: Purchase
}

export interface OutboxSource {
  /** Undelivered bills, oldest first. */
  pending(limit: number): Promise<readonly OutboxBill[]>
  /** Durable: afterwards the bill is not offered again. `deliveredAt` in milliseconds since the epoch. */
  acknowledge(tripId: string, deliveredAt: number): Promise<void>
}
