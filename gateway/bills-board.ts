/** The latest bills, how many wait, which are in review, and what was said too late, read again only when the runtime says that something changed. */
import type { OutboxEntry, StoreRuntime } from '../edge/runtime/port.ts'
import type { LateSummary } from '../models/contracts/late.ts'
import type { ReviewSummary } from '../models/contracts/reviews.ts'
import { shownBills, shownReviews } from './http/live-view.ts'

export interface BillsBoard {
  /** Oldest first. */
  readonly bills: readonly OutboxEntry[]
  /** Up to 1,000: with a dead cloud it is as bad as more. */
  readonly waitingBills: number
  /** Oldest first. */
  readonly reviews: readonly ReviewSummary[]
  readonly openReviews: number
  /** Oldest first. */
  readonly late: readonly LateSummary[]
  readonly openLate: number
}

const countedBills = 1_000

/** Pages ask five times a second, bills change some times a minute. */
export function createBillsBoard(runtime: StoreRuntime): () => Promise<BillsBoard> {
  let board: Promise<BillsBoard> | null = null
  runtime.onChange(() => {
    board = null
  })

  async function read(): Promise<BillsBoard> {
    const [bills, waiting, { reviews, count }, { late, count: openLate }] = await Promise.all([
      runtime.recentBills(shownBills),
      runtime.pending(countedBills),
      runtime.openReviews(shownReviews),
      runtime.openLate(shownReviews),
    ])
    return { bills, waitingBills: waiting.length, reviews, openReviews: count, late, openLate }
  }

  return () => {
    board ??= read().catch((error: unknown) => {
      board = null
      throw error
    })
    return board
  }
}
