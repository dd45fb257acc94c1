import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Sql } from '../sql.ts'
import { emptyBooks } from '../testing/books.ts'
import { testClock } from '../testing/clock.ts'
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
  const loop = createPaymentLoop({ sql, payments, log, wait: clock.wait })
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
