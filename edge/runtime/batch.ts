/** What happened since the last commit, and the one commit that makes all of it durable. */
import type { ShelfEvent } from '../../models/contracts/bills.ts'
import type { LateDecision } from '../../models/contracts/late.ts'
import type { Decision } from '../../models/contracts/reviews.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { DoubtEvidence, Outcome } from '../core.ts'
import type { TripBill } from '../engine/engine.ts'
import type { NotedCase } from '../engine/late.ts'
import type { Decided, LateSettled, Observation } from '../observations.ts'
import type { Commit } from './journal-store.ts'
import { toBill, toPurchase } from './paper.ts'
import type { Snapshot } from './snapshot.ts'

export interface Batch {
  readonly observations: Observation[]
  readonly events: ShelfEvent[]
  readonly bills: TripBill[]
  readonly evidence: DoubtEvidence[]
  readonly late: NotedCase[]
}

export function emptyBatch(): Batch {
  return { observations: [], events: [], bills: [], evidence: [], late: [] }
}

export function isEmpty({ observations, events, bills }: Batch): boolean {
  return observations.length + events.length + bills.length === 0
}

export function addTo(batch: Batch, { observations, effects, evidence }: Outcome): void {
  for (const observation of observations) batch.observations.push(observation)
  for (const one of evidence) batch.evidence.push(one)
  for (const effect of effects) {
    if (effect.kind === 'bill') batch.bills.push(effect)
    else if (effect.kind === 'late') batch.late.push(effect.noted)
    else batch.events.push(effect.event)
  }
}

/** `open`: the changes that are not settled where the snapshot was taken. */
export function toCommit(batch: Batch, snapshot: Snapshot | null, open: readonly string[], store: Store): Commit {
  const { observations, events, bills, evidence, late } = batch
  return {
    observations: observations.map((observation) => JSON.stringify(observation)),
    events: events.map((event) => JSON.stringify(event)),
    bills: bills.map((bill) => ({
      tripId: bill.tripId,
      part: bill.checkedAt === null ? 'bill' : 'decision',
      bill: JSON.stringify(toBill(bill)),
      purchase: JSON.stringify(toPurchase(bill, store)),
    })),
    reviews: {
      evidence: evidence.map((one) => ({ change: one.change, body: JSON.stringify(one.evidence) })),
      cases: bills.flatMap((bill) => (bill.findings === null ? [] : [toCase(bill, bill.findings)])),
      decisions: observations.flatMap((one) => (one.kind === 'decided' ? [toDecision(one)] : [])),
      open,
    },
    late: {
      cases: late.map((noted) => ({ id: noted.id, body: JSON.stringify(noted) })),
      decisions: observations.flatMap((one) => (one.kind === 'late-settled' ? [toLateDecision(one)] : [])),
    },
    snapshot,
  }
}

function toCase(bill: TripBill, { doubts }: NonNullable<TripBill['findings']>) {
  return { tripId: bill.tripId, body: JSON.stringify(bill), changes: doubts.map(({ change }) => change) }
}

function toDecision({ tripId, lines, reviewer, ts }: Decided) {
  const decision: Decision = { lines: [...lines], reviewer, ts: Math.round(ts) }
  return { tripId, body: JSON.stringify(decision) }
}

function toLateDecision({ lateCase, outcome, tripId, reviewer, ts }: LateSettled) {
  const decision: LateDecision = { outcome, tripId, reviewer, ts: Math.round(ts) }
  return { id: lateCase, body: JSON.stringify(decision) }
}
