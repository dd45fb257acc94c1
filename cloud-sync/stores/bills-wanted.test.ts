import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { backUp, restore } from '../../edge/runtime/journal-backup.ts'
import { createAccounts } from '../accounts.ts'
import { audit } from '../ledger/audit.ts'
import { migrate } from '../migrations.ts'
import { auditPayments } from '../payments/audit.ts'
import { createPayments } from '../payments/payments.ts'
import { createPurchases } from '../purchases.ts'
import { openSqlite, type Sql } from '../sql.ts'
import { createBank } from '../testing/bank.ts'
import { emptyBooks } from '../testing/books.ts'
import { Faults } from '../testing/faults.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { billsWanted, mayHaveForgotten, readBillsWanted } from './bills-wanted.ts'

const dayMs = 86_400_000
const silent = { info() {}, warn() {}, error() {} }
const before = purchaseOf('trip-0', { account: 'anna' })
const since = purchaseOf('trip-1', { account: 'anna' })
const trip = { storeId: 's1', tripId: 'trip-1' }
const hourMs = 3_600_000
const refund = { idempotentRefundId: 'r-1', reason: 'returned' as const, amountMinor: 150 }

test('a service that was put back from a copy wants the bills since, and neither charges nor gives back twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-restored-'))
  const [file, copy] = [join(folder, 'accounts.db'), join(folder, 'copy.db')]
  const bank = createBank(new Faults(Number.POSITIVE_INFINITY, 'once'))
  let time = Date.UTC(2026, 10, 21, 13)
  const now = () => time
  let sql = await emptyBooks(file)
  const record = (purchase: typeof before) => createPurchases(sql, now).record(purchase)
  const payments = () => createPayments({ sql, provider: bank, log: silent, now })
  const days = async (count: number) => {
    for (let day = 0; day < count; day++) {
      await payments().run()
      time += dayMs
    }
  }
  await record(before)
  await days(4)
  expect(await billsWanted(sql, time)).toBeNull()
  backUp(file, copy)
  const sentAt = time
  await record(since)
  await days(4)
  await payments().refund(trip, refund)
  await days(3)
  const moved = { moves: bank.moves(), netMinor: bank.netMinor() }
  await sql.close()

  // The connection is closed soon after.
  await vi.waitFor(() => restore(copy, file, time), { timeout: 20_000, interval: 50 })
  sql = openSqlite(file)
  await migrate(sql, time)
  const wanted = readBillsWanted(await billsWanted(sql, time)) ?? expect.fail()
  expect([wanted.from < sentAt, wanted.to > time]).toEqual([true, true])
  expect([(await record(before)).duplicate, (await record(since)).duplicate]).toEqual([true, false])
  await days(4)
  await payments().refund(trip, refund)
  await days(3)
  expect({ moves: bank.moves(), netMinor: bank.netMinor() }).toEqual(moved)
  expect([await audit(sql), await auditPayments(sql)]).toEqual([[], []])
  expect(await sql.query('SELECT state FROM bill_payment')).toEqual([{ state: 'paid' }, { state: 'paid' }])
  expect(await billsWanted(sql, time + 30 * dayMs)).toBeNull()
  await sql.close()
  rmSync(folder, { recursive: true })
})

/** A service of which a copy is taken before `since`, and put back elsewhere. */
async function putBack(copied: (sql: Sql) => Promise<unknown>, since: (sql: Sql) => Promise<unknown>, at: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tillfree-restored-'))
  const [file, copy] = [join(folder, 'accounts.db'), join(folder, 'copy.db')]
  const before = await emptyBooks(file)
  await copied(before)
  backUp(file, copy)
  await since(before)
  await before.close()
  const place = join(folder, 'put-back.db')
  restore(copy, place, at)
  const sql = openSqlite(place)
  await migrate(sql, at)
  return {
    sql,
    async end() {
      await sql.close()
      rmSync(folder, { recursive: true })
    },
  }
}

test.each([
  ['was three days ahead when it took the bills', 3 * dayMs, 0],
  ['is six hours behind when it is put back', -6 * hourMs, -6 * hourMs],
])(
  'billsWanted() is about all that a store delivered since the copy where the clock of the service %s',
  async (...ahead) => {
    const [_, whenTaken, whenPutBack] = ahead
    const deliveredAt = before.tripEndTime + hourMs
    const { sql, end } = await putBack(
      (taking) => createPurchases(taking, () => before.tripEndTime + whenTaken).record(before),
      async () => {},
      deliveredAt + 1000 + whenPutBack,
    )
    const { from, to } = readBillsWanted(await billsWanted(sql, deliveredAt + dayMs)) ?? expect.fail()
    expect([from <= deliveredAt, deliveredAt <= to]).toEqual([true, true])
    await end()
  },
)

test('billsWanted() is about what came since the copy where the clock was years behind as it was put back, and was mended', async () => {
  const { sql, end } = await putBack(
    (taking) => createPurchases(taking, () => before.tripEndTime).record(before),
    async () => {},
    Date.UTC(2001, 0, 1),
  )
  const deliveredAt = before.tripEndTime + 3 * dayMs
  const { from, to } = readBillsWanted(await billsWanted(sql, deliveredAt + dayMs)) ?? expect.fail()
  expect([from <= deliveredAt, deliveredAt <= to]).toEqual([true, true])
  expect(await mayHaveForgotten(sql, deliveredAt, deliveredAt + dayMs)).toBe(true)
  await end()
})

test('billsWanted() is about what a store delivered whose clock is hours behind those of others', async () => {
  const { tripEndTime: end } = before
  const behind = { storeId: 's2', tripStartTime: end - 4 * hourMs, tripEndTime: end - 3 * hourMs }
  const { sql, end: close } = await putBack(
    async (taking) => {
      for (const purchase of [before, { ...since, ...behind }])
        await createPurchases(taking, () => end).record(purchase)
    },
    async () => {},
    end + 2 * hourMs,
  )
  const { from, to } = readBillsWanted(await billsWanted(sql, end + 2 * hourMs)) ?? expect.fail()
  const deliveredAt = end + hourMs - 3 * hourMs
  expect([from <= deliveredAt, deliveredAt <= to]).toEqual([true, true])
  await close()
})

test.each([-23, -3, 0, 3, 8, 23])(
  'mayHaveForgotten() says so of every bill that billsWanted() is about, of a store whose clock is %d h ahead',
  async (ahead) => {
    const sql = await emptyBooks()
    const [at, endedAt] = [before.tripEndTime + hourMs, before.tripEndTime + ahead * hourMs]
    await sql.run('INSERT INTO restored (at, known_until) VALUES (?, ?)', [at, before.tripEndTime - hourMs])
    const { from, to } = readBillsWanted(await billsWanted(sql, at)) ?? expect.fail()
    expect([from <= endedAt, endedAt <= to, await mayHaveForgotten(sql, endedAt, at)]).toEqual([true, true, true])
    await sql.close()
  },
)

test('billsWanted() and etag() are other ones each time, though the clock was set back in between', async () => {
  const heard = async (sql: Sql) => [
    await billsWanted(sql, before.tripEndTime),
    await createAccounts(sql, Date.now).etag(),
  ]
  const returned = 'INSERT INTO restored (at, known_until) VALUES (?, 0)'
  const sql = await emptyBooks()
  await sql.run(returned, [before.tripEndTime])
  const [wanted, etag] = await heard(sql)
  await sql.run(returned, [before.tripEndTime - hourMs])
  const [wantedNow, etagNow] = await heard(sql)
  expect([wantedNow === wanted, etagNow === etag]).toEqual([false, false])
  await sql.close()
})

test('etag() is another one in a service that was put back, though its accounts have changed as often', async () => {
  const refuse = (why: string | null) => (sql: Sql) =>
    sql.run("UPDATE account SET refused = ?, revision = revision + 1 WHERE id = 'anna'", [why])
  let heard = ''
  const since = async (sql: Sql) => {
    await refuse(null)(sql)
    heard = await createAccounts(sql, Date.now).etag()
  }
  const { sql, end } = await putBack(async () => {}, since, before.tripEndTime)
  await refuse('unpaid-bill')(sql)
  expect(await createAccounts(sql, Date.now).etag()).not.toBe(heard)
  await end()
})
