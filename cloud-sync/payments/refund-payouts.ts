/** Sending back what a shopper had paid: written down before the provider is asked, tried again when it declines. */
import { dueSql, dueValues } from '../due-times.ts'
import { LedgerError } from '../ledger/invariants.ts'
import { book } from '../ledger/ledger.ts'
import type { SqlSession } from '../sql.ts'
import { attemptId } from './attempt-id.ts'
import { type AskDeps, type Attempt, capturedBy, openAttempt } from './attempts.ts'
import type { Answer } from './provider.ts'
import { lookAgainAt } from './returned-payouts.ts'
import { brokenPauseMs, longestRetryMs, nextLookAt, nextTryAt, overdueSince } from './schedule.ts'

const isDue = dueSql('next_at', `CASE WHEN failed_since IS NULL THEN ${brokenPauseMs} ELSE ${longestRetryMs} END`)
/** Puts one off that is still due: until then, its refund, `dueValues()`. */
export const putOffPayout = `UPDATE open_payout SET next_at = ? WHERE refund_id = ? AND ${isDue}`

/** A refund of a paid bill waits to be sent from now on. */
export async function openPayout(session: SqlSession, refundId: string, at: number): Promise<void> {
  await session.run('INSERT INTO open_payout (refund_id, failures, failed_since, next_at) VALUES (?, 0, NULL, ?)', [
    refundId,
    at,
  ])
}

/** Refunds that should be sent at `now`, longest due first. */
export async function duePayouts(session: SqlSession, now: number, limit: number): Promise<string[]> {
  const rows = await session.query<{ refund_id: string }>(
    `SELECT refund_id FROM open_payout WHERE ${isDue} ORDER BY next_at LIMIT ?`,
    [...dueValues(now), limit],
  )
  return rows.map(({ refund_id }) => refund_id)
}

/**
 * Writes down that a refund is sent by whoever took the money; the provider is asked afterwards. Where that was another than the
 * one there is, nobody could be: it waits for the store.
 */
export async function startPayout(
  session: SqlSession,
  { provider, at, unsent }: AskDeps,
  refundId: string,
): Promise<void> {
  const taken = await session.run(`UPDATE open_payout SET next_at = NULL WHERE refund_id = ? AND ${isDue}`, [
    refundId,
    ...dueValues(at),
  ])
  // Somebody else was quicker.
  if (taken === 0) return
  const [refund] = await session.query<{ purchase_id: string; amount_minor: number }>(
    'SELECT purchase_id, amount_minor FROM refund WHERE id = ?',
    [refundId],
  )
  const [payout] = await session.query<{ failures: number }>('SELECT failures FROM open_payout WHERE refund_id = ?', [
    refundId,
  ])
  if (refund === undefined) throw new LedgerError(`there is no refund ${refundId}`)
  await requireNoneOpen(session, refundId)
  const captured = await capturedBy(session, refund.purchase_id)
  if (captured === undefined) throw new LedgerError(`refund ${refundId} is of a bill that was never paid`)
  if (captured.provider !== provider.name) return
  // Every attempt before this one has failed or come back.
  const tryNumber = (payout?.failures ?? 0) + 1
  const attempt = {
    id: attemptId('refund', refundId, tryNumber),
    kind: 'refund',
    purchaseId: refund.purchase_id,
    refundId,
    ...captured,
    method: null,
    amountMinor: refund.amount_minor,
    tryNumber,
    shopperPresent: false,
    createdAt: at,
  } as const
  await openAttempt(session, attempt, unsent)
}

/** A second one under another key would send the money twice. */
async function requireNoneOpen(session: SqlSession, refundId: string): Promise<void> {
  const [open] = await session.query<{ id: string }>(
    `SELECT attempt.id AS id FROM attempt LEFT JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
     WHERE attempt.refund_id = ? AND (attempt_answer.outcome IS NULL OR attempt_answer.outcome <> 'declined')
       AND attempt.id NOT IN (SELECT attempt_id FROM payout_return)`,
    [refundId],
  )
  if (open !== undefined) throw new LedgerError(`refund ${refundId} is sent already, by attempt ${open.id}`)
}

/** The money is on its way back, or the provider declined and is asked again another day. */
export async function payoutAnswered(
  session: SqlSession,
  { id, purchaseId, refundId, amountMinor }: Attempt,
  answer: Answer,
  { provider, at }: AskDeps,
): Promise<void> {
  if (answer.kind !== 'declined') {
    await book(session, { purchaseId, key: `answered/${id}`, at, step: { kind: 'refund-sent', amountMinor } })
    await session.run('DELETE FROM open_payout WHERE refund_id = ?', [refundId])
    if (provider.isReturned !== undefined) await lookAgainAt(session, id, nextLookAt(at, at) ?? at)
    return
  }
  const [row] = await session.query<{ failed_since: number | null }>(
    'SELECT failed_since FROM open_payout WHERE refund_id = ?',
    [refundId],
  )
  const failedSince = overdueSince(row?.failed_since ?? null, at)
  await session.run(
    'UPDATE open_payout SET failures = failures + 1, failed_since = ?, next_at = ? WHERE refund_id = ?',
    [failedSince, nextTryAt(failedSince, answer.reason, at), refundId],
  )
}
