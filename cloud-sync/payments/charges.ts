/** From a bill that is owed to money at the provider: what is written down before each call and after each answer. */
import type { DeclineReason } from '../../models/contracts/payments.ts'
import { dueSql, dueValues } from '../due-times.ts'
import { owed } from '../ledger/bookings.ts'
import { LedgerError } from '../ledger/invariants.ts'
import { type BillPayment, book, paymentOf } from '../ledger/ledger.ts'
import { nextState } from '../ledger/states.ts'
import { queuePaymentMail } from '../mail/payment-mail.ts'
import type { SqlSession } from '../sql.ts'
import { attemptId } from './attempt-id.ts'
import { type AskDeps, type Attempt, chargesTried, closeAttempt, openAttempt, triesWith } from './attempts.ts'
import { methodOf } from './methods.ts'
import type { Answer } from './provider.ts'
import { payoutAnswered } from './refund-payouts.ts'
import {
  afterDecline,
  brokenPauseMs,
  longestRetryMs,
  mostTriesByShopper,
  triesByShopperWithinMs,
  writeOffMs,
} from './schedule.ts'

/** A bill that is owed is charged at once, one that was declined later; one that is left to its shopper is written off. */
const isDue = dueSql(
  'next_at',
  `CASE state WHEN 'due' THEN ${brokenPauseMs} WHEN 'declined' THEN ${longestRetryMs} ELSE ${writeOffMs} END`,
)
/** Puts a bill off that is still due: until then, its id, `dueValues()`. */
export const putOffBill = `UPDATE bill_payment SET next_at = ? WHERE purchase_id = ? AND ${isDue}`

/** Bills that something should be done about at `now`, longest due first. */
export async function dueBills(session: SqlSession, now: number, limit: number): Promise<string[]> {
  const rows = await session.query<{ purchase_id: string }>(
    `SELECT purchase_id FROM bill_payment WHERE ${isDue} ORDER BY next_at LIMIT ?`,
    [...dueValues(now), limit],
  )
  return rows.map(({ purchase_id }) => purchase_id)
}

/** Does what is due about a bill: it is charged, or given up as lost. */
export async function attend(session: SqlSession, deps: AskDeps, purchaseId: string): Promise<void> {
  const [due] = await session.query(`SELECT state FROM bill_payment WHERE purchase_id = ? AND ${isDue}`, [
    purchaseId,
    ...dueValues(deps.at),
  ])
  // Somebody else was quicker.
  if (due === undefined) return
  const payment = await paymentOf(session, purchaseId)
  if (payment.state !== 'unpaid') return startCharge(session, deps, payment, false)
  if (payment.nextAt !== null && payment.nextAt > deps.at) return overdueFromNow(session, purchaseId, deps.at)
  const key = `written-off/${purchaseId}/${payment.failures}`
  await book(session, { purchaseId, key, at: deps.at, step: { kind: 'written-off' } })
}

/** It was given up while the clock was ahead: nobody knows since when, and it is not lost yet. */
async function overdueFromNow(session: SqlSession, purchaseId: string, at: number): Promise<void> {
  await session.run('UPDATE bill_payment SET failed_since = ?, next_at = ? WHERE purchase_id = ?', [
    at,
    at + writeOffMs,
    purchaseId,
  ])
}

/** Writes a charge down; the provider is asked afterwards. Without a payment method it fails at once. */
export async function startCharge(
  session: SqlSession,
  { provider, at, unsent }: AskDeps,
  payment: BillPayment,
  shopperPresent: boolean,
): Promise<void> {
  const { purchaseId } = payment
  const { accountId, tripId } = await billOf(session, purchaseId)
  // Without a payment method nothing is asked, which must not count: it may be otherwise in books that were put back.
  const tryNumber = (await chargesTried(session, purchaseId)) + 1
  const method = await methodOf(session, provider, accountId)
  const id = method === null ? `no-method/${purchaseId}/${payment.failures}` : attemptId('charge', tripId, tryNumber)
  await book(session, { purchaseId, key: `attempted/${id}`, at, step: { kind: 'attempted' } })
  if (method === null) {
    return failed(session, payment, `answered/${id}`, 'no-method', at)
  }
  const attempt = {
    id,
    kind: 'charge',
    purchaseId,
    refundId: null,
    provider: provider.name,
    method,
    reference: null,
    amountMinor: owed((await paymentOf(session, purchaseId)).balances),
    tryNumber,
    shopperPresent,
    createdAt: at,
  } as const
  await openAttempt(session, attempt, unsent)
}

/** Booked, and its shopper told. */
async function failed(
  session: SqlSession,
  { purchaseId, failedSince }: Pick<BillPayment, 'purchaseId' | 'failedSince'>,
  key: string,
  reason: DeclineReason,
  at: number,
): Promise<void> {
  const step = afterDecline(failedSince, reason, at)
  await book(session, { purchaseId, key, at, step })
  const state = step.kind === 'declined' ? 'declined' : 'unpaid'
  await queuePaymentMail(session, { purchaseId, state, reason }, at)
}

async function billOf(
  session: SqlSession,
  purchaseId: string,
): Promise<{ readonly accountId: string; readonly tripId: string }> {
  const [row] = await session.query<{ account_id: string | null; trip_id: string }>(
    'SELECT account_id, trip_id FROM purchase WHERE id = ?',
    [purchaseId],
  )
  if (row === undefined || row.account_id === null) throw new LedgerError(`bill ${purchaseId} is owed by nobody`)
  return { accountId: row.account_id, tripId: row.trip_id }
}

type FinalAnswer = Exclude<Answer, { kind: 'pending' }>

/** Which answers an attempt can have; another one is the provider's mistake, or ours. */
const answersTo: Readonly<Record<Attempt['kind'], readonly FinalAnswer['kind'][]>> = {
  charge: ['captured', 'authorised', 'declined'],
  capture: ['captured', 'declined'],
  refund: ['refunded', 'declined'],
}

/** Takes a final answer, once: the first one stays. @throws LedgerError when it is no answer to this attempt */
export async function answered(
  session: SqlSession,
  deps: AskDeps,
  attempt: Attempt,
  answer: FinalAnswer,
): Promise<void> {
  if (!answersTo[attempt.kind].includes(answer.kind))
    throw new LedgerError(`attempt ${attempt.id}: found the answer ${answer.kind} to a ${attempt.kind}`)
  if (!(await closeAttempt(session, attempt.id, answer, deps.at))) return
  if (attempt.kind === 'refund') return payoutAnswered(session, attempt, answer, deps)
  const payment = await paymentOf(session, attempt.purchaseId)
  if (nextState(payment.state, 'captured') === null || owed(payment.balances) !== attempt.amountMinor)
    throw new LedgerError(
      `attempt ${attempt.id} of ${attempt.amountMinor} does not fit its bill, which is ${payment.state}`,
    )
  await bookAnswer(session, deps, attempt, payment, answer)
}

/** The account pays with something else by now, which the bill may be charged to at once: the shopper chose it for that. */
async function isReplaced(session: SqlSession, { provider, at }: AskDeps, attempt: Attempt): Promise<boolean> {
  const { purchaseId } = attempt
  if (attempt.method === null) return false
  const method = await methodOf(session, provider, (await billOf(session, purchaseId)).accountId)
  if (method === null || method === attempt.method) return false
  const { all } = await triesWith(session, purchaseId, method, at - triesByShopperWithinMs)
  return all < mostTriesByShopper
}

async function bookAnswer(
  session: SqlSession,
  deps: AskDeps,
  attempt: Attempt,
  payment: BillPayment,
  answer: FinalAnswer,
): Promise<void> {
  const { at, unsent } = deps
  const { id, purchaseId } = attempt
  const key = `answered/${id}`
  if (answer.kind === 'declined' && (await isReplaced(session, deps, attempt))) {
    const step = { kind: 'declined', nextAt: at, reason: answer.reason } as const
    // Its shopper has done something about it: they are told of what comes of that.
    await book(session, { purchaseId, key, at, step })
    return
  }
  if (answer.kind === 'declined') return failed(session, payment, key, answer.reason, at)
  const kind = answer.kind === 'authorised' ? 'authorised' : 'captured'
  await book(session, { purchaseId, key, at, step: { kind } })
  if (kind !== 'authorised') return
  const { reference } = answer
  const capture = { kind: 'capture', reference, shopperPresent: false, createdAt: at } as const
  await openAttempt(session, { ...attempt, ...capture, id: attemptId('capture', id) }, unsent)
}
