/** Refunds that were sent and come back: a bank can do that weeks later, when the shopper's card is closed. */
import { dueSql, dueValues } from '../due-times.ts'
import { book } from '../ledger/ledger.ts'
import type { SqlSession } from '../sql.ts'
import { longestLookMs, nextLookAt } from './schedule.ts'

const isDue = dueSql('sent_payout.ask_at', longestLookMs)
/** Puts one off that is still due: until then, its attempt, `dueValues()`. */
export const putOffLook = `UPDATE sent_payout SET ask_at = ? WHERE attempt_id = ? AND ${isDue}`

/** A refund that was sent, of which the provider is asked whether it has come back. */
export interface SentPayout {
  readonly attemptId: string
  readonly purchaseId: string
  readonly refundId: string
  readonly amountMinor: number
  /** Of the refund, in the provider's words. */
  readonly reference: string
  /** Milliseconds since the epoch. */
  readonly sentAt: number
}

export async function lookAgainAt(session: SqlSession, attemptId: string, at: number): Promise<void> {
  await session.run(
    'INSERT INTO sent_payout (attempt_id, ask_at) VALUES (?, ?) ON CONFLICT (attempt_id) DO UPDATE SET ask_at = excluded.ask_at',
    [attemptId, at],
  )
}

/** The provider has told something of an order: where that is a refund that was sent, it is looked at now, however old. */
export async function lookNow(session: SqlSession, attemptId: string, at: number): Promise<void> {
  const [sent] = await session.query(
    `SELECT attempt_id FROM attempt_answer WHERE attempt_id = ? AND outcome = 'refunded'
     AND attempt_id NOT IN (SELECT attempt_id FROM payout_return)`,
    [attemptId],
  )
  if (sent !== undefined) await lookAgainAt(session, attemptId, at)
}

/** Those of a provider that should be looked at, longest due first. */
export function dueLooks(session: SqlSession, provider: string, now: number, limit: number): Promise<SentPayout[]> {
  return session.query<SentPayout & Record<string, string | number>>(
    `SELECT attempt.id AS attemptId, attempt.purchase_id AS purchaseId, attempt.refund_id AS refundId,
       attempt.amount_minor AS amountMinor, attempt_answer.reference AS reference, attempt_answer.at AS sentAt
     FROM sent_payout JOIN attempt ON attempt.id = sent_payout.attempt_id
       JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
     WHERE ${isDue} AND attempt.provider = ? ORDER BY sent_payout.ask_at LIMIT ?`,
    [...dueValues(now), provider, limit],
  )
}

/** It is still there, or owed to the shopper again: a person sends it once more, or pays it otherwise. */
export async function lookedAt(session: SqlSession, sent: SentPayout, isReturned: boolean, at: number): Promise<void> {
  const { attemptId, purchaseId, refundId, amountMinor } = sent
  const nextAt = isReturned ? null : nextLookAt(sent.sentAt, at)
  if (nextAt !== null) return lookAgainAt(session, attemptId, nextAt)
  await session.run('DELETE FROM sent_payout WHERE attempt_id = ?', [attemptId])
  if (!isReturned) return
  const added = await session.run(
    'INSERT INTO payout_return (attempt_id, at) VALUES (?, ?) ON CONFLICT (attempt_id) DO NOTHING',
    [attemptId, at],
  )
  if (added === 0) return
  await book(session, { purchaseId, key: `returned/${attemptId}`, at, step: { kind: 'refund-returned', amountMinor } })
  await session.run(
    `INSERT INTO open_payout (refund_id, failures, failed_since, next_at)
     VALUES (?, (SELECT COUNT(*) FROM attempt WHERE refund_id = ?), ?, NULL)`,
    [refundId, refundId, at],
  )
}
