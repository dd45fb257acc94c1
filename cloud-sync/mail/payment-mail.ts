/** What a shopper is told by e-mail about a payment that did not go through: once for each bill, state and reason. */
import type { DeclineReason } from '../../models/contracts/payments.ts'
import { formatDayAndTime, oneLine } from '../../models/text/format.ts'
import { paymentMessage } from '../../models/text/payment-words.ts'
import type { SqlSession } from '../sql.ts'

/** States of a bill of which its shopper is told, as the account page calls them. */
const toldOf = { declined: 'retrying', unpaid: 'unpaid' } as const
export type ToldState = keyof typeof toldOf

export interface PaymentFailure {
  readonly purchaseId: string
  readonly state: ToldState
  readonly reason: DeclineReason
}

/** Within the transaction that books the failure. Nothing for who has no address, nor where nobody need do anything. */
export async function queuePaymentMail(
  session: SqlSession,
  { purchaseId, state, reason }: PaymentFailure,
  at: number,
): Promise<void> {
  if (reason === 'too-small') return
  await session.run(
    `INSERT INTO mail_outbox (id, purchase_id, state, reason, made_at, tries, next_at)
     SELECT ?, purchase.id, ?, ?, ?, 0, ? FROM purchase JOIN account ON account.id = purchase.account_id
     WHERE purchase.id = ? AND account.email IS NOT NULL ON CONFLICT (id) DO NOTHING`,
    [`${purchaseId}.${state}.${reason}`, state, reason, at, at, purchaseId],
  )
}

interface Told extends Pick<PaymentFailure, 'state' | 'reason'> {
  readonly storeName: string
  /** When they left the store, milliseconds since the epoch. */
  readonly endedAt: number
  /** Where the account page is; null: they know. */
  readonly publicUrl: string | null
}

/** No amount and no card: others may read along. Pure. */
export function paymentMailText({ state, reason, storeName, endedAt, publicUrl }: Told): string {
  const page = publicUrl === null ? 'your account page' : `your account page:\n${publicUrl}`
  return `This is about your visit to ${oneLine(storeName)} that ended on ${formatDayAndTime(endedAt, 'UTC')} (UTC).

${paymentMessage({ state: toldOf[state], failure: reason })}

You find the bill, and whatever you can do about it, on ${page}

Nobody of the shop will ever ask you for a card number or a code by e-mail.
`
}
