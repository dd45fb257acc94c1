/** Every statement, commit and call of the provider fails in turn: nothing is lost, nothing is taken twice. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { paymentOf } from '../ledger/ledger.ts'
import { createPurchases } from '../purchases.ts'
import type { Sql } from '../sql.ts'
import { createBank } from '../testing/bank.ts'
import { emptyBooks } from '../testing/books.ts'
import { type FaultMode, Faults, faultySql } from '../testing/faults.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { auditPayments } from './audit.ts'
import { createPayments } from './payments.ts'

const dayMs = 86_400_000
const silent = { info() {}, warn() {}, error() {} }
const purchase = purchaseOf('trip-1', { account: 'anna' })
const wanted = { idempotentRefundId: 'r-1', reason: 'returned' as const, amountMinor: 150 }

let sql: Sql
beforeEach(async () => {
  sql = await emptyBooks()
})
afterEach(() => sql.close())

/** Billed, declined, paid at the second try, partly given back, which comes back and is sent again. False: it was over before the nth thing happened. */
async function live(nth: number, mode: FaultMode): Promise<boolean> {
  const faults = new Faults(nth, mode)
  const bank = createBank(faults)
  let time = Date.UTC(2026, 10, 21, 13)
  const deps = { sql: faultySql(sql, faults), provider: bank, log: silent, now: () => time }
  const start = () => ({ payments: createPayments(deps), purchases: createPurchases(deps.sql, deps.now) })
  let service = start()
  /** Whoever asks asks again until they are answered, as stores do; a dead process is started anew. */
  async function insist(ask: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await ask()
        return
      } catch (error) {
        if (!String(error).includes('fault at') && !String(error).includes('is dead')) throw error
        faults.restart()
        service = start()
      }
    }
  }
  const days = async (count: number) => {
    for (let day = 0; day < count; day++) {
      await insist(() => service.payments.run())
      time += dayMs
    }
  }
  await insist(() => service.purchases.record({ ...purchase, requestId: `at ${time}` }))
  await days(4)
  await insist(() => service.payments.refund({ storeId: 's1', tripId: 'trip-1' }, wanted))
  await days(5)
  await insist(() => service.payments.sendAgain({ storeId: 's1', tripId: 'trip-1' }, wanted.idempotentRefundId))
  await days(5)

  const [row] = await sql.query<{ id: string }>('SELECT id FROM purchase')
  const { state, balances } = await paymentOf(sql, row?.id ?? '')
  expect(await auditPayments(sql)).toEqual([])
  expect({ state, provider: balances.provider, payable: balances['refund-payable'] }).toEqual({
    state: 'paid',
    provider: 1049,
    payable: 0,
  })
  expect([bank.netMinor(), bank.moves()]).toEqual([1049, 4])
  expect(await sql.query('SELECT COUNT(*) AS n FROM open_attempt')).toEqual([{ n: 0 }])
  expect(await sql.query('SELECT refused FROM account')).toEqual([{ refused: null }])
  return faults.struck
}

describe('payments', () => {
  test.each<FaultMode>(['once', 'crash'])('survive each fault there can be, %s', async (mode) => {
    let nth = 1
    for (; await live(nth, mode); nth++) {
      await sql.close()
      sql = await emptyBooks()
    }
    // Fewer would mean that the faults do not reach what they should.
    expect(nth).toBeGreaterThan(150)
  })
})
