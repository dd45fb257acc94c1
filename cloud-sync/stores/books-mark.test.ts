import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { backUp } from '../../edge/runtime/journal-backup.ts'
import type { Purchase } from '../../models/contracts/http.ts'
import { migrate } from '../migrations.ts'
import { createPurchases } from '../purchases.ts'
import { openSqlite, type Sql } from '../sql.ts'
import { emptyBooks } from '../testing/books.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { call, openBench, storeToken } from '../testing/service.ts'
import { billsWanted, readBillsWanted } from './bills-wanted.ts'
import { openBooksMarks } from './books-mark.ts'

const dayMs = 86_400_000
const first = purchaseOf('trip-0')
const takenAt = first.tripEndTime + 1000
const inReview = { ...first, bill: { ...first.bill, status: 'review' as const } }
const decided = { ...first, bill: { ...first.bill, checkedAt: first.tripEndTime + 500 } }

let folder = ''
let lines: string[] = []
const log = { warn: (_fields: object, words: string) => void lines.push(words) }
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-mark-'))
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const record = (sql: Sql, purchase: Purchase, at: number) => createPurchases(sql, () => at).record(purchase)
const marksOf = (sql: Sql, now = takenAt) => openBooksMarks({ sql, now: () => now, log })

/** A copy of which nobody said that it is one, and the mark that the store heard of the bill that was taken since. */
async function copiedByHand(before: readonly Purchase[], since: Purchase, at: number) {
  const [file, copy, place] = ['accounts.db', 'copy.db', 'place.db'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const books = await emptyBooks(file)
  for (const purchase of before) await record(books, purchase, takenAt)
  backUp(file, copy)
  await record(books, since, at)
  const mark = await (await marksOf(books)).newest('s1')
  await books.close()
  copyFileSync(copy, place)
  const sql = openSqlite(place)
  await migrate(sql, at)
  return { sql, mark }
}

test('heard() has bills sent again that a copy put back by hand does not have, though others came before the store asked', async () => {
  const at = takenAt + 3 * dayMs
  const { sql, mark } = await copiedByHand([first], purchaseOf('trip-1'), at)
  const now = takenAt + 9 * dayMs
  const marks = await marksOf(sql, now)
  await record(sql, purchaseOf('trip-2', { tripStartTime: now - 2000, tripEndTime: now - 1000 }), now)
  for (const _ of ['asked', 'asked again']) await marks.heard('s1', mark)
  const { from, to } = readBillsWanted(await billsWanted(sql, now)) ?? expect.fail()
  expect([from <= at, at <= to, await sql.query('SELECT at FROM restored')]).toEqual([true, true, [{ at: now }]])
  expect(lines).toEqual([expect.stringMatching(/^these books were put back from a copy/)])
  await sql.close()
})

test.each([
  ['has no bill at all', [], first],
  ['has the review, but not what was decided', [inReview], decided],
])('heard() notices a copy that %s', async (_, before, since) => {
  const { sql, mark } = await copiedByHand(before, since, takenAt)
  await (await marksOf(sql)).heard('s1', mark)
  expect(await billsWanted(sql, takenAt)).not.toBeNull()
  await sql.close()
})

test('heard() finds nothing wrong with books that have the bill, nor goes by a mark of others or of another store', async () => {
  const { sql, mark } = await copiedByHand([], first, takenAt)
  const others = await emptyBooks()
  const marks = await marksOf(others)
  await marks.heard('s1', await marks.newest('s1'))
  expect(lines).toEqual([])
  await record(others, first, takenAt)
  await marks.heard('s1', await marks.newest('s1'))
  expect(lines).toEqual([])
  for (const _ of ['asked', 'asked again']) await marks.heard('s1', mark)
  await (await marksOf(sql)).heard('s2', mark)
  expect([await billsWanted(others, takenAt), await billsWanted(sql, takenAt)]).toEqual([null, null])
  expect(lines).toEqual(Array(2).fill(expect.stringContaining('to other books than these')))
  await others.close()
  await sql.close()
})

test('GET /v1/stores/:id/accounts tells the mark, and wants bills again of who comes with that of a forgotten one', async () => {
  const bench = await openBench()
  const ask = async (mark: string) => {
    const headers = { authorization: `Bearer ${storeToken}`, 'books-mark': mark }
    return (await bench.app.inject({ url: '/v1/stores/s1/accounts', headers })).headers
  }
  await call(bench.app, storeToken, '/v1/purchases', first)
  const known = String((await ask('none'))['books-mark'])
  expect(await ask(known)).not.toHaveProperty('bills-wanted')
  await bench.sql.run("UPDATE newest_bill SET event_key = 'bill/forgotten'")
  const gone = String((await ask(known))['books-mark'])
  expect(await ask(gone)).toHaveProperty('bills-wanted')
  expect(bench.logged()).toContain('these books were put back from a copy')
  await bench.close()
})
