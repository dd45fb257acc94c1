/** Shoppers are told of payments that did not go through: through the real routes, books and outbox. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PurchaseAnswer } from '../../models/contracts/http.ts'
import { createPayments } from '../payments/payments.ts'
import { createTestProvider } from '../payments/test-provider.ts'
import { createPurchases } from '../purchases.ts'
import { emptyBooks } from '../testing/books.ts'
import { testClock } from '../testing/clock.ts'
import { type FaultMode, Faults, faultySql } from '../testing/faults.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import type { Mail } from './mailer.ts'
import { createMailOutbox } from './outbox.ts'
import { paymentMailText } from './payment-mail.ts'

const dayMs = 86_400_000
const publicUrl = 'https://accounts.example/'
const silent = { info() {}, warn() {}, error() {} }
let bench: Bench
let mails: Mail[]
/** How the mail server answers. */
let send: () => Promise<void>
beforeEach(async () => {
  bench = await openBench()
  mails = []
  send = async () => {}
  await call(bench.app, storeToken, '/v1/accounts', { id: 'anna', name: 'Anna', email: 'anna@mail.example' })
})
afterEach(() => bench.close())

const outbox = () => {
  const mailer = { send: (mail: Mail) => send().then(() => void mails.push(mail)) }
  return createMailOutbox({ sql: bench.sql, mailer, publicUrl, now: bench.now, log: silent })
}
const token = async () => (await newShopper(bench, 'anna')).token
const payWith = async (method: string) =>
  put(bench.app, await token(), '/v1/me/payment-method', { token: method }).then(({ status }) =>
    expect(status).toBe(200),
  )
const walkOut = async (account = 'anna') =>
  ((await call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-1', { account }))).body as PurchaseAnswer)
    .purchaseId
async function days(count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    await bench.payments.run()
    await outbox().run()
    bench.advance(dayMs)
  }
}
const open = () => bench.sql.query<{ tries: number }>('SELECT tries FROM mail_outbox WHERE next_at IS NOT NULL')

test('paymentMailText() says where in one line, whatever the store calls itself', () => {
  const about = { state: 'unpaid', reason: 'declined', endedAt: 0, publicUrl: null } as const
  const text = paymentMailText({ ...about, storeName: 'Via Roma\n\nhttps://evil.example\n' })
  expect(text).toMatch(/visit to Via Roma https:\/\/evil\.example that ended/)
})

describe('createMailOutbox()', () => {
  test('tells of a decline once and of giving up once, in the words of the page, without amount or card', async () => {
    await payWith('test-declined')
    const id = await walkOut()
    await days(1)
    expect(mails).toEqual([
      {
        id: `${id}.declined.declined`,
        to: 'anna@mail.example',
        subject: 'Your payment did not go through',
        text: expect.stringMatching(
          /visit to Via Roma 1 [\s\S]* did not go through: your bank declined it and did not say why\. It is tried again/,
        ),
      },
    ])
    await days(60)
    expect(mails.map((mail) => mail.id)).toEqual([`${id}.declined.declined`, `${id}.unpaid.declined`])
    for (const { text } of mails) {
      expect(text).toContain(publicUrl)
      expect(text).not.toMatch(/11.99|1199|EUR|€|test-/)
    }
    expect(await open()).toEqual([])
  })

  test('tells that a bank wants its shopper to confirm', async () => {
    await payWith('test-authentication')
    await walkOut()
    await days(3)
    expect(mails.map(({ text }) => text)).toEqual([
      expect.stringContaining('Please pay now and confirm it to your bank'),
    ])
  })

  test('tells nobody who has no address, nor of what was settled before it was sent', async () => {
    await newShopper(bench, 'otto')
    await walkOut('otto')
    await payWith('test-card-closed')
    await call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-2', { account: 'anna' }))
    await bench.payments.run()
    expect(await open()).toHaveLength(1)
    await payWith('test-ok')
    await days(2)
    expect([mails, await open()]).toEqual([[], []])
  })

  test('waits while the bill is being paid, and says nothing when that works', async () => {
    await payWith('test-authentication')
    const id = await walkOut()
    await bench.payments.run()
    await call(bench.app, await token(), `/v1/me/bills/${id}/pay`, {})
    await outbox().run()
    expect([mails, (await open()).length]).toEqual([[], 1])
    await days(2)
    expect([mails, await open()]).toEqual([[], []])
  })

  test('tries again while the mail server is down, harms no payment, and gives up after a week', async () => {
    send = () => Promise.reject(new Error('no mail server'))
    await payWith('test-card-closed')
    await walkOut()
    await bench.payments.run()
    await outbox().run()
    expect(await open()).toEqual([{ tries: 1 }])
    await outbox().run()
    bench.advance(60_000)
    await outbox().run()
    expect(await open()).toEqual([{ tries: 2 }])
    await days(9)
    expect([mails, await open()]).toEqual([[], []])
  })

  test('is not lost over a mail server that comes back', async () => {
    send = () => Promise.reject(new Error('no mail server'))
    await payWith('test-card-closed')
    await walkOut()
    await days(2)
    send = async () => {}
    await days(2)
    expect(mails).toHaveLength(1)
  })

  test('is sent though the clock was weeks ahead when it was written down, and though another cannot be read', async () => {
    bench.advance(20 * dayMs)
    await payWith('test-card-closed')
    const id = await walkOut()
    await call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-2', { account: 'anna' }))
    await bench.payments.run()
    await bench.sql.run("UPDATE purchase SET body = '{' WHERE id = ?", [id])
    bench.advance(-20 * dayMs)
    await outbox().run()
    expect([mails.length, await open()]).toEqual([1, [{ tries: 1 }]])
  })

  test('stop() waits for no mail server, and the mail is sent at the next start', async () => {
    await payWith('test-card-closed')
    await walkOut()
    await bench.payments.run()
    const asked = vi.fn(() => new Promise<void>(() => {}))
    send = asked
    const clock = testClock()
    const mailer = { send: (mail: Mail) => send().then(() => void mails.push(mail)) }
    const first = createMailOutbox({ sql: bench.sql, mailer, publicUrl, now: bench.now, log: silent, wait: clock.wait })
    first.start()
    await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce())
    await first.stop()
    send = async () => {}
    const next = createMailOutbox({ sql: bench.sql, mailer, publicUrl, now: bench.now, log: silent, wait: clock.wait })
    next.start()
    await vi.waitFor(() => expect(clock.sleepers()).toHaveLength(1))
    await next.stop()
    expect(mails).toHaveLength(1)
  })
})

/** Billed and declined for good, and told. False: it was over before the nth thing happened. */
async function live(nth: number, mode: FaultMode): Promise<boolean> {
  const books = await emptyBooks()
  await books.run(
    "UPDATE account SET email = 'anna@mail.example', payment_provider = 'test', payment_method = 'test-card-closed'",
  )
  const faults = new Faults(nth, mode)
  const sql = faultySql(books, faults)
  const told: Mail[] = []
  let time = Date.UTC(2026, 10, 21, 13)
  const now = () => time
  const mailer = {
    send: async (mail: Mail) => {
      faults.point('before the mail')
      told.push(mail)
      faults.point('after the mail')
    },
  }
  const start = () => ({
    purchases: createPurchases(sql, now),
    payments: createPayments({ sql, provider: createTestProvider(now), now, log: silent }),
    outbox: createMailOutbox({ sql, mailer, publicUrl, now, log: silent }),
  })
  let service = start()
  const insist = async (ask: () => Promise<unknown>): Promise<void> => {
    for (;;)
      try {
        await ask()
        return
      } catch (error) {
        if (!String(error).includes('fault at') && !String(error).includes('is dead')) throw error
        faults.restart()
        service = start()
      }
  }
  await insist(() => service.purchases.record(purchaseOf('trip-1', { account: 'anna' })))
  for (let hour = 0; hour < 4; hour++) {
    await insist(() => service.payments.run())
    await insist(() => service.outbox.run())
    // As the process does that begins again.
    faults.restart()
    time += 3_600_000
  }
  expect(told.length === 1 || (faults.struck && told.length === 2)).toBe(true)
  expect(new Set(told.map(({ id }) => id)).size).toBe(1)
  expect(await books.query('SELECT id FROM mail_outbox WHERE next_at IS NOT NULL')).toEqual([])
  await books.close()
  return faults.struck
}

test.each<FaultMode>(['once', 'crash'])(
  'a mail is neither lost nor sent under another name by any fault, %s',
  async (mode) => {
    let nth = 1
    while (await live(nth, mode)) nth++
    // Fewer would mean that the faults do not reach what they should.
    expect(nth).toBeGreaterThan(50)
  },
)
