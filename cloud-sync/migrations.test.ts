import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openNative } from '../models/platform/open-database.ts'
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

/** As the version was that left it; what later ones added to older tables is the test's to take away. */
async function backTo(version: number): Promise<void> {
  for (const table of ['payout_return', 'sent_payout', 'mail_outbox', 'open_enrolment', 'newest_bill', 'books_key'])
    await sql.run(`DROP TABLE ${table}`)
  await sql.run('ALTER TABLE account DROP COLUMN closed_at')
  await sql.run('ALTER TABLE account ADD COLUMN enrolment TEXT')
  await sql.run('ALTER TABLE open_attempt DROP COLUMN cancelled')
  await sql.run('DELETE FROM schema_version WHERE version > ?', [version])
}

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

  test('migrate() says of a database that can only be read that it cannot be written, where no step is left, too', async () => {
    const path = join(folder, 'accounts.db')
    sql = openSqlite(path)
    await migrate(sql, 1)
    await sql.close()
    sql = openSqlite(path, { open: (file) => openNative(`file:${file}?mode=ro`) })
    await expect(migrate(sql, 2)).rejects.toThrow(/the database cannot be written \(.*readonly.*\): see to its rights/)
  })

  test("migrate() refuses a store's journal and who may sign in to its pages, and leaves them as they are", async () => {
    for (const table of ['observation', 'staff']) {
      sql = openSqlite(':memory:')
      await sql.run(`CREATE TABLE ${table} (seq INTEGER)`)
      await expect(migrate(sql, 1)).rejects.toThrow(`it has the tables ${table}, wanted one with purchase`)
      expect(await sql.query('SELECT name FROM sqlite_schema')).toEqual([{ name: table }])
    }
  })

  test('migrate() knows from the audit log who has signed in by e-mail to an account that a store made', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await sql.run('ALTER TABLE account DROP COLUMN owned_at')
    await backTo(9)
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

  test('migrate() has every refund that Stripe ever sent looked at once more', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await backTo(10)
    await sql.run(
      "INSERT INTO purchase VALUES ('p', 's1/p', 'h', 's1', NULL, 0, 0, 9, 'EUR', 'final', '{}', NULL, NULL)",
    )
    await sql.run("INSERT INTO refund VALUES ('r', 'p', 'h', 9, 'returned', NULL, '[]', '[]', 0, 0)")
    const answers = [
      ['sent', 'stripe', 'refunded'],
      ['declined', 'stripe', 'declined'],
      ['other', 'alipay', 'refunded'],
    ]
    for (const [id = '', provider = '', outcome = ''] of answers) {
      await sql.run("INSERT INTO attempt VALUES (?, 'refund', 'p', 'r', ?, NULL, 'pi_1', 9, 1, 0, 0)", [id, provider])
      await sql.run("INSERT INTO attempt_answer VALUES (?, ?, 're_1', NULL, 5)", [id, outcome])
    }
    await migrate(sql, 10)
    expect(await sql.query('SELECT attempt_id, ask_at FROM sent_payout')).toEqual([{ attempt_id: 'sent', ask_at: 5 }])
  })

  test('migrate() keeps the page open on which a shopper is choosing a card', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await backTo(15)
    await sql.run(
      `INSERT INTO account (id, name, staff, entry_code, token_hash, enrolment, created_at, revision)
       VALUES ('anna', 'Anna', 0, '1', '1', 'cs_1', 0, 1)`,
    )
    await migrate(sql, 10)
    expect(await sql.query('SELECT reference, account_id FROM open_enrolment')).toEqual([
      { reference: 'cs_1', account_id: 'anna' },
    ])
  })

  test('migrate() refuses a database of a later version, in words', async () => {
    sql = openSqlite(':memory:')
    await migrate(sql, 0)
    await sql.run('INSERT INTO schema_version VALUES (99, 0)')
    await expect(migrate(sql, 0)).rejects.toThrow(/written by a later Tillfree \(its version is 99/)
  })
})
