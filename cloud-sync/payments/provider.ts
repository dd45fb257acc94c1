/** What the account service asks of whoever moves the money. No card number passes here: only the provider's tokens. */
import type { DeclineReason } from '../../models/contracts/payments.ts'

interface OrderFields {
  /** Of this order, for ever: the same key again must have no second effect and tell what became of the first. */
  readonly key: string
  readonly amountMinor: number
  /** ISO 4217. */
  readonly currency: string
  /** When it was written down, milliseconds since the epoch. */
  readonly createdAt: number
  /**
   * From when on the provider may know it: books that were put back from a copy write down anew what they have forgotten
   * that they asked.
   */
  readonly knownSince: number
  /** They were put back since the trip, and may have forgotten what became of it. */
  readonly mayBeForgotten: boolean
  /** Whoever sends it has just written it down and never sent it: no clock is needed to know that nobody did. */
  readonly isNew: boolean
}

export interface ChargeOrder extends OrderFields {
  readonly kind: 'charge'
  /** The provider's token of the account's card, wallet or agreement. */
  readonly method: string
  /** 1 for the first try to be paid this bill. */
  readonly tryNumber: number
  /** The shopper asked for it just now and can confirm it; else nobody is there. */
  readonly shopperPresent: boolean
  /** The provider was told to cancel it by these books, or was about to be. */
  readonly isCancelled: boolean
  /** The account pays with something else by now: nobody will confirm this one. */
  readonly isReplaced: boolean
}

/** Takes what was authorised, or gives back some of what was captured: `reference` is of that, in the provider's words. */
export interface FollowUpOrder extends OrderFields {
  readonly kind: 'capture' | 'refund'
  readonly reference: string
  /** Of the first try of this refund, for providers to whom all tries are one request; the own key of a capture. */
  readonly firstKey: string
}

export type Order = ChargeOrder | FollowUpOrder

/**
 * What became of an order. All but `pending` are final: an adapter says `declined` only when nothing was taken under the
 * key and nothing can be any more. `authorised` answers a charge, `refunded` a refund.
 */
export type Answer =
  | { readonly kind: 'captured' | 'authorised' | 'refunded'; readonly reference: string }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** `confirmUrl`: where the shopper, who is there, confirms it to their bank. */
  | { readonly kind: 'pending'; readonly confirmUrl?: string }

/** The provider has something else under an order's key than was ordered: asking again changes nothing, somebody has to look. */
export class OtherPaymentError extends Error {}

/**
 * Books that were put back from a copy may have forgotten what an order's key was used for, as when some of a bill was waived
 * before it was charged. `what`: the payment or refund that the provider has under the key, of `found.amountMinor` in
 * `found.currency` (ISO 4217).
 * @throws OtherPaymentError where it is of another amount or currency
 */
export function requireAmount(order: Order, what: string, found: Pick<Order, 'amountMinor' | 'currency'>): void {
  const { key, amountMinor, currency } = order
  if (found.amountMinor === amountMinor && found.currency === currency) return
  throw new OtherPaymentError(
    `attempt ${key}: found ${what} of ${found.amountMinor} ${found.currency}, wanted one of ${amountMinor} ${currency}`,
  )
}

export interface PaymentMethodChoice {
  readonly token: string
  readonly label: string
}

/** Choosing a card, wallet or agreement on the provider's own page. */
export interface Enrolment {
  begin(accountId: string): Promise<{ readonly reference: string; readonly url: string }>
  /** The token, once the shopper has come to the end of it; null: they have not. */
  finish(reference: string): Promise<string | null>
}

/** What a provider tells by itself is only taken as a reason to ask it: it may come twice, late or in any order. */
export type Hint =
  | { readonly kind: 'attempt'; readonly attemptId: string | null }
  | { readonly kind: 'enrolment'; readonly reference: string }

export interface PaymentProvider {
  readonly name: string
  /** What an account pays with that has chosen nothing; null: it cannot be charged. */
  readonly defaultMethod: string | null
  /** What a shopper can choose without telling the provider anything; none at a real one. */
  readonly choices: readonly PaymentMethodChoice[]
  /** Where a provider has its own page for it. */
  readonly enrolment?: Enrolment
  /** Throws when the message is not signed by the provider, or too old. */
  readWebhook?(payload: string, signature: string): Hint
  /**
   * Whether money that was `refunded` has come back to us, since the shopper's bank did not take it; `reference`: of that
   * answer. Once true it stays so. Absent: what is refunded stays so. Rejects within 30 s when that cannot be known now.
   */
  isReturned?(reference: string): Promise<boolean>
  /**
   * Carries an order out once, or tells what became of it. Rejects within 30 s when that cannot be known now. `beforeCancel`: to be
   * waited for before a charge is cancelled that may be paid meanwhile; absent: nobody wants to know.
   */
  send(order: Order, beforeCancel?: () => Promise<void>): Promise<Answer>
}
