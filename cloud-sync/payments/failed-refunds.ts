/** Refunds that a person of the store has to do something about: sent again, or paid without the provider. */
import type { FailedRefunds, Refund } from '../../models/contracts/payments.ts'
import { failedRefundMessage, waitsForStore } from '../../models/text/payment-words.ts'
import { ServiceError } from '../errors.ts'
import { book } from '../ledger/ledger.ts'
import type { SqlSession } from '../sql.ts'
import { nameIn } from '../stores/own-key.ts'
import { type Note, paidOtherwiseKey, refundOfTrip, refundsOf, type StoreTrip, unnoted } from './refunds.ts'

/** More than a store has in years; what is older stands first. */
const mostShown = 1000

export async function failedRefunds(session: SqlSession, storeId: string): Promise<FailedRefunds> {
  const bills = await session.query<{ id: string; trip_id: string; currency: string }>(
    `SELECT DISTINCT purchase.id AS id, purchase.trip_id AS trip_id, purchase.currency AS currency FROM open_payout
       JOIN refund ON refund.id = open_payout.refund_id JOIN purchase ON purchase.id = refund.purchase_id
     WHERE purchase.store_id = ? AND open_payout.next_at IS NULL ORDER BY purchase.ended_at, purchase.id LIMIT ?`,
    [storeId, mostShown],
  )
  const found: FailedRefunds['refunds'] = []
  for (const { id, trip_id, currency } of bills)
    for (const refund of (await refundsOf(session, id)).filter(waitsForStore))
      found.push({ tripId: nameIn(storeId, trip_id), currency, refund, message: failedRefundMessage(refund) })
  return { refunds: found.sort((a, b) => a.refund.at - b.refund.at).slice(0, mostShown) }
}

/** How many of them a store has; asked by its gateway every few seconds. */
export async function countFailedRefunds(session: SqlSession, storeId: string): Promise<number> {
  const [row] = await session.query<{ n: number }>(
    `SELECT COUNT(*) AS n FROM open_payout JOIN refund ON refund.id = open_payout.refund_id
       JOIN purchase ON purchase.id = refund.purchase_id
     WHERE purchase.store_id = ? AND open_payout.next_at IS NULL AND NOT EXISTS
       (SELECT 1 FROM attempt JOIN open_attempt ON open_attempt.attempt_id = attempt.id
        WHERE attempt.refund_id = refund.id)`,
    [storeId],
  )
  return row?.n ?? 0
}

/**
 * Has a refund sent once more; one that is being sent stays as it is.
 * @throws ServiceError NO_SUCH_TRIP, NO_SUCH_REFUND, NOT_FAILED
 */
export async function sendAgain(
  session: SqlSession,
  trip: StoreTrip,
  name: string,
  at: number,
  noted: Note = unnoted,
): Promise<Refund> {
  const { id, refund } = await refundOfTrip(session, trip, name)
  if (refund.state === 'sending') return refund
  requireWaits(refund)
  await session.run('UPDATE open_payout SET next_at = ?, failed_since = NULL WHERE refund_id = ?', [at, id])
  await noted(session)
  return (await refundOfTrip(session, trip, name)).refund
}

/**
 * The store has given the money back without the provider, for ever; said again it changes nothing.
 * @throws ServiceError NO_SUCH_TRIP, NO_SUCH_REFUND, NOT_FAILED
 */
export async function paidOtherwise(
  session: SqlSession,
  trip: StoreTrip,
  name: string,
  at: number,
  noted: Note = unnoted,
): Promise<Refund> {
  const { id, purchaseId, refund } = await refundOfTrip(session, trip, name)
  if (refund.state === 'paid-otherwise') return refund
  requireWaits(refund)
  const { amountMinor } = refund
  const step = { kind: 'refund-paid-otherwise', amountMinor } as const
  await book(session, { purchaseId, key: paidOtherwiseKey(id), at, step })
  await session.run('DELETE FROM open_payout WHERE refund_id = ?', [id])
  await noted(session)
  return (await refundOfTrip(session, trip, name)).refund
}

function requireWaits(refund: Refund): void {
  if (!waitsForStore(refund)) throw new ServiceError('NOT_FAILED', `${refund.id} is ${refund.state}`)
}
