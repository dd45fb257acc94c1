/** Alipay's own package against a server of ours that behaves like Alipay, through the real routes. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountBill, AccountBills, PurchaseAnswer } from '../../models/contracts/http.ts'
import { type AlipayServer, startAlipayServer } from '../testing/alipay-server.ts'
import { listenNear } from '../testing/near-server.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, storeToken } from '../testing/service.ts'
import { createAlipayProvider } from './alipay.ts'
import { amountText, isFresh, minorOf, timeOf } from './alipay-answers.ts'
import { auditPayments } from './audit.ts'

const publicUrl = 'https://shop.test/account/'
const minuteMs = 60_000
const [good, poor, ended, slow] = ['9000', '1000', '2000', '3000']
let alipay: AlipayServer
let bench: Bench
let token = ''
beforeEach(async () => {
  alipay = await startAlipayServer()
  const { keys, url: server } = alipay
  bench = await openBench((now) => createAlipayProvider({ ...keys, publicUrl, now, server }))
  token = (await newShopper(bench, 'anna')).token
})
afterEach(async () => {
  expect(await auditPayments(bench.sql)).toEqual([])
  await bench.close()
  await alipay.close()
})

const post = (url: string, body: unknown = {}, as = token) => call(bench.app, as, url, body)
/** The number by which the shop knows the agreement that a page was opened for. */
async function page(): Promise<string> {
  const { url } = (await post('/v1/me/payment-method/page')).body as { url: string }
  const inApp = new URL(new URL(url).searchParams.get('scheme') ?? '').searchParams.get('url') ?? ''
  const content = JSON.parse(new URL(inApp).searchParams.get('biz_content') ?? '{}') as Record<string, string>
  return content.external_agreement_no ?? ''
}
async function choose(agreement = good): Promise<void> {
  alipay.agree(await page(), agreement)
  expect((await post('/v1/me/payment-method/chosen')).body).toMatchObject({ token: `agreement-${agreement}` })
}
async function walkOut(currency = 'CNY'): Promise<string> {
  const purchase = purchaseOf('trip-1', { account: 'anna' })
  const bill = { ...purchase.bill, currency }
  return ((await post('/v1/purchases', { ...purchase, bill }, storeToken)).body as PurchaseAnswer).purchaseId
}
async function bill(): Promise<AccountBill> {
  await bench.payments.run()
  const [found] = ((await call(bench.app, token, '/v1/me/bills')).body as AccountBills).bills
  if (found === undefined) throw new Error('there is no bill')
  return found
}
const asked = (method: string) => alipay.requests.filter((request) => request.method === method)
const trade = () => [...alipay.trades.values()][0]
function tell(fields: Record<string, string>, change: (payload: string) => string = (payload) => payload) {
  const payload = change(alipay.message(fields))
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return bench.app.inject({ url: '/v1/webhooks/alipay', method: 'POST', headers, payload })
}
/** As a clock in China says it. */
const clock = (ms: number) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
const ofTrade = (age = 0) => ({
  notify_type: 'trade_status_sync',
  notify_time: clock(bench.now() - age),
  out_trade_no: trade()?.out_trade_no ?? '',
  trade_status: 'TRADE_SUCCESS',
})

test('createAlipayProvider() takes no payment or refund of another amount for that of an order', async () => {
  const { now } = bench
  const provider = createAlipayProvider({ ...alipay.keys, publicUrl, now, server: alipay.url })
  const order = {
    currency: 'CNY',
    createdAt: now(),
    knownSince: now(),
    mayBeForgotten: false,
    isNew: true,
    isCancelled: false,
    isReplaced: false,
  } as const
  const charge = (amountMinor: number) =>
    provider.send({
      ...order,
      kind: 'charge',
      key: 'c',
      amountMinor,
      method: 'agreement-9000',
      tryNumber: 1,
      shopperPresent: false,
    })
  const refund = (reference: string, amountMinor: number) =>
    provider.send({ ...order, kind: 'refund', key: 'r', firstKey: 'r', amountMinor, reference })
  const paid = await charge(1000)
  if (paid.kind !== 'captured') throw new Error(`found ${paid.kind}, wanted captured`)
  bench.advance(minuteMs)
  await expect(charge(700)).rejects.toThrow(
    `attempt c: found payment ${paid.reference} of 1000 CNY, wanted one of 700 CNY`,
  )
  expect(await charge(1000)).toEqual(paid)
  expect(await refund(paid.reference, 300)).toMatchObject({ kind: 'refunded' })
  await expect(refund(paid.reference, 400)).rejects.toThrow(
    'attempt r: found refund r of 300 CNY, wanted one of 400 CNY',
  )
  expect([await refund(paid.reference, 300), alipay.netMinor()]).toMatchObject([{ kind: 'refunded' }, 700])
})

test('createAlipayProvider() goes nowhere else, whatever an answer says', async () => {
  const { url, close } = await listenNear(undefined, (_request, response) => {
    response.writeHead(307, { location: alipay.url.href, connection: 'close' }).end()
  })
  const provider = createAlipayProvider({ ...alipay.keys, publicUrl, now: Date.now, server: url })
  await expect(provider.enrolment?.finish('agreement')).rejects.toThrow(`leads to ${alipay.url.href}, wanted one of`)
  expect(alipay.requests).toEqual([])
  await close()
})

describe('an agreement made on Alipay’s page', () => {
  test('pays while nobody is there, in yuan, and no name is told', async () => {
    await choose()
    await walkOut()
    expect((await bill()).payment.state).toBe('paid')
    expect(asked('alipay.trade.pay')).toMatchObject([
      {
        content: {
          total_amount: '11.99',
          product_code: 'GENERAL_WITHHOLDING',
          agreement_params: { agreement_no: good },
        },
      },
    ])
    expect([alipay.netMinor(), alipay.requests.every((each) => !JSON.stringify(each).includes('Anna'))]).toEqual([
      1199,
      true,
    ])
  })

  test('is taken by Alipay’s word when the shopper does not come back', async () => {
    const external_agreement_no = await page()
    alipay.agree(external_agreement_no, good)
    const told = await tell({ notify_type: 'dut_user_sign', notify_time: clock(bench.now()), external_agreement_no })
    expect([told.statusCode, told.body]).toEqual([200, 'success'])
    expect((await call(bench.app, token, '/v1/me/payment-method')).body).toMatchObject({ token: `agreement-${good}` })
  })

  test('counts only when Alipay has it', async () => {
    await page()
    expect((await post('/v1/me/payment-method/chosen')).body).toMatchObject({ token: null })
  })

  test('cannot pay what is not in yuan', async () => {
    await choose()
    await walkOut('EUR')
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', failure: 'method-unusable' })
    expect(asked('alipay.trade.pay')).toEqual([])
  })
})

describe('a refusal', () => {
  test.each([
    [poor, 'retrying', 'insufficient-funds'],
    [ended, 'unpaid', 'method-unusable'],
  ])('of agreement %s is told, and that payment can never be taken later', async (agreement, state, failure) => {
    await choose(agreement)
    await walkOut()
    expect((await bill()).payment).toMatchObject({ state, failure })
    expect(trade()?.status).toBe('TRADE_CLOSED')
  })
})

describe('a payment that takes its time', () => {
  beforeEach(async () => {
    await choose(slow)
    await walkOut()
    expect((await bill()).payment.state).toBe('under-way')
  })

  test('is asked after, and paid when Alipay says so, told once, twice, or not at all', async () => {
    alipay.succeed(trade()?.out_trade_no ?? '')
    await Promise.all([tell(ofTrade()), tell(ofTrade())])
    bench.advance(6000)
    expect((await bill()).payment.state).toBe('paid')
    await tell(ofTrade())
    expect((await bill()).payment.state).toBe('paid')
    expect([asked('alipay.trade.pay').length, alipay.netMinor()]).toEqual([1, 1199])
  })

  test('is cancelled after a minute, and nothing of it is taken', async () => {
    bench.advance(2 * minuteMs)
    expect((await bill()).payment).toMatchObject({ state: 'retrying', failure: 'declined' })
    expect([trade()?.status, alipay.netMinor()]).toEqual(['TRADE_CLOSED', 0])
  })

  test.each([null, 'after'] as const)(
    'is given back when it was paid just before it was cancelled; answers to that are lost %s',
    async (lost) => {
      bench.advance(2 * minuteMs)
      alipay.before('alipay.trade.cancel', () => alipay.succeed(trade()?.out_trade_no ?? ''))
      alipay.lose(lost, 'alipay.trade.cancel')
      await bill()
      alipay.lose(null)
      bench.advance(2 * minuteMs)
      expect((await bill()).payment).toMatchObject({ state: 'retrying', failure: 'declined' })
      expect([trade()?.status, alipay.netMinor()]).toEqual(['TRADE_CLOSED', 0])
    },
  )
})

describe('an answer that is lost', () => {
  test.each(['before', 'after'] as const)(
    '%s Alipay did it, or signed by another, costs nobody anything',
    async (when) => {
      await choose()
      await walkOut()
      alipay.lose(when)
      expect((await bill()).payment.state).toBe('under-way')
      alipay.lose(null)
      bench.advance(minuteMs)
      alipay.forgeNext()
      expect((await bill()).payment.state).toBe('under-way')
      bench.advance(minuteMs)
      expect((await bill()).payment.state).toBe('paid')
      await post(
        '/v1/purchases/trip-1/refunds',
        { idempotentRefundId: 'r', reason: 'faulty', amountMinor: 99 },
        storeToken,
      )
      alipay.lose(when)
      expect((await bill()).refunds).toMatchObject([{ state: 'sending' }])
      alipay.lose(null)
      bench.advance(minuteMs)
      expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
      expect([alipay.netMinor(), alipay.trades.size]).toEqual([1100, 1])
    },
  )

  test('of a refund that Alipay has sent is found by its number', async () => {
    await choose()
    await walkOut()
    await bill()
    await post('/v1/purchases/trip-1/refunds', { idempotentRefundId: 'r', reason: 'faulty' }, storeToken)
    alipay.lose('after', 'alipay.trade.refund')
    await bench.payments.run()
    const sent = asked('alipay.trade.refund').length
    alipay.lose(null)
    bench.advance(minuteMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect([asked('alipay.trade.refund').length, alipay.netMinor()]).toEqual([sent, 0])
  })
})

describe('a refund that is refused', () => {
  const send = 'alipay.trade.refund'
  beforeEach(async () => {
    await choose()
    await walkOut()
    await bill()
    await post('/v1/purchases/trip-1/refunds', { idempotentRefundId: 'r', reason: 'faulty' }, storeToken)
  })

  test.each([
    ['ACQ.SYSTEM_ERROR', 'sending'],
    ['aop.ACQ.SYSTEM_ERROR', 'sending'],
    ['AOP.SYSTEM_ERROR', 'sending'],
    ['isp.unknow-error', 'sending'],
    ['ACQ.TRADE_STATUS_ERROR', 'sent'],
  ])('with %s though it was done is %s first, and is sent once', async (subCode, state) => {
    alipay.refuseNext(send, subCode, true)
    expect((await bill()).refunds).toMatchObject([{ state }])
    bench.advance(minuteMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect([asked(send).length, alipay.refunds.size, alipay.netMinor()]).toEqual([1, 1, 0])
  })

  test('is tried again under the same number, and found where it was done in between', async () => {
    alipay.refuseNext(send, 'ACQ.TRADE_STATUS_ERROR', false)
    await bill()
    bench.advance(26 * 60 * minuteMs)
    alipay.refuseNext(send, 'ACQ.TRADE_STATUS_ERROR', false)
    await bill()
    const [first, second] = asked(send).map(({ content }) => content)
    expect([second, alipay.netMinor()]).toEqual([first, 1199])
    alipay.answer(send, first ?? {})
    bench.advance(3 * 24 * 60 * minuteMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect([asked(send).length, alipay.netMinor()]).toEqual([2, 0])
  })
})

describe('POST /v1/webhooks/alipay', () => {
  test('POST /v1/webhooks/alipay refuses what is unsigned, altered, signed in the old way, for another app, or a copy', async () => {
    await choose(slow)
    await walkOut()
    await bill()
    const answers = await Promise.all([
      tell(ofTrade(), (payload) => payload.replace(/sign=[^&]*/, '')),
      tell(ofTrade(), (payload) => payload.replace('TRADE_SUCCESS', 'TRADE_FINISHED')),
      tell(ofTrade(), (payload) => payload.replace('RSA2', 'RSA')),
      tell({ ...ofTrade(), app_id: '2021000100000002' }),
      tell(ofTrade(26 * 60 * minuteMs)),
      tell(ofTrade(-10 * minuteMs)),
      tell({ ...ofTrade(), notify_time: 'today' }),
      tell(ofTrade(25 * 60 * minuteMs)),
    ])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 400, 400, 400, 400, 200])
    expect(answers[0]?.json()).toMatchObject({ code: 'WRONG_SIGNATURE' })
  })
})

describe('createAlipayProvider()', () => {
  test('takes keys with and without their first and last line, and says which one it cannot read', () => {
    const { keys } = alipay
    const bare = (pem: string) => pem.trim().split('\n').slice(1, -1).join('')
    const make = (changes: Partial<typeof keys>) => () =>
      createAlipayProvider({ ...keys, ...changes, publicUrl, now: bench.now })
    expect(make({ privateKey: bare(keys.privateKey), alipayPublicKey: bare(keys.alipayPublicKey) })).not.toThrow()
    expect(make({ privateKey: keys.alipayPublicKey })).toThrow("the app's private key")
    expect(make({ alipayPublicKey: 'MIIB' })).toThrow("Alipay's public key")
  })
})

describe('what Alipay writes', () => {
  test('amountText() has two decimals', () => {
    expect([0, 5, 99, 100, 1199, 120_000].map(amountText)).toEqual(['0.00', '0.05', '0.99', '1.00', '11.99', '1200.00'])
  })

  test('minorOf() reads what amountText() writes, and nothing else', () => {
    expect([5, 1199, 120_000].map((minor) => minorOf(amountText(minor)))).toEqual([5, 1199, 120_000])
    expect([undefined, '', '1', '1.999', '-1.00', '1e2'].map(minorOf)).toEqual(Array(6).fill(Number.NaN))
  })

  test('timeOf() reads the clock of China; isFresh() takes no time that it cannot read', () => {
    expect(timeOf('2026-11-22 20:00:00')).toBe(Date.UTC(2026, 10, 22, 12))
    expect(isFresh('', Date.UTC(2026, 10, 22, 12))).toBe(false)
  })
})
