/** What the office of a store gives back stands in the audit log once for each time that it was done, and never without it. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountBills } from '../../models/contracts/http.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'

let bench: Bench
let token: string
beforeEach(async () => {
  bench = await openBench()
  token = (await newShopper(bench, 'anna')).token
})
afterEach(() => bench.close())

const post = (url: string, body: object = {}) => call(bench.app, storeToken, url, body)
const refunds = '/v1/purchases/trip-1/refunds'
const wanted = { idempotentRefundId: 'r-1', reason: 'goodwill', amountMinor: 100 }
const acts = async () =>
  (
    await bench.sql.query<{ what: string; detail: string }>(
      "SELECT what, detail FROM audit WHERE what LIKE 'refund%' ORDER BY position",
    )
  ).map(({ what, detail }) => `${what} ${detail}`)

async function paidBy(method: string): Promise<void> {
  await put(bench.app, token, '/v1/me/payment-method', { token: method })
  await post('/v1/purchases', purchaseOf('trip-1', { account: 'anna' }))
  await bench.payments.run()
}

test('POST /v1/purchases/:tripId/refunds grants nothing that the audit log does not take', async () => {
  await paidBy('test-ok')
  await bench.sql.run(
    "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
  )
  expect((await post(refunds, wanted)).status).toBe(500)
  expect(await bench.sql.query('SELECT id FROM refund')).toEqual([])
  await bench.sql.run('DROP TRIGGER full')
  expect([(await post(refunds, wanted)).status, (await post(refunds, wanted)).status]).toEqual([201, 200])
  expect(await acts()).toEqual(['refund-granted r-1, goodwill'])
})

test.each([
  ['send-again', 'refund-sent-again'],
  ['paid-otherwise', 'refund-paid-otherwise'],
])('POST /v1/purchases/:tripId/refunds/:refundId/%s is noted once where it is asked for twice', async (act, noted) => {
  await paidBy('test-no-refund')
  await post(refunds, wanted)
  await bench.payments.run()
  const both = await Promise.all([post(`${refunds}/r-1/${act}`), post(`${refunds}/r-1/${act}`)])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(await acts()).toEqual(['refund-granted r-1, goodwill', `${noted} r-1`])
})

test('POST /v1/purchases/:tripId/refunds takes no name for another that its key reads like', async () => {
  await paidBy('test-ok')
  expect((await post(refunds, wanted)).status).toBe(201)
  expect((await post(refunds, { ...wanted, idempotentRefundId: 's1/r-1' })).status).toBe(201)
  expect((await post(refunds, { ...wanted, idempotentRefundId: 's1/r-1' })).status).toBe(200)
  await bench.payments.run()
  const { bills } = (await call(bench.app, token, '/v1/me/bills')).body as AccountBills
  expect(bills[0]).toMatchObject({
    payment: { refundedMinor: 200 },
    refunds: [
      { id: 'r-1', state: 'sent' },
      { id: 's1/r-1', state: 'sent' },
    ],
  })
})
