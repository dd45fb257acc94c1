import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { paymentOf } from './ledger/ledger.ts'
import { migrate } from './migrations.ts'
import { auditPayments } from './payments/audit.ts'
import { createPurchases } from './purchases.ts'
import { openSqlite, type Sql } from './sql.ts'
import { writeVersion2 } from './testing/version-2.ts'

let folder = ''
let sql: Sql
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-migrations-'))
})
afterEach(async () => {
  await sql.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('migrate()', () => {
  test('migrate() takes old bills in as owing nothing, and a review that is settled later as due', async () => {
    const path = join(folder, 'accounts.db')
    const review = await writeVersion2(path)
    sql = openSqlite(path)
    await migrate(sql, 1)
    await migrate(sql, 2)
    expect(await auditPayments(sql)).toEqual([])
    expect([(await paymentOf(sql, 'trip-1')).state, (await paymentOf(sql, 'trip-2')).state]).toEqual([
      'nothing-due',
      'review',
    ])
    const decided = { ...review, bill: { ...review.bill, checkedAt: review.tripEndTime + 1000 } }
    await createPurchases(sql, () => 3).record(decided)
    expect(await paymentOf(sql, 'trip-2')).toMatchObject({ state: 'due', balances: { receivable: 1199 } })
    expect(await auditPayments(sql)).toEqual([])
  })

  test('migrate() knows from the audit log who has signed in by e-mail to an account that a store made', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await sql.run('ALTER TABLE account DROP COLUMN owned_at')
    await sql.run('DELETE FROM schema_version WHERE version = (SELECT MAX(version) FROM schema_version)')
    for (const [i, id] of ['anna', 'otto'].entries()) {
      await sql.run(
        `INSERT INTO account (id, name, staff, entry_code, token_hash, made_by, created_at, revision)
         VALUES (?, ?, 0, ?, ?, 's1', 0, ?)`,
        [id, id, id, id, i],
      )
      const way = id === 'anna' ? 'email-code' : 'link'
      for (const at of [9, 7])
        await sql.run("INSERT INTO audit (at, who, what, detail) VALUES (?, ?, 'signed-in', ?)", [at, id, way])
    }
    await migrate(sql, 10)
    expect(await sql.query('SELECT id, owned_at FROM account ORDER BY id')).toEqual([
      { id: 'anna', owned_at: 7 },
      { id: 'otto', owned_at: null },
    ])
  })

  test('migrate() refuses a database of a later version, in words', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await sql.run('INSERT INTO schema_version VALUES (99, 0)')
    await expect(migrate(sql, 0)).rejects.toThrow(/written by a later Tillfree \(its version is 99/)
  })
})
