/** What a shopper is told about a payment: what happened, what happens next, what they can do. Pure. */
import type { BillPayment, DeclineReason, Refund, RefundReason } from '../contracts/payments.ts'

const why: Readonly<Record<DeclineReason, string>> = {
  'insufficient-funds': 'there was not enough money available',
  declined: 'your bank declined it and did not say why',
  'authentication-required': 'your bank wants you to confirm it yourself',
  'method-unusable': 'your card cannot be used any more',
  'no-method': 'your account has no way to pay',
  'too-small': 'so small an amount cannot be charged to a card',
}
const whatToDo: Readonly<Record<DeclineReason, string>> = {
  'insufficient-funds': 'Please pay now, or choose another way to pay.',
  declined: 'Please pay now, or choose another way to pay.',
  'authentication-required': 'Please pay now and confirm it to your bank.',
  'method-unusable': 'Please choose another way to pay.',
  'no-method': 'Please choose a way to pay.',
  'too-small': 'You need not do anything: it closes no gate.',
}
const closed = ' The gate stays closed for you until this is paid.'

/** One or more sentences; empty where nothing needs to be said. */
export function paymentMessage({ state, failure }: Pick<BillPayment, 'state' | 'failure'>): string {
  const gate = failure === 'too-small' ? '' : closed
  switch (state) {
    case 'under-way':
      return failure === null ? 'The payment is on its way.' : `The payment is being tried again.${gate}`
    case 'retrying':
      return `The payment did not go through: ${why[failure ?? 'declined']}. It is tried again by itself.${gate} You can also pay now, or choose another way to pay.`
    case 'unpaid':
      return `The payment did not go through: ${why[failure ?? 'declined']}.${gate} ${whatToDo[failure ?? 'declined']}`
    default:
      return ''
  }
}

const refundWhy: Readonly<Record<RefundReason, string>> = {
  'not-taken': 'billed, but not taken',
  returned: 'brought back',
  faulty: 'not in order',
  'wrong-price': 'wrong price',
  goodwill: 'a courtesy of the store',
}

export function refundReasonWords(reason: RefundReason): string {
  return refundWhy[reason]
}

const refundStates: Readonly<Record<Refund['state'], string>> = {
  waived: 'taken off your bill',
  sending: 'on its way to you',
  sent: 'sent to you',
  failed: 'could not be sent to you: the store tries again or pays you in another way; ask there',
  returned: 'was sent, but your bank sent it back: the store tries again or pays you in another way; ask there',
  'paid-otherwise': 'paid to you by the store in another way',
}

/** A person of the store has to do something about it. */
export function waitsForStore({ state }: Pick<Refund, 'state'>): boolean {
  return state === 'failed' || state === 'returned'
}

/** What the store is told about a refund that waits for it. */
export function failedRefundMessage({ state }: Pick<Refund, 'state'>): string {
  const what =
    state === 'returned'
      ? "The money was sent, and the shopper's bank sent it back."
      : 'The payment provider could not send the money.'
  return (
    `${what} It is still owed to the shopper. Look at the provider first: where the bank has given the money back itself ` +
    '(a dispute), it must not be paid once more. Else send it again, or pay it in another way and say here that it is paid.'
  )
}

export function refundStateWords(state: Refund['state']): string {
  return refundStates[state]
}
