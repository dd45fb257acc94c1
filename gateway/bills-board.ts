/** The latest bills and how many wait, read again only when the runtime says that something changed. */
import type { OutboxEntry, StoreRuntime } from '../edge/runtime/port.ts'
import { shownBills } from './http/live-view.ts'

export interface BillsBoard {
  /** Oldest first. */
  readonly bills: readonly OutboxEntry[]
  /** Up to 1,000: with a dead cloud it is as bad as more. */
  readonly waitingBills: number
}

const countedBills = 1_000

/** Pages ask five times a second, bills change some times a minute. */
export function createBillsBoard(runtime: StoreRuntime): () => Promise<BillsBoard> {
  let board: Promise<BillsBoard> | null = null
  runtime.onChange(() => {
    board = null
  })

  async function read(): Promise<BillsBoard> {
    const [bills, waiting] = await Promise.all([runtime.recentBills(shownBills), runtime.pending(countedBills)])
    return { bills, waitingBills: waiting.length }
  }

  return () => {
    board ??= read().catch((error: unknown) => {
      board = null
      throw error
    })
    return board
  }
}
