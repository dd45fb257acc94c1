/** Stripe's own package against a server of ours that behaves like Stripe, through the real routes. */
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountBill, AccountBills, PurchaseAnswer } from '../../models/contracts/http.ts'
import { closeAccount, eraseClosed } from '../privacy/erase.ts'
import { billed, purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import { type StripeServer, startStripeServer } from '../testing/stripe-server.ts'
import { auditPayments } from './audit.ts'
import { createStripeProvider } from './stripe.ts'

const webhookSecret = 'whsec_of_the_tests'
const publicUrl = 'https://shop.test/account/'
const hourMs = 3_600_000
let stripe: StripeServer
let bench: Bench
let token = ''
beforeEach(async () => {
  stripe = await startStripeServer()
  bench = await openBench((now) =>
    createStripeProvider({ key: 'sk_test_1', webhookSecret, publicUrl, now, server: stripe.url }),
  )
  token = (await newShopper(bench, 'anna')).token
})
afterEach(async () => {
  expect(await auditPayments(bench.sql)).toEqual([])
  await bench.close()
  await stripe.close()
})

const post = (url: string, body: unknown = {}, as = token) => call(bench.app, as, url, body)
async function choose(card: string): Promise<void> {
  const { body } = await post('/v1/me/payment-method/page')
  stripe.choose((body as { url: string }).url.split('/').at(-1) ?? '', card)
  expect((await post('/v1/me/payment-method/chosen')).body).toMatchObject({ token: `cus_1-${card}` })
}
async function walkOut(): Promise<string> {
  const { body } = await post('/v1/purchases', purchaseOf('trip-1', { account: 'anna' }), storeToken)
  return (body as PurchaseAnswer).purchaseId
}
async function bill(): Promise<AccountBill> {
  await bench.payments.run()
  const [found] = ((await call(bench.app, token, '/v1/me/bills')).body as AccountBills).bills
  if (found === undefined) throw new Error('there is no bill')
  return found
}
const payments = () => stripe.requests.filter(({ what }) => what === 'POST /v1/payment_intents')
/** An event as Stripe sends it, signed by its package. */
function tell(type: string, object: object, secondsAgo = 0, secret = webhookSecret) {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object } })
  const timestamp = Math.floor(bench.now() / 1000) - secondsAgo
  const signature = new Stripe('sk_test_1').webhooks.generateTestHeaderString({ payload, secret, timestamp })
  return bench.app.inject({
    url: '/v1/webhooks/stripe',
    method: 'POST',
    headers: { 'stripe-signature': signature, 'content-type': 'application/json' },
    payload,
  })
}
const tellAttempt = (intentId: string) => tell('payment_intent.succeeded', { ...stripe.intents.get(intentId) })

describe('a card chosen on Stripe’s page', () => {
  test('is charged while nobody is there, with a pinned version and no name', async () => {
    await choose('pm_ok')
    await walkOut()
    expect((await bill()).payment.state).toBe('paid')
    expect(payments()).toMatchObject([
      {
        version: '2026-10-28.endive',
        fields: {
          amount: '1199',
          currency: 'eur',
          customer: 'cus_1',
          payment_method: 'pm_ok',
          confirm: 'true',
          off_session: 'true',
        },
      },
    ])
    expect(stripe.netMinor()).toBe(1199)
    expect(JSON.stringify(stripe.requests)).not.toContain('Anna')
  })

  test('pays what was open before there was one; the gate stays closed until then', async () => {
    const id = await walkOut()
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', failure: 'no-method' })
    expect((await post(`/v1/me/bills/${id}/pay`)).body).toMatchObject({ code: 'NO_METHOD' })
    expect((await call(bench.app, token, '/v1/me')).body).toMatchObject({ refused: 'unpaid-bill' })
    await choose('pm_ok')
    expect((await bill()).payment.state).toBe('paid')
  })

  test('counts from any page that was opened, the one chosen last, and cannot be named by the shopper', async () => {
    await post('/v1/me/payment-method/page')
    await choose('pm_ok')
    stripe.choose('cs_1', 'pm_other')
    await tell('checkout.session.completed', { id: 'cs_1' })
    await post('/v1/me/payment-method/chosen')
    expect((await call(bench.app, token, '/v1/me/payment-method')).body).toMatchObject({ token: 'cus_1-pm_other' })
    expect((await put(bench.app, token, '/v1/me/payment-method', { token: 'cus_2-pm_ok' })).status).toBe(422)
  })

  test('is taken by Stripe’s word when the shopper does not come back', async () => {
    await post('/v1/me/payment-method/page')
    stripe.choose('cs_1', 'pm_ok')
    expect((await tell('checkout.session.completed', { id: 'cs_1' })).statusCode).toBe(204)
    expect((await call(bench.app, token, '/v1/me/payment-method')).body).toMatchObject({ token: 'cus_1-pm_ok' })
  })
})

describe('a decline', () => {
  test.each([
    ['pm_poor', 'retrying', 'insufficient-funds'],
    ['pm_expired', 'unpaid', 'method-unusable'],
    ['pm_careful', 'unpaid', 'authentication-required'],
    ['pm_gone', 'unpaid', 'method-unusable'],
  ])('of %s is told, and that payment can never be taken later', async (card, state, failure) => {
    await choose(card)
    await walkOut()
    expect((await bill()).payment).toMatchObject({ state, failure })
    expect([...stripe.intents.values()].map(({ status }) => status)).toEqual(card === 'pm_gone' ? [] : ['canceled'])
  })
})

describe('a payment that Stripe has otherwise than it was asked for', () => {
  test.each([{ amount: 1000 }, { currency: 'usd' }])(
    'is not taken, and told as an error, once an hour: %j',
    async (found) => {
      await choose('pm_slow')
      await walkOut()
      await bill()
      Object.assign(stripe.intents.get('pi_1') ?? {}, found)
      stripe.succeed('pi_1')
      const said = () =>
        bench.logged().match(/"level":50.*found payment pi_1 of .* wanted one of 1199 EUR/g)?.length ?? 0
      for (const minutes of [1, 10, 10, 39]) {
        bench.advance(minutes * 60_000)
        expect((await bill()).payment.state).toBe('under-way')
        expect(said()).toBe(1)
      }
      bench.advance(2 * 60_000)
      await bill()
      expect(said()).toBe(2)
    },
  )
})

describe('a refund of what the shopper’s bank has given back', () => {
  test('is told as one that cannot be sent, in place of being asked for for ever', async () => {
    await choose('pm_ok')
    await walkOut()
    await bill()
    stripe.dispute('pi_1')
    await post('/v1/purchases/trip-1/refunds', { idempotentRefundId: 'r-1', reason: 'returned' }, storeToken)
    expect((await bill()).refunds).toMatchObject([{ state: 'failed', amountMinor: 1199 }])
    expect(stripe.netMinor()).toBe(1199)
  })
})

describe('a refund that fails after Stripe took it', () => {
  const giveBack = () =>
    post('/v1/purchases/trip-1/refunds', { idempotentRefundId: 'r-1', reason: 'faulty', amountMinor: 150 }, storeToken)
  const sendAgain = () => post('/v1/purchases/trip-1/refunds/r-1/send-again', {}, storeToken)
  const tellRefund = (type: string, id: string) => tell(type, { ...stripe.refunds.find((each) => each.id === id) })
  const atProvider = async () => {
    const sum = "SELECT SUM(amount_minor) AS minor FROM ledger_entry WHERE account = 'provider'"
    const [row] = await bench.sql.query<{ minor: number }>(sum)
    return row?.minor
  }
  beforeEach(async () => {
    await choose('pm_ok')
    await walkOut()
    await bill()
  })

  test.each([
    ['refund.failed', 0],
    ['refund.updated', 0],
    ['charge.refund.updated', 40 * 24 * hourMs],
    ['refund.failed', 400 * 24 * hourMs],
  ])('is owed to the shopper again when %s says so, %d ms later', async (type, ms) => {
    await giveBack()
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    bench.advance(ms)
    token = (await newShopper(bench, 'anna')).token
    await bill()
    stripe.endRefund('re_1', 'failed')
    await Promise.all([tellRefund(type, 're_1'), tellRefund(type, 're_1')])
    expect((await bill()).refunds).toMatchObject([{ state: 'returned' }])
    await tellRefund(type, 're_1')
    await bill()
    expect([stripe.netMinor(), await atProvider()]).toEqual([1199, 1199])
    await sendAgain()
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect([stripe.netMinor(), await atProvider(), stripe.refunds.length]).toEqual([1049, 1049, 2])
  })

  test('is found without being told, also after answers that were lost', async () => {
    await giveBack()
    await bill()
    stripe.endRefund('re_1', 'failed')
    stripe.loseNext('after')
    bench.advance(24 * hourMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    bench.advance(hourMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'returned' }])
  })

  test('is looked after for 45 days, six times', async () => {
    await giveBack()
    for (let day = 0; day < 60; day++) {
      await bench.payments.run()
      bench.advance(24 * hourMs)
    }
    expect(stripe.requests.filter(({ what }) => what === 'GET /v1/refunds/re_1').length).toBe(6)
  })

  test.each([
    ['succeeded', 'sent', 1049],
    ['failed', 'failed', 1199],
    ['canceled', 'failed', 1199],
  ] as const)('is on its way while it waits for the balance, then %s: %s', async (status, state, net) => {
    stripe.refundsWait(true)
    await giveBack()
    expect((await bill()).refunds).toMatchObject([{ state: 'sending' }])
    expect(await atProvider()).toBe(1199)
    stripe.endRefund('re_1', status)
    await tellRefund('refund.updated', 're_1')
    expect((await bill()).refunds).toMatchObject([{ state }])
    expect([stripe.netMinor(), await atProvider()]).toEqual([net, net])
  })
})

describe('a bill of less than Stripe charges', () => {
  test('is told, closes no gate, can be waived, and is a bad debt in the end', async () => {
    await choose('pm_ok')
    const standing = () =>
      bench.sql.query('SELECT bill_payment.state AS state, account.refused AS refused FROM bill_payment, account')
    const gum = { sku: 'gum', quantity: 1, unitPriceMinor: 30, taxRate: 0.22, totalMinor: 30 }
    await post('/v1/purchases', purchaseOf('trip-1', { account: 'anna', ...billed([gum]) }), storeToken)
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', failure: 'too-small', owedMinor: 30 })
    expect((await bill()).payment.message).not.toContain('gate stays closed')
    expect((await call(bench.app, token, '/v1/me')).body).not.toHaveProperty('refused')
    bench.advance(90 * 24 * hourMs)
    await bench.payments.run()
    expect(await standing()).toEqual([{ state: 'written-off', refused: null }])
    const refund = { idempotentRefundId: 'r-1', reason: 'goodwill' }
    expect((await post('/v1/purchases/trip-1/refunds', refund, storeToken)).status).toBe(201)
    expect(await standing()).toEqual([{ state: 'refunded', refused: null }])
    expect(stripe.netMinor()).toBe(0)
  })

  test('keeps nobody from being erased', async () => {
    await choose('pm_ok')
    const gum = { sku: 'gum', quantity: 1, unitPriceMinor: 30, taxRate: 0.22, totalMinor: 30 }
    await post('/v1/purchases', purchaseOf('trip-1', { account: 'anna', ...billed([gum]) }), storeToken)
    await bill()
    await bench.sql.transaction((session) => closeAccount(session, 'anna', 1))
    expect(await bench.sql.transaction((session) => eraseClosed(session, 2, 10, 3))).toBe(1)
  })

  test('closes the gate no more where a part that was declined is waived', async () => {
    await choose('pm_poor')
    const id = await walkOut()
    await bill()
    expect((await call(bench.app, token, '/v1/me')).body).toMatchObject({ refused: 'unpaid-bill' })
    const refund = { idempotentRefundId: 'r-1', reason: 'goodwill', amountMinor: 1199 - 30 }
    await post('/v1/purchases/trip-1/refunds', refund, storeToken)
    await post(`/v1/me/bills/${id}/pay`)
    expect((await bill()).payment).toMatchObject({ failure: 'too-small', owedMinor: 30 })
    expect((await call(bench.app, token, '/v1/me')).body).not.toHaveProperty('refused')
  })
})

describe('a payment that the shopper has to confirm', () => {
  beforeEach(async () => {
    await choose('pm_careful')
    const id = await walkOut()
    await bill()
    await post(`/v1/me/bills/${id}/pay`)
  })

  test('is cancelled when another card is chosen instead, which the bill is charged to then', async () => {
    expect((await bill()).payment).toMatchObject({ state: 'under-way', confirmUrl: expect.any(String) })
    const before = stripe.intents.size
    await choose('pm_ok')
    expect((await bill()).payment).toMatchObject({ state: 'paid', owedMinor: 0 })
    expect([...stripe.intents.values()].map(({ status }) => status).slice(before - 1)).toEqual([
      'canceled',
      'succeeded',
    ])
  })

  test('is paid once where it was confirmed just before another card was chosen', async () => {
    await bill()
    stripe.succeed(`pi_${stripe.intents.size}`)
    await choose('pm_ok')
    expect((await bill()).payment.state).toBe('paid')
    expect(stripe.netMinor()).toBe(1199)
  })

  test('leads to the bank, and is paid when Stripe tells that it was confirmed', async () => {
    expect((await bill()).payment).toMatchObject({ state: 'under-way', confirmUrl: 'https://bank.test/pi_2' })
    expect(payments().at(-1)?.fields).toMatchObject({ return_url: publicUrl })
    stripe.succeed('pi_2')
    await tellAttempt('pi_2')
    expect((await bill()).payment).toMatchObject({ state: 'paid', confirmUrl: null })
    expect(stripe.netMinor()).toBe(1199)
  })

  test('is given up after an hour, and can be tried again', async () => {
    await bill()
    bench.advance(hourMs + 1)
    const { id, payment } = await bill()
    expect(payment).toMatchObject({ state: 'unpaid', failure: 'authentication-required', confirmUrl: null })
    expect(stripe.intents.get('pi_2')?.status).toBe('canceled')
    expect((await post(`/v1/me/bills/${id}/pay`)).status).toBe(202)
  })
})

describe('an answer that is lost', () => {
  test.each(['before', 'after'] as const)('%s Stripe did it costs nobody anything', async (when) => {
    await choose('pm_ok')
    await walkOut()
    stripe.loseNext(when)
    expect((await bill()).payment.state).toBe('under-way')
    bench.advance(hourMs)
    expect((await bill()).payment.state).toBe('paid')
    stripe.loseNext(when)
    await post(
      '/v1/purchases/trip-1/refunds',
      { idempotentRefundId: 'r', reason: 'faulty', amountMinor: 99 },
      storeToken,
    )
    expect((await bill()).refunds).toMatchObject([{ state: 'sending' }])
    bench.advance(hourMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect([stripe.netMinor(), stripe.intents.size]).toEqual([1100, 1])
  })

  test.each([
    ['before', 25],
    ['after', 25],
    ['after', 22],
    ['after', -26],
  ] as const)(
    '%s Stripe did it, %d h ago by a clock that may be wrong, is found by the attempt’s id',
    async (when, hours) => {
      await choose('pm_ok')
      await walkOut()
      stripe.loseNext(when)
      await bill()
      stripe.forgetKeys()
      bench.advance(hours * hourMs)
      expect((await bill()).payment.state).toBe('paid')
      expect([stripe.netMinor(), stripe.intents.size]).toEqual([1199, 1])
    },
  )
})

describe('POST /v1/webhooks/stripe', () => {
  test('POST /v1/webhooks/stripe takes an event late, twice or before the answer, with one effect', async () => {
    await choose('pm_slow')
    await walkOut()
    expect((await bill()).payment.state).toBe('under-way')
    await tellAttempt('pi_1')
    expect((await bill()).payment.state).toBe('under-way')
    stripe.succeed('pi_1')
    await Promise.all([tellAttempt('pi_1'), tellAttempt('pi_1')])
    expect((await bill()).payment.state).toBe('paid')
    await tell('payment_intent.processing', { ...stripe.intents.get('pi_1'), status: 'processing' })
    expect((await bill()).payment.state).toBe('paid')
    expect(stripe.netMinor()).toBe(1199)
  })

  test('POST /v1/webhooks/stripe refuses what is not signed, signed by another, or older than five minutes', async () => {
    const unsigned = await call(bench.app, null, '/v1/webhooks/stripe', { type: 'payment_intent.succeeded' })
    const forged = await tell('payment_intent.succeeded', {}, 0, 'whsec_of_somebody_else')
    const old = await tell('payment_intent.succeeded', {}, 310)
    const fresh = await tell('payment_intent.succeeded', {}, 290)
    expect([unsigned.status, forged.statusCode, old.statusCode, fresh.statusCode]).toEqual([400, 400, 400, 204])
    expect(old.json()).toMatchObject({ code: 'WRONG_SIGNATURE' })
  })
})

describe('a Stripe that is down', () => {
  test('is said to who wants to choose a card, and waited for by bills', async () => {
    stripe.loseNext('before')
    expect((await post('/v1/me/payment-method/page')).body).toMatchObject({ code: 'PROVIDER_DOWN' })
  })
})
