/** What a store writes when somebody leaves with a few things, for measuring its journal. */

import type { TripBill } from '../../edge/engine/engine.ts'
import { store } from '../../edge/fixture.ts'
import { type Batch, toCommit } from '../../edge/runtime/batch.ts'
import type { Commit } from '../../edge/runtime/journal-store.ts'
import { taxGroups, totalMinor } from '../../models/contracts/money.ts'

const start = Date.UTC(2026, 10, 21, 12)
/** A basket of a convenience store. */
const lines = Array.from({ length: 4 }, (_, i) => ({
  sku: `sku-${i}`,
  name: `A product with a name of some length ${i}`,
  quantity: 1 + (i % 2),
  unitPriceMinor: 199 + i,
  taxRate: 0.1,
  totalMinor: (199 + i) * (1 + (i % 2)),
  confidence: 0.987,
}))

/** Trips `n` to `n + trips - 1` in one commit: their bills, and the observation and the shelf event that came with each. */
export function billCommit(n: number, trips = 1): Commit {
  const numbers = Array.from({ length: trips }, (_, i) => n + i)
  const batch: Batch = {
    observations: numbers.map((n) => ({ kind: 'left', ts: endOf(n), shopper: `target-${n}` })),
    events: numbers.map((n) => ({
      kind: 'pick',
      ts: endOf(n),
      shopper: `target-${n}`,
      sku: 'sku-1',
      quantity: 1,
      cells: ['c1'],
      confidence: 0.987,
    })),
    bills: numbers.map(trip),
    evidence: [],
    late: [],
  }
  return toCommit(batch, null, [], store)
}

function trip(n: number): TripBill {
  const [ts, shopper] = [endOf(n), `target-${n}`]
  return {
    kind: 'bill',
    tripId: `${store.id}-${ts}-${shopper}`,
    shopper,
    aliases: [],
    account: `account-${n % 1000}`,
    startedAt: ts - 300_000,
    endedAt: ts,
    currency: store.currency,
    receipt: { status: 'final', lines, taxes: taxGroups(lines), totalMinor: totalMinor(lines), confidence: 0.95 },
    findings: null,
    checkedAt: null,
  }
}

function endOf(n: number): number {
  return start + 10_000 * n
}
