import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createPurchases } from '../purchases.ts'
import type { Sql } from '../sql.ts'
import { emptyBooks } from '../testing/books.ts'
import { testClock } from '../testing/clock.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { createPaymentLoop } from './loop.ts'

let sql: Sql
beforeEach(async () => {
  sql = await emptyBooks()
})
afterEach(() => sql.close())

function loopWith(run: () => Promise<void>) {
  const clock = testClock()
  const said: string[] = []
  let wake = () => {}
  const log = {
    error: (_: object, text: string) => said.push(text),
    fatal: (_: object, text: string) => said.push(text),
  }
  const payments = {
    run: vi.fn(run),
    onDue: (listener: () => void) => {
      wake = listener
    },
  }
  const loop = createPaymentLoop({ sql, payments, provider: { name: 'test' }, log, wait: clock.wait })
  return { loop, clock, said, run: payments.run, wake: () => wake() }
}

describe('createPaymentLoop()', () => {
  test('start() looks at once, when it is woken, and every five seconds; stop() ends that', async () => {
    const { loop, clock, run, wake } = loopWith(async () => {})
    await loop.start()
    await vi.waitFor(() => expect(clock.sleepers()).toEqual([5000]))
    wake()
    await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(2))
    await vi.waitFor(() => expect(clock.sleepers()).toEqual([5000]))
    clock.advance(5000)
    await vi.waitFor(() => expect(run).toHaveBeenCalledTimes(3))
    await loop.stop()
    wake()
    expect([run.mock.calls.length, clock.sleepers()]).toEqual([3, []])
  })

  test('start() goes on after a failure, and says so', async () => {
    const { loop, clock, said } = loopWith(() => Promise.reject(new Error('disk full')))
    await loop.start()
    await vi.waitFor(() => expect(clock.sleepers()).toEqual([5000]))
    await loop.stop()
    expect(said).toEqual(['payments cannot go on now: they are tried again'])
  })

  test('start() says how much is open at a provider that is not asked any more', async () => {
    await createPurchases(sql, () => 1).record(purchaseOf('trip-1', { account: 'anna' }))
    await sql.run(
      "INSERT INTO attempt SELECT 'a', 'charge', id, NULL, 'stripe', 'cus-pm', NULL, 9, 1, 0, 0 FROM purchase",
    )
    await sql.run("INSERT INTO open_attempt (attempt_id, asks, ask_at) VALUES ('a', 0, 0)")
    const { loop, said } = loopWith(async () => {})
    await loop.start()
    await loop.stop()
    expect(said).toEqual(['1 payments or refunds wait for stripe, which is not asked any more'])
  })

  test('start() moves no money while the books are wrong', async () => {
    await sql.run("UPDATE account SET refused = 'unpaid-bill'")
    const { loop, said, run } = loopWith(async () => {})
    await loop.start()
    await loop.stop()
    expect(said).toEqual([
      'the books are wrong, no money moves until they are mended: this account is let in, or not, against what it owes: anna',
    ])
    expect(run).not.toHaveBeenCalled()
  })
})
