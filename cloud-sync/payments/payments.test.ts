/** Payments through the real routes, the real books and the test provider. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountBill, AccountBills, PurchaseAnswer } from '../../models/contracts/http.ts'
import type { RefundAnswer } from '../../models/contracts/payments.ts'
import { billed, purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import { auditPayments } from './audit.ts'
import { createTestProvider } from './test-provider.ts'

let bench: Bench
let token = ''
const dayMs = 86_400_000
beforeEach(async () => {
  bench = await openBench()
  token = (await newShopper(bench, 'anna')).token
})
afterEach(async () => {
  expect(await auditPayments(bench.sql)).toEqual([])
  await bench.close()
})

const post = (url: string, body: unknown, as = storeToken) => call(bench.app, as, url, body)
const get = (url: string, as = token) => call(bench.app, as, url)
const payWith = (method: string) => put(bench.app, token, '/v1/me/payment-method', { token: method })
const refund = (id: string, wanted: object = {}, trip = 'trip-1') =>
  post(`/v1/purchases/${trip}/refunds`, { idempotentRefundId: id, reason: 'returned', ...wanted })
const sendAgain = (id: string, trip = 'trip-1') => post(`/v1/purchases/${trip}/refunds/${id}/send-again`, {})
const paidOtherwise = (id: string) => post(`/v1/purchases/trip-1/refunds/${id}/paid-otherwise`, {})
async function amountIn(account: string): Promise<number> {
  const sum = 'SELECT COALESCE(SUM(amount_minor), 0) AS minor FROM ledger_entry WHERE account = ?'
  const [row] = await bench.sql.query<{ minor: number }>(sum, [account])
  return row?.minor ?? Number.NaN
}

/** Anna's bill after everything due was done. */
async function bill(trip = 'trip-1'): Promise<AccountBill> {
  await bench.payments.run()
  const { bills } = (await get('/v1/me/bills')).body as AccountBills
  const found = bills.find(({ tripId }) => tripId === trip)
  if (found === undefined) throw new Error(`there is no bill of ${trip}`)
  return found
}
const walkOut = async (trip = 'trip-1') =>
  ((await post('/v1/purchases', purchaseOf(trip, { account: 'anna' }))).body as PurchaseAnswer).purchaseId
const refused = async () => {
  const { body } = await get('/v1/stores/s1/accounts', storeToken)
  return (body as { id: string; refused?: string }[]).find(({ id }) => id === 'anna')?.refused
}
const answers = async () =>
  (
    await bench.sql.query<{ kind: string; outcome: string }>(
      'SELECT kind, outcome FROM attempt JOIN attempt_answer ON attempt_id = id ORDER BY at',
    )
  ).map(({ kind, outcome }) => `${kind} ${outcome}`)

describe('a bill', () => {
  test('is paid with the account’s payment method, once, whatever comes again', async () => {
    await walkOut()
    expect(await bill()).toMatchObject({ payment: { state: 'paid', owedMinor: 0, message: '', failure: null } })
    await walkOut()
    bench = await bench.reopen()
    await bill()
    expect(await answers()).toEqual(['charge captured'])
    expect(await refused()).toBeUndefined()
  })

  test('is held first and taken then where the provider does it so', async () => {
    await payWith('test-two-steps')
    await walkOut()
    expect((await bill()).payment.state).toBe('paid')
    expect(await answers()).toEqual(['charge authorised', 'capture captured'])
  })

  test('is under way while a slow bank has not answered, also over a restart, and lets its shopper in', async () => {
    await payWith('test-slow')
    await walkOut()
    expect((await bill()).payment).toMatchObject({ state: 'under-way', message: 'The payment is on its way.' })
    bench = await bench.reopen()
    expect([(await bill()).payment.state, await refused()]).toEqual(['under-way', undefined])
    bench.advance(60_000)
    expect((await bill()).payment.state).toBe('paid')
    expect(await answers()).toEqual(['charge captured'])
  })

  test('in review is not charged until a person has settled it, and then with what they decided', async () => {
    const purchase = purchaseOf('trip-1', { account: 'anna' })
    await post('/v1/purchases', { ...purchase, bill: { ...purchase.bill, status: 'review' } })
    expect((await bill()).payment).toMatchObject({ state: 'checking', owedMinor: 0 })
    const water = { sku: 'water', quantity: 1, unitPriceMinor: 150, taxRate: 0.1, totalMinor: 150 }
    const { bill: decided, cartItems } = billed([water])
    const checked = { ...decided, checkedAt: purchase.tripEndTime + 1 }
    await post('/v1/purchases', { ...purchase, cartItems, bill: checked })
    expect(await bill()).toMatchObject({ totalMinor: 150, payment: { state: 'paid' } })
    expect(await bench.sql.query('SELECT amount_minor FROM attempt')).toEqual([{ amount_minor: 150 }])
  })
})

describe('a declined payment', () => {
  test('closes the gate with a reason, is tried again by itself, and opens it when it is paid', async () => {
    await payWith('test-second-try')
    const etag = (await get('/v1/stores/s1/accounts', storeToken)).headers.etag
    await walkOut()
    const { payment } = await bill()
    expect(payment).toMatchObject({ state: 'retrying', owedMinor: 1199, failure: 'insufficient-funds' })
    expect(payment.message).toMatch(/not enough money available. It is tried again by itself. The gate stays closed/)
    expect([await refused(), (await get('/v1/me')).body]).toEqual([
      'unpaid-bill',
      expect.objectContaining({ refused: 'unpaid-bill' }),
    ])
    expect((await get('/v1/stores/s1/accounts', storeToken)).headers.etag).not.toBe(etag)
    bench.advance(dayMs - 60_000)
    expect((await bill()).payment.nextTryAt).toBe(payment.nextTryAt)
    bench.advance(60_000)
    expect((await bill()).payment).toMatchObject({ state: 'paid', nextTryAt: null, failure: null })
    expect(await refused()).toBeUndefined()
  })

  test('is given up after six tries in four weeks, and is a bad debt after ninety days, which can still be paid', async () => {
    await payWith('test-declined')
    await walkOut()
    for (let day = 0; day < 40; day++) {
      await bill()
      bench.advance(dayMs)
    }
    expect(await answers()).toEqual(Array(6).fill('charge declined'))
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', nextTryAt: null, owedMinor: 1199 })
    bench.advance(60 * dayMs)
    token = (await newShopper(bench, 'anna')).token
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', owedMinor: 1199 })
    const debt = "SELECT SUM(amount_minor) AS minor FROM ledger_entry WHERE account = 'bad-debt'"
    expect([await bench.sql.query(debt), await refused()]).toEqual([[{ minor: 1199 }], 'unpaid-bill'])
    await payWith('test-ok')
    expect([(await bill()).payment.state, await refused()]).toEqual(['paid', undefined])
    expect(await bench.sql.query(debt)).toEqual([{ minor: 0 }])
  })

  test('waits for the shopper where the bank wants them to confirm, and is paid when they do', async () => {
    await payWith('test-authentication')
    const id = await walkOut()
    const { payment } = await bill()
    expect(payment).toMatchObject({ state: 'unpaid', failure: 'authentication-required', nextTryAt: null })
    expect(payment.message).toMatch(/Please pay now and confirm it to your bank/)
    const paying = await post(`/v1/me/bills/${id}/pay`, {}, token)
    expect(paying).toMatchObject({ status: 202, body: { payment: { state: 'under-way', owedMinor: 1199 } } })
    expect((paying.body as AccountBill).payment.message).toMatch(/is being tried again. The gate stays closed/)
    expect(await refused()).toBe('unpaid-bill')
    expect([(await bill()).payment.state, await refused()]).toEqual(['paid', undefined])
  })

  test('of one bill keeps the gate closed while another is paid', async () => {
    await payWith('test-card-closed')
    const first = await walkOut('trip-1')
    await walkOut('trip-2')
    await bill()
    expect((await refund('r', {}, 'trip-2')).status).toBe(201)
    expect(await refused()).toBe('unpaid-bill')
    expect((await refund('r-1', {}, 'trip-1')).status).toBe(201)
    expect([(await bill()).payment, await refused()]).toMatchObject([{ state: 'refunded', owedMinor: 0 }, undefined])
    expect((await post(`/v1/me/bills/${first}/pay`, {}, token)).body).toMatchObject({ code: 'NOT_OWED' })
  })
})

describe('POST /v1/me/bills/:id/pay', () => {
  test('POST /v1/me/bills/:id/pay answers 404 for bills of others, and 409 while a payment is under way', async () => {
    const id = await walkOut()
    const other = await newShopper(bench, 'otto')
    expect((await post(`/v1/me/bills/${id}/pay`, {}, other.token)).status).toBe(404)
    expect((await post(`/v1/me/bills/${id}/pay`, {}, token)).status).toBe(202)
    expect((await post(`/v1/me/bills/${id}/pay`, {}, token)).body).toMatchObject({ code: 'PAYMENT_UNDER_WAY' })
  })

  test('POST /v1/me/bills/:id/pay lets a shopper try eight times with one payment method, and another one then', async () => {
    await payWith('test-declined')
    const id = await walkOut()
    const statuses = []
    for (let i = 0; i < 9; i++) {
      await bill()
      statuses.push((await post(`/v1/me/bills/${id}/pay`, {}, token)).status)
    }
    expect(statuses).toEqual([...Array(8).fill(202), 429])
    await payWith('test-declined')
    expect((await answers()).length).toBe(9)
    await payWith('test-ok')
    expect((await bill()).payment.state).toBe('paid')
  })
})

describe('PUT /v1/me/payment-method', () => {
  test('PUT /v1/me/payment-method takes the provider’s tokens and no card number', async () => {
    expect((await get('/v1/me/payment-method')).body).toMatchObject({ provider: 'test', token: 'test-ok' })
    expect((await payWith('4242424242424242')).status).toBe(400)
    expect((await payWith('test-unknown')).body).toMatchObject({
      code: 'UNKNOWN_METHOD',
      message: expect.stringContaining('found "test-unknown", wanted one of test-ok, '),
    })
    expect((await payWith('test-slow')).body).toMatchObject({ token: 'test-slow' })
  })
})

describe('POST /v1/purchases/:tripId/refunds', () => {
  test('POST /v1/purchases/:tripId/refunds gives products back once, sends the money, and shows it to the shopper', async () => {
    await walkOut()
    await bill()
    const wanted = { lines: [{ sku: '632565000012', quantity: 1 }], note: 'The bottle leaked.' }
    const first = await refund('r-1', wanted)
    const again = await refund('r-1', wanted)
    const more = { ...wanted, lines: wanted.lines.map((line) => ({ ...line, customer: 'Anna' })) }
    expect([first.status, again.status, (await refund('r-1', more)).status]).toEqual([201, 200, 200])
    expect((first.body as RefundAnswer).refund).toMatchObject({ amountMinor: 150, state: 'sending' })
    const { payment, refunds } = await bill()
    expect(payment).toMatchObject({ state: 'paid', refundedMinor: 150 })
    expect(refunds).toMatchObject([
      {
        id: 'r-1',
        reason: 'returned',
        note: 'The bottle leaked.',
        state: 'sent',
        vatBreakdown: [
          { vatCategoryTaxableAmountMinor: 137, vatCategoryTaxAmountMinor: 13, vatCategoryRatePercent: 10 },
        ],
      },
    ])
    expect(await answers()).toEqual(['charge captured', 'refund refunded'])
  })

  test('POST /v1/purchases/:tripId/refunds gives back in parts until nothing is left', async () => {
    await walkOut()
    await bill()
    await refund('r-1', { amountMinor: 199 })
    await refund('r-2', { lines: [{ sku: 'wine-75', quantity: 1 }] })
    expect((await refund('r-3', { amountMinor: 1001 })).body).toMatchObject({
      code: 'REFUND_TOO_MUCH',
      message: 'this cannot be given back: /amountMinor: found 1001, wanted at most 1000, which is left of the bill',
    })
    await refund('r-4')
    expect(await bill()).toMatchObject({ payment: { state: 'refunded', refundedMinor: 1199 } })
    expect((await refund('r-5')).body).toMatchObject({ code: 'NOT_REFUNDABLE' })
    expect(
      await bench.sql.query("SELECT SUM(amount_minor) AS minor FROM ledger_entry WHERE account LIKE 'tax:%'"),
    ).toEqual([{ minor: 0 }])
  })

  test('POST /v1/purchases/:tripId/refunds lowers what is owed where nothing was paid yet', async () => {
    await payWith('test-card-closed')
    await walkOut()
    await bill()
    expect((await refund('r-1', { amountMinor: 199 })).body).toMatchObject({ refund: { state: 'waived' } })
    expect((await bill()).payment).toMatchObject({ state: 'unpaid', owedMinor: 1000 })
    await payWith('test-ok')
    expect((await bill()).payment).toMatchObject({ state: 'paid', refundedMinor: 199 })
    expect(await bench.sql.query('SELECT amount_minor FROM attempt ORDER BY created_at DESC LIMIT 1')).toEqual([
      { amount_minor: 1000 },
    ])
  })

  test('POST /v1/purchases/:tripId/refunds says when the money cannot be sent, and keeps it owed to the shopper', async () => {
    await payWith('test-no-refund')
    await walkOut()
    await bill()
    await refund('r-1')
    expect(await bill()).toMatchObject({ payment: { state: 'refunded' }, refunds: [{ state: 'failed' }] })
    expect(await amountIn('refund-payable')).toBe(-1199)
  })

  test('POST /v1/purchases/:tripId/refunds/:refundId/send-again sends what came back, as often as it comes back', async () => {
    await payWith('test-refund-returns')
    await walkOut()
    await bill()
    await refund('r-1', { amountMinor: 150 })
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    bench.advance(dayMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'returned' }])
    expect([await amountIn('refund-payable'), await amountIn('provider')]).toEqual([-150, 1199])
    expect((await get('/v1/stores/s1/failed-refunds', storeToken)).body).toMatchObject({
      refunds: [
        {
          tripId: 'trip-1',
          currency: 'EUR',
          refund: { id: 'r-1', amountMinor: 150, state: 'returned' },
          message: expect.stringMatching(
            /bank sent it back. It is still owed to the shopper. Look at the provider first/,
          ),
        },
      ],
    })
    expect((await sendAgain('r-1')).body).toMatchObject({ id: 'r-1', state: 'sending' })
    expect((await sendAgain('r-1')).status).toBe(200)
    expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
    expect((await sendAgain('r-1')).body).toMatchObject({ code: 'NOT_FAILED' })
    bench.advance(dayMs)
    expect((await bill()).refunds).toMatchObject([{ state: 'returned' }])
    expect(await answers()).toEqual(['charge captured', 'refund refunded', 'refund refunded'])
  })

  test('POST /v1/purchases/:tripId/refunds/:refundId/paid-otherwise ends it, once', async () => {
    await payWith('test-no-refund')
    await walkOut()
    await bill()
    await refund('r-1', { amountMinor: 150 })
    expect((await paidOtherwise('r-1')).body).toMatchObject({ code: 'NOT_FAILED' })
    expect((await bill()).refunds).toMatchObject([{ state: 'failed' }])
    for (let i = 0; i < 2; i++) expect((await paidOtherwise('r-1')).body).toMatchObject({ state: 'paid-otherwise' })
    expect((await sendAgain('r-1')).body).toMatchObject({ code: 'NOT_FAILED' })
    expect((await bill()).refunds).toMatchObject([{ state: 'paid-otherwise' }])
    expect(await Promise.all(['refund-payable', 'provider', 'other-means'].map(amountIn))).toEqual([0, 1199, -150])
    expect((await get('/v1/stores/s1/failed-refunds', storeToken)).body).toEqual({ refunds: [] })
    expect((await paidOtherwise('r-2')).body).toMatchObject({ code: 'NO_SUCH_REFUND' })
  })

  test('POST /v1/purchases/:tripId/refunds of what another provider took is left to the store', async () => {
    await bench.close()
    let name = 'before'
    bench = await openBench((now) => ({ ...createTestProvider(now), name }))
    token = (await newShopper(bench, 'anna')).token
    await walkOut()
    await bill()
    name = 'after'
    bench = await bench.reopen()
    await refund('r-1')
    expect((await bill()).refunds).toMatchObject([{ state: 'failed' }])
    await sendAgain('r-1')
    expect((await bill()).refunds).toMatchObject([{ state: 'failed' }])
    expect((await get('/v1/stores/s1/failed-refunds', storeToken)).body).toMatchObject({
      refunds: [{ tripId: 'trip-1' }],
    })
    expect([await answers(), await bench.sql.query('SELECT * FROM open_attempt')]).toEqual([['charge captured'], []])
    expect((await paidOtherwise('r-1')).status).toBe(200)
    expect((await bill()).refunds).toMatchObject([{ state: 'paid-otherwise' }])
  })

  test('POST /v1/purchases/:tripId/refunds/:refundId/send-again is for a refund of that trip alone', async () => {
    await payWith('test-no-refund')
    await walkOut()
    await walkOut('trip-2')
    await bill()
    await refund('r-1', { amountMinor: 150 })
    await bill()
    expect((await sendAgain('r-1', 'trip-2')).body).toMatchObject({ code: 'NO_SUCH_REFUND' })
    expect((await sendAgain('r-1', 'trip-3')).body).toMatchObject({ code: 'NO_SUCH_TRIP' })
  })

  test('POST /v1/purchases/:tripId/refunds refuses what is not there, not settled or being paid, and other content', async () => {
    const purchase = purchaseOf('trip-2', { account: 'anna' })
    await post('/v1/purchases', { ...purchase, bill: { ...purchase.bill, status: 'review' } })
    await walkOut()
    await payWith('test-slow')
    const codes = async (id: string, wanted = {}, trip = 'trip-1') =>
      ((await refund(id, wanted, trip)).body as { code: string }).code
    expect(await codes('r-1', {}, 'trip-3')).toBe('NO_SUCH_TRIP')
    expect(await codes('r-1', {}, 'trip-2')).toBe('NOT_REFUNDABLE')
    expect(await codes('r-1')).toBe('PAYMENT_UNDER_WAY')
    await bench.payments.run()
    bench.advance(60_000)
    await bill()
    await refund('r-1', { amountMinor: 5 })
    expect(await codes('r-1', { amountMinor: 6 })).toBe('OTHER_REFUND')
    expect(await codes('r-2', { amountMinor: 0 })).toBe('BAD_REQUEST')
    expect((await call(bench.app, token, '/v1/purchases/trip-1/refunds', {})).status).toBe(401)
  })
})
