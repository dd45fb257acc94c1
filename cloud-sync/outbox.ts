/** The part of a store's runtime that delivery needs. */
import type { Purchase } from '../models/contracts/http.ts'

export interface OutboxBill {
  /** Of the entry, from 1: a trip has a second one when a person decided about its bill. */
  readonly seq: number
  readonly tripId: string
  readonly purchase: Purchase
}

export interface OutboxSource {
  /** Undelivered bills with a greater `seq` than `after`, oldest first. */
  pending(limit: number, after: number): Promise<readonly OutboxBill[]>
  /** Durable: afterwards the bill is not offered again. `deliveredAt` in milliseconds since the epoch. */
  acknowledge(seq: number, deliveredAt: number): Promise<void>
}
