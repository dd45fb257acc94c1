/** What a Stripe account holds, for tests: payments, refunds, pages on which a card is chosen. Pure. */

export type Fields = Readonly<Record<string, string>>
export interface Reply {
  readonly status: number
  readonly body: object
}

interface Intent {
  readonly id: string
  status: string
  readonly amount: number
  readonly currency: string
  readonly metadata: { readonly tillfree_attempt?: string }
  last_payment_error: { readonly code: string; readonly decline_code?: string } | null
  next_action: { readonly redirect_to_url: { readonly url: string } } | null
}
interface Refund {
  readonly id: string
  readonly payment_intent: string
  readonly amount: number
  readonly currency: string
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled'
  readonly metadata: Intent['metadata']
}

export interface StripeState {
  answer(what: string, fields: Fields): Reply
  readonly intents: ReadonlyMap<string, Intent>
  readonly refunds: readonly Refund[]
  /** What was taken less what was given back. */
  netMinor(): number
  /** What is outstanding of a payment comes about: the shopper has confirmed it, or the bank has made up its mind. */
  succeed(intentId: string): void
  /** Refunds from now on wait for the balance: `pending`, or are done at once. */
  refundsWait(wait: boolean): void
  /** What became of a refund; a failed one is in the balance again. */
  endRefund(refundId: string, status: Refund['status']): void
  /** The shopper has got the money back from their bank. */
  dispute(intentId: string): void
  /** A shopper has chosen a card on a page. */
  choose(pageId: string, card: string): void
}

/** By card, why it is declined while nobody is there. */
const declines: Readonly<Record<string, Intent['last_payment_error']>> = {
  pm_poor: { code: 'card_declined', decline_code: 'insufficient_funds' },
  pm_expired: { code: 'expired_card', decline_code: 'expired_card' },
  pm_careful: { code: 'authentication_required', decline_code: 'authentication_required' },
}

/** In euros: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const leastMinor = 50

export function createStripeState(): StripeState {
  const intents = new Map<string, Intent>()
  const refunds: Refund[] = []
  const pages = new Map<string, string | null>()
  const disputed = new Set<string>()
  let refundStatus: Refund['status'] = 'succeeded'

  function pay(fields: Fields): Reply {
    const { payment_method: card = '', off_session: absent, amount = '' } = fields
    if (card === 'pm_gone') return error(400, { type: 'invalid_request_error', code: 'resource_missing' })
    if (Number(amount) < leastMinor) return error(400, { type: 'invalid_request_error', code: 'amount_too_small' })
    const metadata = { tillfree_attempt: fields['metadata[tillfree_attempt]'] ?? '' }
    const id = `pi_${intents.size + 1}`
    const intent: Intent = {
      id,
      status: 'succeeded',
      amount: Number(amount),
      currency: fields.currency ?? '',
      metadata,
      last_payment_error: null,
      next_action: null,
    }
    intents.set(id, intent)
    if (card === 'pm_slow') intent.status = 'processing'
    if (card === 'pm_careful' && absent !== 'true') {
      intent.status = 'requires_action'
      intent.next_action = { redirect_to_url: { url: `https://bank.test/${id}` } }
      return { status: 200, body: intent }
    }
    const decline = declines[card] ?? null
    if (decline === null) return { status: 200, body: intent }
    intent.status = 'requires_payment_method'
    intent.last_payment_error = decline
    return error(402, { type: 'card_error', ...decline, payment_intent: intent })
  }

  function changeIntent(intent: Intent, action: string): Reply {
    if (action === 'cancel') {
      if (intent.status === 'succeeded')
        return error(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' })
      intent.status = 'canceled'
    }
    return { status: 200, body: intent }
  }

  function giveBack(fields: Fields): Reply {
    if (disputed.has(fields.payment_intent ?? '')) return error(400, { code: 'charge_disputed' })
    const refund: Refund = {
      id: `re_${refunds.length + 1}`,
      payment_intent: fields.payment_intent ?? '',
      amount: Number(fields.amount),
      currency: intents.get(fields.payment_intent ?? '')?.currency ?? 'eur',
      status: refundStatus,
      metadata: { tillfree_attempt: fields['metadata[tillfree_attempt]'] ?? '' },
    }
    refunds.push(refund)
    return { status: 200, body: refund }
  }

  function openPage(): Reply {
    const id = `cs_${pages.size + 1}`
    pages.set(id, null)
    return { status: 200, body: { id, url: `https://checkout.test/${id}` } }
  }

  function page(id: string): Reply {
    const card = pages.get(id) ?? null
    const setup = {
      status: card === null ? 'requires_payment_method' : 'succeeded',
      customer: 'cus_1',
      payment_method: card,
    }
    return { status: 200, body: { id, customer: 'cus_1', setup_intent: setup } }
  }

  return {
    intents,
    refunds,
    answer(what, fields) {
      const [, kind = '', id = '', action = ''] =
        /\/v1\/(payment_intents|refunds|checkout\/sessions)\/?([^/]*)\/?(.*)$/.exec(what) ?? []
      const posts = what.startsWith('POST')
      if (kind === 'checkout/sessions') return posts ? openPage() : page(id)
      if (kind === 'refunds' && id !== '') return found(refunds.find((each) => each.id === id))
      if (kind === 'refunds')
        return posts
          ? giveBack(fields)
          : pageOf(
              refunds.filter((each) => each.payment_intent === fields.payment_intent),
              fields,
            )
      if (id === 'search')
        return list(
          [...intents.values()].filter(({ metadata }) => fields.query?.includes(`'${metadata.tillfree_attempt}'`)),
        )
      if (id === '') return pay(fields)
      const intent = intents.get(id)
      return intent === undefined ? found(undefined) : changeIntent(intent, action)
    },
    netMinor: () =>
      [...intents.values()].reduce((sum, { status, amount }) => sum + (status === 'succeeded' ? amount : 0), 0) -
      refunds.reduce((sum, { status, amount }) => sum + (isGone(status) ? 0 : amount), 0),
    succeed(intentId) {
      const intent = intents.get(intentId)
      if (intent !== undefined) intent.status = 'succeeded'
    },
    refundsWait(wait) {
      refundStatus = wait ? 'pending' : 'succeeded'
    },
    endRefund(refundId, status) {
      const refund = refunds.find((each) => each.id === refundId)
      if (refund !== undefined) refund.status = status
    },
    dispute: (intentId) => void disputed.add(intentId),
    choose: (pageId, card) => void pages.set(pageId, card),
  }
}

const isGone = (status: Refund['status']) => status === 'failed' || status === 'canceled'

function found(what: object | undefined): Reply {
  return what === undefined ? error(404, { code: 'resource_missing' }) : { status: 200, body: what }
}

/** Newest first (https://docs.stripe.com/api/pagination). */
function pageOf(all: readonly Refund[], { limit = '10', starting_after }: Fields): Reply {
  const newest = all.toReversed()
  const from = newest.findIndex(({ id }) => id === starting_after) + 1
  const to = from + Number(limit)
  return list(newest.slice(from, to), newest.length > to)
}

function list(data: readonly object[], has_more = false): Reply {
  return { status: 200, body: { object: 'list', url: '/v1/refunds', data, has_more } }
}

function error(status: number, what: object): Reply {
  return { status, body: { error: { type: 'invalid_request_error', message: 'no', ...what } } }
}
