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
  failed: 'could not be sent to you: the store gets in touch',
}

export function refundStateWords(state: Refund['state']): string {
  return refundStates[state]
}
