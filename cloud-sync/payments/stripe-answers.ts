/** What Stripe says, in our words. Pure. */
import type Stripe from 'stripe'
import type { DeclineReason } from '../../models/contracts/payments.ts'
import type { Answer } from './provider.ts'

/** Decline codes by which trying again another day may help (https://docs.stripe.com/declines/codes). */
const shortOfMoney = new Set(['insufficient_funds', 'withdrawal_count_limit_exceeded', 'card_velocity_exceeded'])
/** Those by which the same card is refused for ever. */
const unusable = new Set([
  'lost_card',
  'stolen_card',
  'pickup_card',
  'restricted_card',
  'expired_card',
  'incorrect_number',
  'invalid_account',
  'invalid_number',
  'card_not_supported',
  'new_account_information_available',
  'revocation_of_authorization',
  'revocation_of_all_authorizations',
  'stop_payment_order',
  'transaction_not_allowed',
])

interface CardFailure {
  readonly code?: string | null
  readonly decline_code?: string | null
}

/** Why a payment failed; one that failed without a reason was waiting for its shopper. */
export function reasonOf(failure: CardFailure | null): DeclineReason {
  if (failure === null) return 'authentication-required'
  const codes = [failure.decline_code, failure.code].flatMap((code) => code ?? [])
  if (codes.includes('authentication_required')) return 'authentication-required'
  if (codes.some((code) => shortOfMoney.has(code))) return 'insufficient-funds'
  return codes.some((code) => unusable.has(code)) ? 'method-unusable' : 'declined'
}

/**
 * What a payment has come to; `end`: it must be cancelled before it can be called declined, or it might be paid later.
 * `mayConfirm`: the shopper was there and may still be on the bank's page.
 */
export function outcomeOf(intent: Stripe.PaymentIntent, mayConfirm: boolean): Answer | 'end' {
  const { id: reference, status } = intent
  switch (status) {
    case 'succeeded':
      return { kind: 'captured', reference }
    case 'processing':
      return { kind: 'pending' }
    case 'canceled':
      return { kind: 'declined', reason: reasonOf(intent.last_payment_error) }
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url
      return mayConfirm && typeof url === 'string' ? { kind: 'pending', confirmUrl: url } : 'end'
    }
    default:
      return 'end'
  }
}
