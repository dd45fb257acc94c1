/** Books that were put back from a copy, which forgot what the provider was asked since. */
import { expect, test } from 'vitest'
import { createPurchases } from '../purchases.ts'
import { startAlipayServer } from '../testing/alipay-server.ts'
import { emptyBooks } from '../testing/books.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { createAlipayProvider } from './alipay.ts'
import { auditPayments } from './audit.ts'
import { createPayments } from './payments.ts'
import type { Answer, PaymentProvider } from './provider.ts'

const silent = { info() {}, warn() {}, error() {} }
const dayMs = 86_400_000

/** Remembers each key; declines what is charged to `poor`. */
function cardProvider() {
  const known = new Map<string, Answer>()
  const provider: PaymentProvider = {
    name: 'cards',
    defaultMethod: null,
    choices: [],
    async send(order) {
      const isPoor = order.kind === 'charge' && order.method === 'poor'
      const answer: Answer =
        known.get(order.key) ??
        (isPoor
          ? { kind: 'declined', reason: 'insufficient-funds' }
          : { kind: order.kind === 'refund' ? 'refunded' : 'captured', reference: order.key })
      known.set(order.key, answer)
      return answer
    },
  }
  return {
    provider: () => provider,
    captured: () => [...known.values()].filter(({ kind }) => kind === 'captured').length,
    refunded: () => [...known.values()].filter(({ kind }) => kind === 'refunded').length,
  }
}

async function books(
  provider: (now: () => number) => PaymentProvider,
  bill = purchaseOf('trip-1', { account: 'anna' }),
) {
  const sql = await emptyBooks()
  let time = bill.tripEndTime
  const now = () => time
  const payments = createPayments({ sql, provider: provider(now), now, log: silent })
  await createPurchases(sql, now).record(bill)
  return {
    sql,
    refund: () => payments.refund({ storeId: 's1', tripId: 'trip-1' }, { idempotentRefundId: 'r', reason: 'returned' }),
    choose: (token: string) => sql.transaction((session) => payments.useMethod({ id: 'anna' }, token, session)),
    async days(count: number) {
      for (let day = 0; day < count; day++, time += dayMs) await payments.run()
    },
    async end() {
      await payments.run()
      expect(await auditPayments(sql)).toEqual([])
      const states = await sql.query<{ state: string }>('SELECT state FROM bill_payment')
      await sql.close()
      return states.map(({ state }) => state)
    },
  }
}

test.each([[['rich']], [['poor', 'rich']]])(
  'useMethod() charges no bill twice that was paid by a method which the copy does not have, chosen as %j',
  async (chosen) => {
    const { provider, captured } = cardProvider()
    const before = await books(provider)
    for (const token of chosen) {
      await before.choose(token)
      await before.days(1)
    }
    expect([await before.end(), captured()]).toEqual([['paid'], 1])
    const after = await books(provider)
    await after.days(2)
    await after.choose('rich')
    await after.days(2)
    expect([await after.end(), captured()]).toEqual([['paid'], 1])
  },
)

test('refund() of a bill that was paid since the copy waits until it is paid again, and is sent then', async () => {
  const { provider, captured, refunded } = cardProvider()
  const before = await books(provider)
  for (const token of ['poor', 'rich']) {
    await before.choose(token)
    await before.days(1)
  }
  expect([await before.end(), captured()]).toEqual([['paid'], 1])
  const after = await books(provider)
  await after.sql.run('INSERT INTO restored (at, known_until) SELECT ended_at, 0 FROM purchase')
  await after.choose('poor')
  await after.days(1)
  await expect(after.refund()).rejects.toMatchObject({ code: 'PAYMENT_FORGOTTEN' })
  await after.days(1)
  expect((await after.refund()).refund).toMatchObject({ state: 'sending', amountMinor: 1199 })
  expect([await after.end(), captured(), refunded()]).toEqual([['refunded'], 1, 1])
})

test('refund() of what nobody has paid waits for 30 days, and is taken off what is owed then', async () => {
  const { provider, captured } = cardProvider()
  const after = await books(provider)
  await after.sql.run('INSERT INTO restored (at, known_until) SELECT ended_at, 0 FROM purchase')
  await after.choose('poor')
  await after.days(30)
  expect((await after.refund()).refund).toMatchObject({ state: 'waived' })
  expect([await after.end(), captured()]).toEqual([['refunded'], 0])
})

test('run() calls no payment captured that it has cancelled itself just as it was paid', async () => {
  const alipay = await startAlipayServer()
  const { url: server, keys } = alipay
  const { bill, ...purchase } = purchaseOf('trip-1', { account: 'anna' })
  const { sql, choose, days } = await books(
    (now) => createAlipayProvider({ ...keys, publicUrl: 'https://shop.test/account/', now, server }),
    { ...purchase, bill: { ...bill, currency: 'CNY' } },
  )
  await sql.run('INSERT INTO restored (at, known_until) VALUES (?, ?)', [purchase.tripEndTime, 0])
  await choose('agreement-3000')
  await days(1)
  alipay.before('alipay.trade.cancel', () => alipay.succeed([...alipay.trades.keys()][0] ?? ''))
  alipay.lose('after', 'alipay.trade.cancel')
  await days(1)
  alipay.lose(null)
  await days(1)
  expect([await sql.query('SELECT state FROM bill_payment'), alipay.netMinor()]).toEqual([[{ state: 'declined' }], 0])
  expect(await auditPayments(sql)).toEqual([])
  await sql.close()
  await alipay.close()
})

test('useMethod() takes nothing again for a bill that Alipay was paid and gave back after the copy', async () => {
  const alipay = await startAlipayServer()
  const { url: server, keys } = alipay
  const provider = (now: () => number) =>
    createAlipayProvider({ ...keys, publicUrl: 'https://shop.test/account/', now, server })
  const { bill, ...purchase } = purchaseOf('trip-1', { account: 'anna' })
  const inYuan = { ...purchase, bill: { ...bill, currency: 'CNY' } }
  const before = await books(provider, inYuan)
  await before.choose('agreement-9000')
  expect([await before.end(), alipay.netMinor()]).toEqual([['paid'], 1199])
  const [out_trade_no] = alipay.trades.keys()
  alipay.answer('alipay.trade.refund', { out_trade_no, out_request_no: 'r', refund_amount: '11.99' })
  expect([...alipay.trades.values()]).toMatchObject([{ status: 'TRADE_CLOSED' }])
  const after = await books(provider, inYuan)
  await after.sql.run('INSERT INTO restored (at, known_until) VALUES (?, ?)', [purchase.tripEndTime, 0])
  await after.days(2)
  await after.choose('agreement-9000')
  await after.days(2)
  expect([await after.end(), alipay.trades.size, alipay.netMinor()]).toEqual([['paid'], 1, 0])
  await alipay.close()
})
