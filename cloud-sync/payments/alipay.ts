/**
 * Alipay, through its own package: a shopper makes an agreement on Alipay's page, bills are taken by it while nobody is
 * there. An order is known by our attempt's id for ever, so that it can be sent again. What is not known is asked after;
 * what is still not paid after a minute is cancelled, which closes it, or gives the money back when it was paid in between.
 */
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto'
import { AlipaySdk } from 'alipay-sdk'
import { Agent } from 'undici'
import {
  type AlipayAnswer,
  amountText,
  isFresh,
  keyOf,
  minorOf,
  outTradeNo,
  paidOutcome,
  queriedOutcome,
  reasonOf,
  refusalOf,
} from './alipay-answers.ts'
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

/** Two calls one after the other stay below the 30 s of the provider's contract. */
const answerMs = 12_000
/** Of an older trip the order may have been sent by books that were put back: it is asked after first. */
const newMs = 4_000
/** Nobody is there who could still confirm it. */
const cancelAfterMs = 60_000
/** An unpaid order closes by itself, should the cancelling never get through. */
const closesAfter = '10m'
/** Alipay takes money in China; its amounts have no currency. */
const currency = 'CNY'
/** An agreement's number looks like a card number, which is refused as a token. */
const tokenPrefix = 'agreement-'

export interface AlipayOptions {
  readonly appId: string
  /** PKCS#8, PEM or its base64 alone, as Alipay's key tool writes it. */
  readonly privateKey: string
  /** Alipay's, not that of the app. */
  readonly alipayPublicKey: string
  /** The account page's address, to come back to; messages go to `v1/webhooks/alipay` beside it. */
  readonly publicUrl: string
  /** What the shop has agreed with Alipay about taking money without the shopper. */
  readonly agreement?: { readonly personalProductCode: string; readonly signScene: string }
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Another gateway than Alipay's. */
  readonly server?: URL
}

const usualAgreement = { personalProductCode: 'GENERAL_WITHHOLDING_P', signScene: 'DEFAULT|DEFAULT' }

const alipayServer = new URL('https://openapi.alipay.com/gateway.do')

/** @throws Error when a key cannot be read */
export function createAlipayProvider(options: AlipayOptions): PaymentProvider {
  return new AlipayProvider(options)
}

class AlipayProvider implements PaymentProvider {
  readonly name = 'alipay'
  readonly defaultMethod = null
  readonly choices = []
  readonly enrolment: Enrolment = { begin: async () => this.beginEnrolment(), finish: (id) => this.finish(id) }
  private readonly options: Required<Omit<AlipayOptions, 'server'>>
  private readonly client: AlipaySdk

  constructor({ agreement = usualAgreement, server = alipayServer, ...options }: AlipayOptions) {
    this.options = { agreement, ...options }
    const { appId, privateKey, alipayPublicKey } = options
    this.client = new AlipaySdk({
      appId,
      privateKey,
      alipayPublicKey,
      keyType: 'PKCS8',
      signType: 'RSA2',
      timeout: answerMs,
      gateway: server.href,
      proxyAgent: onlyTo(server),
    })
    // Better now than at the first bill.
    requireKey("the app's private key", () => createPrivateKey(this.client.config.privateKey))
    requireKey("Alipay's public key", () => createPublicKey(this.client.config.alipayPublicKey))
  }

  async send(order: Order, beforeCancel = async () => {}): Promise<Answer> {
    if (order.kind === 'charge') return this.charge(order, beforeCancel)
    if (order.kind === 'refund') return this.refund(order)
    throw new Error('Alipay takes money at once here: nothing is held that could be captured')
  }

  readWebhook(payload: string): Hint {
    const fields = Object.fromEntries(new URLSearchParams(payload))
    // The package would take SHA-1, too, when the message says so.
    if (fields.sign_type !== 'RSA2' || !this.client.checkNotifySignV2(fields)) throw new Error('it is not signed')
    if (fields.app_id !== this.options.appId) throw new Error('it is for another app')
    if (!isFresh(fields.notify_time ?? '', this.options.now())) throw new Error('it is too old')
    if (fields.notify_type === 'dut_user_sign')
      return { kind: 'enrolment', reference: fields.external_agreement_no ?? '' }
    return { kind: 'attempt', attemptId: fields.out_trade_no === undefined ? null : keyOf(fields.out_trade_no) }
  }

  /** One that was written down while the clock was ahead is older than that. */
  private ageOf({ createdAt }: Order): number {
    return Math.abs(this.options.now() - createdAt)
  }

  private async ask(method: string, bizContent: Readonly<Record<string, unknown>>): Promise<AlipayAnswer> {
    return this.client.exec(method, { bizContent, notifyUrl: this.notifyUrl() }, { validateSign: true })
  }

  private notifyUrl(): string {
    return new URL('v1/webhooks/alipay', this.options.publicUrl).href
  }

  private charge(order: ChargeOrder, beforeCancel: () => Promise<void>): Promise<Answer> {
    if (order.currency !== currency) return Promise.resolve({ kind: 'declined', reason: 'method-unusable' })
    const cancel: Cancel = async (declined) => {
      await beforeCancel()
      return this.cancel(order, declined)
    }
    const isNew = order.isNew && !order.mayBeForgotten && this.options.now() - order.knownSince < newMs
    return isNew ? this.pay(order, cancel) : this.askAfter(order, cancel, () => this.pay(order, cancel))
  }

  private async pay(order: ChargeOrder, cancel: Cancel): Promise<Answer> {
    const answer = await this.ask('alipay.trade.pay', {
      outTradeNo: outTradeNo(order.key),
      totalAmount: amountText(order.amountMinor),
      subject: 'Your shopping',
      productCode: 'GENERAL_WITHHOLDING',
      agreementParams: { agreementNo: order.method.slice(tokenPrefix.length) },
      timeoutExpress: closesAfter,
    })
    const outcome = paidOutcome(answer)
    if (outcome === 'ask') return this.askAfter(order, cancel, () => Promise.resolve({ kind: 'pending' }))
    // Refused, it may yet wait there to be paid.
    if ('refused' in outcome) return cancel({ kind: 'declined', reason: reasonOf(outcome.refused) })
    return outcome
  }

  /** `unheard`: what to do about an order that Alipay never heard of. */
  private async askAfter(order: ChargeOrder, cancel: Cancel, unheard: () => Promise<Answer>): Promise<Answer> {
    const answer = await this.ask('alipay.trade.query', { outTradeNo: outTradeNo(order.key) })
    const outcome = queriedOutcome(answer, order.mayBeForgotten && !order.isCancelled)
    if (outcome === 'none') return unheard()
    if (outcome !== 'waiting') {
      if (outcome.kind === 'captured')
        requireAmount(order, `payment ${outcome.reference}`, { amountMinor: minorOf(answer.totalAmount), currency })
      return outcome
    }
    if (this.ageOf(order) < cancelAfterMs) return { kind: 'pending' }
    return cancel({ kind: 'declined', reason: 'declined' })
  }

  /** Closed, given back, or never there: either way nothing is taken under this order any more. */
  private async cancel(order: ChargeOrder, declined: Answer): Promise<Answer> {
    const answer: AlipayAnswer & { readonly retryFlag?: string } = await this.ask('alipay.trade.cancel', {
      outTradeNo: outTradeNo(order.key),
    })
    const isEnded = (answer.code === '10000' && answer.retryFlag !== 'Y') || refusalOf(answer) === 'TRADE_NOT_EXIST'
    return isEnded ? declined : { kind: 'pending' }
  }

  private async refund(order: FollowUpOrder): Promise<Answer> {
    const { key, firstKey, reference, amountMinor } = order
    // All tries are one request, by Alipay's documents; earlier versions gave each a number of its own.
    for (const name of new Set([key, firstKey])) {
      const known = await this.refundOf(order, name)
      if (known !== null) return known
    }
    const request = { tradeNo: reference, outRequestNo: outTradeNo(firstKey), refundAmount: amountText(amountMinor) }
    const answer = await this.ask('alipay.trade.refund', request)
    const refusal = refusalOf(answer)
    // Our own balance with Alipay is filled up by later sales.
    const isRefused = refusal !== null && refusal !== 'SELLER_BALANCE_NOT_ENOUGH'
    if (answer.code !== '10000' && !isRefused) return { kind: 'pending' }
    const made = await this.refundOf(order, firstKey)
    return made ?? (isRefused ? { kind: 'declined', reason: 'declined' } : { kind: 'pending' })
  }

  /** Null: no money has gone back under this name. */
  private async refundOf(order: FollowUpOrder, name: string): Promise<Answer | null> {
    const outRequestNo = outTradeNo(name)
    const request = { tradeNo: order.reference, outRequestNo }
    const found: RefundAnswer = await this.ask('alipay.trade.fastpay.refund.query', request)
    if (found.code !== '10000' || found.refundStatus !== 'REFUND_SUCCESS') return null
    requireAmount(order, `refund ${outRequestNo}`, { amountMinor: minorOf(found.refundAmount), currency })
    return { kind: 'refunded', reference: outRequestNo }
  }

  /** Alipay's page opens in its app only: this address calls it. No name is told. */
  private beginEnrolment(): { reference: string; url: string } {
    const { agreement, publicUrl } = this.options
    const reference = randomUUID().replaceAll('-', '')
    const page = this.client.pageExecute('alipay.user.agreement.page.sign', 'GET', {
      bizContent: {
        ...agreement,
        productCode: 'GENERAL_WITHHOLDING',
        accessParams: { channel: 'ALIPAYAPP' },
        externalAgreementNo: reference,
      },
      returnUrl: `${publicUrl}?enrolled`,
      notifyUrl: this.notifyUrl(),
    })
    const call = `alipays://platformapi/startapp?appId=20000067&url=${encodeURIComponent(page)}`
    return { reference, url: `https://ds.alipay.com/?scheme=${encodeURIComponent(call)}` }
  }

  private async finish(externalAgreementNo: string): Promise<string | null> {
    const { agreement } = this.options
    const answer: AlipayAnswer & { readonly agreementNo?: string; readonly status?: string } = await this.ask(
      'alipay.user.agreement.query',
      { ...agreement, externalAgreementNo },
    )
    const isMade = answer.code === '10000' && answer.status === 'NORMAL' && answer.agreementNo !== undefined
    return isMade ? `${tokenPrefix}${answer.agreementNo}` : null
  }
}

/** Nobody else is asked, whatever an answer says: the package would follow a redirect. */
function onlyTo(server: URL) {
  return new Agent().compose((dispatch) => (options, handler) => {
    const { origin, pathname } = new URL(options.path, options.origin)
    if (origin === server.origin && pathname === server.pathname) return dispatch(options, handler)
    throw new Error(`found an answer that leads to ${origin}${pathname}, wanted one of ${server.href} itself`)
  })
}

type RefundAnswer = AlipayAnswer & { readonly refundStatus?: string; readonly refundAmount?: string }

/** Cancels what is charged; resolves to `declined` when nothing is taken under it any more. */
type Cancel = (declined: Answer) => Promise<Answer>

function requireKey(whose: string, read: () => unknown): void {
  try {
    read()
  } catch {
    throw new Error(`${whose}: found something else, wanted an RSA key in base64 as Alipay's key tool writes it`)
  }
}
