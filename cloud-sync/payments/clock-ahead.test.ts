/** Times that were written down while the clock was weeks ahead, after it is set right. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountBill, AccountBills } from '../../models/contracts/http.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import { auditPayments } from './audit.ts'

const dayMs = 86_400_000
let bench: Bench
let token = ''
beforeEach(async () => {
  bench = await openBench()
  token = (await newShopper(bench, 'anna')).token
  bench.advance(20 * dayMs)
})
afterEach(async () => {
  expect(await auditPayments(bench.sql)).toEqual([])
  await bench.close()
})

const setRight = () => bench.advance(60_000 - 20 * dayMs)
const payWith = (method: string) => put(bench.app, token, '/v1/me/payment-method', { token: method })
const walkOut = () => call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-1', { account: 'anna' }))
const refund = () =>
  call(bench.app, storeToken, '/v1/purchases/trip-1/refunds', { idempotentRefundId: 'r-1', reason: 'returned' })
async function bill(): Promise<AccountBill> {
  await bench.payments.run()
  const { bills } = (await call(bench.app, token, '/v1/me/bills')).body as AccountBills
  return bills[0] ?? expect.fail()
}
async function days(count: number): Promise<void> {
  for (let day = 0; day < count; day++, bench.advance(dayMs)) await bench.payments.run()
}

test.each(['test-slow', 'test-second-try'])('run() keeps no payment waiting for as long, of %s', async (method) => {
  await payWith(method)
  await walkOut()
  expect((await bill()).payment.state).not.toBe('paid')
  setRight()
  expect((await bill()).payment.state).toBe('paid')
})

test('run() keeps no bill waiting that was not charged yet, nor a refund that was not sent', async () => {
  await walkOut()
  setRight()
  expect((await bill()).payment.state).toBe('paid')
  bench.advance(20 * dayMs)
  await refund()
  setRight()
  expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
})

test('run() sees that a refund came back', async () => {
  await payWith('test-refund-returns')
  await walkOut()
  await bill()
  await refund()
  expect((await bill()).refunds).toMatchObject([{ state: 'sent' }])
  setRight()
  expect((await bill()).refunds).toMatchObject([{ state: 'returned' }])
})

test.each([
  ['test-declined', 7],
  ['test-card-closed', 1],
])('run() has %s tried %d times in all, and a bad debt after ninety days', async (method, tries) => {
  await payWith(method)
  await walkOut()
  await bill()
  setRight()
  await days(89)
  const state = async () => (await bench.sql.query('SELECT state FROM bill_payment'))[0]?.state
  const tried = async () => (await bench.sql.query('SELECT id FROM attempt')).length
  expect([await state(), await tried()]).toEqual(['unpaid', tries])
  await days(3)
  expect([await state(), await tried()]).toEqual(['written-off', tries])
})
