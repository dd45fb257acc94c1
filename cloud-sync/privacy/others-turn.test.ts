/** What is long about one person lets what others ask for go on in between. */
import { setImmediate as othersTurn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AccountBills } from '../../models/contracts/http.ts'
import { createPurchases } from '../purchases.ts'
import type { Sql } from '../sql.ts'
import { emptyBooks } from '../testing/books.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { closeAccount, eraseClosed } from './erase.ts'
import { exportAccount } from './export.ts'

const now = () => Date.UTC(2026, 10, 21, 13)
let sql: Sql
beforeEach(async () => {
  sql = await emptyBooks()
})
afterEach(() => sql.close())

/** How often others had their turn while it was at work. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isDone = false
  const others = (async () => {
    for (; !isDone; turns++) await othersTurn()
  })()
  await work()
  isDone = true
  await others
  // The one that was waited for when it ended.
  return turns - 1
}

test('exportAccount() lets others have their turn after each page of bills', async () => {
  const pages = ['2', '3', null]
  const nextPage = async (): Promise<AccountBills> => ({ bills: [], next: pages.shift() ?? null })
  const deps = {
    sql,
    now,
    accounts: { byId: async () => ({ id: 'anna', name: 'Anna', staff: false }) },
    bills: { ofAccount: nextPage, one: () => Promise.reject(new Error('nobody asks')) },
    entryKeys: { view: async () => ({ phones: [] }) },
    people: { passkeys: { ofSubject: async () => [] }, sessions: { ofSubject: async () => [] } },
  }
  expect(await turnsDuring(() => exportAccount(deps as never, 'anna'))).toBeGreaterThanOrEqual(3)
})

test('eraseClosed() lets others have their turn after each hundred receipts, and no statement of theirs in between', async () => {
  const purchases = createPurchases(sql, now)
  for (let i = 0; i < 200; i++) await purchases.record(purchaseOf(`trip-${i}`, { account: 'anna' }))
  await sql.run("UPDATE bill_payment SET state = 'paid'")
  await sql.transaction((session) => closeAccount(session, 'anna', 1))
  const left = "SELECT COUNT(*) AS left FROM purchase WHERE account_id = 'anna'"
  let seen: unknown
  const turns = await turnsDuring(async () => {
    const erasing = sql.transaction((session) => eraseClosed(session, 2, 10, 3))
    seen = await sql.query(left)
    await erasing
  })
  expect(turns).toBeGreaterThanOrEqual(2)
  expect(seen).toEqual([{ left: 0 }])
})
