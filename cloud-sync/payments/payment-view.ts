/** Where the payment of a bill stands, as its shopper is told. */
import type { BillPayment, DeclineReason, Refund } from '../../models/contracts/payments.ts'
import { paymentMessage } from '../../models/text/payment-words.ts'
import { paymentOf } from '../ledger/ledger.ts'
import { type BillState, isOwed } from '../ledger/states.ts'
import type { SqlSession } from '../sql.ts'

const shownAs: Readonly<Record<BillState, BillPayment['state']>> = {
  new: 'nothing-due',
  review: 'checking',
  'nothing-due': 'nothing-due',
  due: 'under-way',
  paying: 'under-way',
  authorised: 'under-way',
  paid: 'paid',
  declined: 'retrying',
  unpaid: 'unpaid',
  'written-off': 'unpaid',
  refunded: 'refunded',
}

export async function billPayment(
  session: SqlSession,
  purchaseId: string,
  refunds: readonly Refund[],
): Promise<BillPayment> {
  const payment = await paymentOf(session, purchaseId)
  const { receivable = 0, 'bad-debt': badDebt = 0 } = payment.balances
  const state = shownAs[payment.state]
  const failure = isOwed(payment.state) && payment.failures > 0 ? await latestFailure(session, purchaseId) : null
  return {
    state,
    message: paymentMessage({ state, failure }),
    owedMinor: receivable + badDebt,
    refundedMinor: refunds.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    failure,
    confirmUrl: payment.state === 'paying' ? await confirmUrl(session, purchaseId) : null,
    nextTryAt: payment.state === 'declined' ? payment.nextAt : null,
  }
}

async function confirmUrl(session: SqlSession, purchaseId: string): Promise<string | null> {
  const [row] = await session.query<{ confirm_url: string | null }>(
    `SELECT open_attempt.confirm_url AS confirm_url FROM attempt JOIN open_attempt
       ON open_attempt.attempt_id = attempt.id WHERE attempt.purchase_id = ? AND attempt.kind = 'charge'`,
    [purchaseId],
  )
  return row?.confirm_url ?? null
}

async function latestFailure(session: SqlSession, purchaseId: string): Promise<DeclineReason | null> {
  const [row] = await session.query<{ reason: DeclineReason }>(
    `SELECT reason FROM bill_event WHERE purchase_id = ? AND event IN ('declined', 'refused')
     ORDER BY position DESC LIMIT 1`,
    [purchaseId],
  )
  return row?.reason ?? null
}
