/**
 * Stripe, through its own package: cards that were enrolled on Stripe's page are charged while nobody is there
 * (off-session PaymentIntent). Stripe forgets idempotency keys after 24 hours, so an order that may have been sent is looked for
 * first, by the attempt's id that every payment and refund carries. What it has but just now, its search may not know yet: the key does.
 */
import Stripe from 'stripe'
import type { DeclineReason } from '../../models/contracts/payments.ts'
import {
  type Answer,
  type ChargeOrder,
  type Enrolment,
  type FollowUpOrder,
  type Hint,
  type Order,
  type PaymentProvider,
  requireAmount,
} from './provider.ts'
import { minorOf, stripeAmount } from './stripe-amounts.ts'
import { outcomeOf } from './stripe-answers.ts'

/** The one that this code was written against: an account's default may change under it. */
const apiVersion = '2026-10-28.endive'
/** Stripe answers within seconds; the provider's contract leaves 30. */
const answerMs = 20_000
/** Of 24 hours, with room for clocks that differ. */
const keysLastMs = 23 * 3_600_000
/** Whoever is on their bank's page for longer has left it. */
const confirmMs = 3_600_000
/** A signed event older than this is somebody's copy (Stripe's own default). */
const webhookToleranceSeconds = 300

/** Why Stripe makes no payment of an order: it does not know the card, or charges no less than some half euro. */
const noPayment: Readonly<Partial<Record<string, DeclineReason>>> = {
  resource_missing: 'method-unusable',
  amount_too_small: 'too-small',
}

/** The shopper's bank has the money already, or somebody gave it back on Stripe's own pages. */
const noRefund: ReadonlySet<string> = new Set([
  'charge_disputed',
  'refund_disputed_payment',
  'charge_already_refunded',
  'charge_not_refundable',
])

export interface StripeOptions {
  /** The secret key, `sk_…`. */
  readonly key: string
  /** `whsec_…`; null: no webhooks, everything is asked for. */
  readonly webhookSecret: string | null
  /** The account page's address, to come back to. */
  readonly publicUrl: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Another server than Stripe's. */
  readonly server?: URL
}

export function createStripeProvider(options: StripeOptions): PaymentProvider {
  return new StripeProvider(options)
}

class StripeProvider implements PaymentProvider {
  readonly name = 'stripe'
  readonly defaultMethod = null
  readonly choices = []
  readonly enrolment: Enrolment = { begin: (account) => this.beginEnrolment(account), finish: (id) => this.finish(id) }
  private readonly options: Omit<StripeOptions, 'server'>
  private readonly client: Stripe

  constructor({ server, ...options }: StripeOptions) {
    this.options = options
    // The journal asks again; the package itself does once, when a connection breaks, under the same key.
    this.client = new Stripe(options.key, {
      apiVersion,
      timeout: answerMs,
      maxNetworkRetries: 0,
      telemetry: false,
      ...(server === undefined ? {} : placeOf(server)),
    })
  }

  async send(order: Order): Promise<Answer> {
    if (order.kind === 'charge') return this.charge(order)
    if (order.kind === 'refund') return this.refund(order)
    throw new Error('Stripe takes money at once here: nothing is held that could be captured')
  }

  readWebhook(payload: string, signature: string): Hint {
    const { webhookSecret, now } = this.options
    if (webhookSecret === null) throw new Error('no webhook secret is set')
    const event = this.client.webhooks.constructEvent(
      payload,
      signature,
      webhookSecret,
      webhookToleranceSeconds,
      undefined,
      now(),
    )
    const { id, metadata } = event.data.object as { id?: string; metadata?: Record<string, string> | null }
    if (event.type === 'checkout.session.completed') return { kind: 'enrolment', reference: id ?? '' }
    return { kind: 'attempt', attemptId: metadata?.tillfree_attempt ?? null }
  }

  /** Not by the clock alone, which may have been set back: of an order that was sent it cannot say how old its key is. */
  private mayBeKnown({ isNew, knownSince, mayBeForgotten }: Order): boolean {
    return !isNew || mayBeForgotten || this.options.now() - knownSince > keysLastMs
  }

  private async charge(order: ChargeOrder): Promise<Answer> {
    const intent = (this.mayBeKnown(order) ? await this.findPayment(order.key) : null) ?? (await this.create(order))
    if (typeof intent === 'string') return { kind: 'declined', reason: intent }
    const mayConfirm =
      order.shopperPresent && !order.isReplaced && Math.abs(this.options.now() - order.createdAt) < confirmMs
    const outcome = outcomeOf(intent, mayConfirm)
    if (outcome !== 'end' && outcome.kind === 'captured') requireFound(order, `payment ${intent.id}`, intent)
    if (outcome !== 'end') return outcome
    const ended = await this.client.paymentIntents.cancel(intent.id)
    const last = { ...ended, last_payment_error: ended.last_payment_error ?? intent.last_payment_error }
    const answer = outcomeOf(last, false)
    return answer === 'end' ? { kind: 'pending' } : answer
  }

  private async findPayment(key: string): Promise<Stripe.PaymentIntent | null> {
    const { data } = await this.client.paymentIntents.search({
      query: `metadata['tillfree_attempt']:'${key}'`,
      limit: 1,
    })
    const [found] = data
    // A search says what was so up to a minute ago.
    return found === undefined ? null : this.client.paymentIntents.retrieve(found.id)
  }

  /** Or why Stripe makes none. A decline is an error there, which carries the payment. */
  private async create(order: ChargeOrder): Promise<Stripe.PaymentIntent | DeclineReason> {
    const [customer = '', paymentMethod = ''] = order.method.split('-')
    const amount = stripeAmount(order.currency, order.amountMinor)
    if (amount === null) return 'method-unusable'
    try {
      const intent = await this.client.paymentIntents.create(
        {
          amount,
          currency: order.currency.toLowerCase(),
          customer,
          payment_method: paymentMethod,
          allowed_payment_method_types: ['card'],
          confirm: true,
          metadata: { tillfree_attempt: order.key },
          ...(order.shopperPresent ? { return_url: this.options.publicUrl } : { off_session: true }),
        },
        { idempotencyKey: order.key },
      )
      // A repeated key brings the first answer again, however old.
      const repeated = intent.lastResponse.headers['idempotent-replayed'] === 'true'
      return repeated ? await this.client.paymentIntents.retrieve(intent.id) : intent
    } catch (error) {
      if (error instanceof Stripe.errors.StripeCardError && error.payment_intent !== undefined)
        return this.client.paymentIntents.retrieve(error.payment_intent.id)
      const why = error instanceof Stripe.errors.StripeInvalidRequestError ? noPayment[error.code ?? ''] : undefined
      if (why !== undefined) return why
      throw error
    }
  }

  private async refund(order: FollowUpOrder): Promise<Answer> {
    const refund = (await this.findRefund(order)) ?? (await this.createRefund(order))
    if (refund === null) return { kind: 'declined', reason: 'method-unusable' }
    if (isGone(refund)) return { kind: 'declined', reason: 'method-unusable' }
    requireFound(order, `refund ${refund.id}`, refund)
    // `pending` may wait for our balance for days, and fail then (https://docs.stripe.com/refunds#failed-refunds).
    return refund.status === 'succeeded' ? { kind: 'refunded', reference: refund.id } : { kind: 'pending' }
  }

  /** A bank can send back what it was sent up to 30 days before: the refund is `failed` then, the money in our balance. */
  async isReturned(reference: string): Promise<boolean> {
    return isGone(await this.client.refunds.retrieve(reference))
  }

  /** Null: Stripe makes none of this payment any more, or none of this amount. */
  private async createRefund({ key, reference, amountMinor, currency }: FollowUpOrder): Promise<Stripe.Refund | null> {
    const amount = stripeAmount(currency, amountMinor)
    if (amount === null) return null
    const refund = { payment_intent: reference, amount, metadata: { tillfree_attempt: key } }
    try {
      return await this.client.refunds.create(refund, { idempotencyKey: key })
    } catch (error) {
      if (error instanceof Stripe.errors.StripeInvalidRequestError && noRefund.has(error.code ?? '')) return null
      throw error
    }
  }

  private async findRefund({ key, reference }: FollowUpOrder): Promise<Stripe.Refund | null> {
    for await (const refund of this.client.refunds.list({ payment_intent: reference, limit: 100 }))
      if (refund.metadata?.tillfree_attempt === key) return refund
    return null
  }

  /** On Stripe's own page, which sees the card and we do not; it makes a SetupIntent. No name is told. */
  private async beginEnrolment(accountId: string): Promise<{ reference: string; url: string }> {
    const { publicUrl } = this.options
    const { id, url } = await this.client.checkout.sessions.create({
      mode: 'setup',
      allowed_payment_method_types: ['card'],
      customer_creation: 'always',
      metadata: { tillfree_account: accountId },
      success_url: `${publicUrl}?enrolled`,
      cancel_url: publicUrl,
    })
    if (url === null) throw new Error(`Stripe gave no address for the enrolment ${id}`)
    return { reference: id, url }
  }

  private async finish(reference: string): Promise<string | null> {
    const session = await this.client.checkout.sessions.retrieve(reference, { expand: ['setup_intent'] })
    const intent = session.setup_intent
    if (intent === null || typeof intent === 'string' || intent.status !== 'succeeded') return null
    const [customer, method] = [idOf(intent.customer ?? session.customer), idOf(intent.payment_method)]
    return customer === null || method === null ? null : `${customer}-${method}`
  }
}

function requireFound(order: Order, what: string, found: { readonly amount: number; readonly currency: string }): void {
  const currency = found.currency.toUpperCase()
  requireAmount(order, what, { amountMinor: minorOf(currency, found.amount), currency })
}

function isGone({ status }: Stripe.Refund): boolean {
  return status === 'failed' || status === 'canceled'
}

function placeOf({ protocol, hostname: host, port }: URL) {
  return protocol === 'http:' ? { protocol: 'http' as const, host, port: port || 80 } : { host, port: port || 443 }
}

function idOf(reference: string | { readonly id: string } | null): string | null {
  return typeof reference === 'string' ? reference : (reference?.id ?? null)
}
