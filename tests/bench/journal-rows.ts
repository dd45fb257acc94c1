/** What a store writes when somebody leaves with a few things, for measuring its journal. */

import type { TripBill } from '../../edge/engine/engine.ts'
import { store } from '../../edge/fixture.ts'
import type { Observation } from '../../edge/observations.ts'
import type { Commit } from '../../edge/runtime/journal-store.ts'
import { toBill, toPurchase } from '../../edge/runtime/paper.ts'
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

/** The n-th trip's commit: the bill, and the observation and the shelf event that came with it. */
export function billCommit(n: number): Commit {
  const ts = start + 10_000 * n
  const shopper = `target-${n}`
  const trip: TripBill = {
    kind: 'bill',
    tripId: `${store.id}-${ts}-${shopper}`,
    shopper,
    aliases: [],
    account: `account-${n % 1000}`,
    startedAt: ts - 300_000,
    endedAt: ts,
    receipt: { status: 'final', lines, taxes: taxGroups(lines), totalMinor: totalMinor(lines), confidence: 0.95 },
    findings: null,
    checkedAt: null,
  }
  const left: Observation = { kind: 'left', ts, shopper }
  return {
    observations: [JSON.stringify(left)],
    events: [JSON.stringify({ kind: 'take', ts, shopper, sku: 'sku-1', quantity: 1, cells: ['c1'] })],
    bills: [
      {
        tripId: trip.tripId,
        part: 'bill',
        bill: JSON.stringify(toBill(trip, store.currency)),
        purchase: JSON.stringify(toPurchase(trip, store)),
      },
    ],
    reviews: { evidence: [], cases: [], decisions: [], open: [] },
    late: { cases: [], decisions: [] },
    snapshot: null,
  }
}
