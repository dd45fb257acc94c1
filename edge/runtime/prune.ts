/** Lets go of what the journal need not hold any more: settled, delivered, decided, and older than a limit. */
import type { Database } from '../../models/platform/open-database.ts'
import { dayMs, storeRetention } from '../../models/privacy/retention.ts'
import { jsonAt, pruneLate } from './late-tables.ts'

/** What is older than these goes; milliseconds since the epoch. */
export interface PruneLimits {
  readonly observations: number
  readonly events: number
  readonly bills: number
  readonly evidence: number
  readonly reviews: number
  readonly lateCases: number
}

/** How many rows of each kind went. */
export type Pruned = Readonly<Record<keyof PruneLimits, number>>

/** Rows of each kind in one transaction: some ten milliseconds, which commits wait for. */
export const mostPruned = 2_000

/** One bounded part, of what the disk has changed and nobody can read any more, too; call it again while a kind reaches `mostPruned`. Within the journal's transaction. */
export function prune(db: Database, limits: PruneLimits): Pruned {
  return {
    observations: pruneObservations(db, limits.observations),
    events: pruneEvents(db, limits.events),
    bills: pruneBills(db, limits.bills),
    evidence: pruneEvidence(db, limits.evidence),
    reviews: pruneReviews(db, limits.reviews),
    lateCases: pruneLate(db, limits.lateCases, mostPruned),
  }
}

/** From the limit: a day after now. What is from later was made by a clock that was ahead, and is older than it says. */
const aheadMs = (storeRetention.observations.days + 1) * dayMs

/**
 * Only a prefix, so that nothing is folded with a hole in it, and only of what the engine's snapshot holds. The last one of
 * these stays: numbers go on from it, and without any a journal would look like a new one. What a clock made that was ahead goes
 * with what came after it.
 */
function pruneObservations(db: Database, before: number): number {
  const rows = db
    .prepare(
      `SELECT seq, ${jsonAt('body', 'ts')} AS ts FROM observation
       WHERE seq < coalesce((SELECT seq FROM snapshot), 0) ORDER BY seq`,
    )
    .iterate<{ seq: number; ts: number | null }>()
  let [last, seen] = [0, 0]
  for (const { seq, ts } of rows) {
    seen += 1
    if (ts === null || (ts >= before && ts <= before + aheadMs)) break
    if (ts < before) last = seq
    if (last === seq && seen >= mostPruned) break
  }
  return db
    .prepare('DELETE FROM observation WHERE seq IN (SELECT seq FROM observation WHERE seq <= ? ORDER BY seq LIMIT ?)')
    .run(last, mostPruned).changes
}

function pruneEvents(db: Database, before: number): number {
  return db
    .prepare(
      `DELETE FROM shelf_event WHERE seq IN
       (SELECT seq FROM shelf_event WHERE coalesce(${jsonAt('body', 'ts')}, 0) < ? ORDER BY seq LIMIT ?)`,
    )
    .run(before, mostPruned).changes
}

/** Delivered and not in review. The newest stays, since numbers of entries are given once. */
function pruneBills(db: Database, before: number): number {
  return db
    .prepare(
      `DELETE FROM outbox WHERE seq IN
       (SELECT seq FROM outbox WHERE delivered_at < ? AND seq < (SELECT max(seq) FROM outbox)
        AND NOT EXISTS (SELECT 1 FROM review WHERE review.trip_id = outbox.trip_id AND review.decision IS NULL)
        ORDER BY seq LIMIT ?)`,
    )
    .run(before, mostPruned).changes
}

/** The case stays, since money hangs on it: a person decides by its receipts. */
function pruneEvidence(db: Database, before: number): number {
  return db
    .prepare(
      `UPDATE review SET evidence = '{}' WHERE seq IN
       (SELECT seq FROM review WHERE decision IS NULL AND evidence <> '{}' AND coalesce(${jsonAt('body', 'endedAt')}, 0) < ?
        ORDER BY seq LIMIT ?)`,
    )
    .run(before, mostPruned).changes
}

function pruneReviews(db: Database, before: number): number {
  return db
    .prepare(
      `DELETE FROM review WHERE seq IN
       (SELECT seq FROM review WHERE decision IS NOT NULL AND coalesce(${jsonAt('decision', 'ts')}, 0) < ? ORDER BY seq LIMIT ?)`,
    )
    .run(before, mostPruned).changes
}

/** What is settled of accounts that are no more: their delivered bills, decided reviews, and evidence of open ones. */
export function forgetAccounts(db: Database, accounts: readonly string[]): number {
  const ids = JSON.stringify(accounts)
  const among = 'IN (SELECT value FROM json_each(?))'
  const bills = db
    .prepare(
      `DELETE FROM outbox WHERE delivered_at IS NOT NULL AND ${jsonAt('purchase', 'account')} ${among}
       AND seq < (SELECT max(seq) FROM outbox)
       AND NOT EXISTS (SELECT 1 FROM review WHERE review.trip_id = outbox.trip_id AND review.decision IS NULL)`,
    )
    .run(ids).changes
  const evidence = db
    .prepare(
      `UPDATE review SET evidence = '{}'
       WHERE decision IS NULL AND evidence <> '{}' AND ${jsonAt('body', 'account')} ${among}`,
    )
    .run(ids).changes
  const reviews = db
    .prepare(`DELETE FROM review WHERE decision IS NOT NULL AND ${jsonAt('body', 'account')} ${among}`)
    .run(ids).changes
  return bills + evidence + reviews
}
