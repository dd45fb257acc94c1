/** A database as the version before payments left it: one bill that is final, one in review. */
import type { Purchase } from '../../models/contracts/http.ts'
import { openSqlite } from '../sql.ts'
import { purchaseOf } from './purchase.ts'

const schema = [
  'CREATE TABLE schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)',
  `CREATE TABLE account (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, staff INTEGER NOT NULL, entry_code TEXT NOT NULL UNIQUE,
    token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, revision BIGINT NOT NULL UNIQUE)`,
  `CREATE TABLE purchase (
    id TEXT PRIMARY KEY, trip_id TEXT NOT NULL UNIQUE, content_hash TEXT NOT NULL, store_id TEXT NOT NULL,
    account_id TEXT REFERENCES account (id), ended_at BIGINT NOT NULL, received_at BIGINT NOT NULL,
    total_minor BIGINT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)`,
  'CREATE INDEX purchase_of_account ON purchase (account_id, ended_at, id)',
  'ALTER TABLE purchase ADD COLUMN checked_at BIGINT',
  'ALTER TABLE purchase ADD COLUMN review_body TEXT',
  'INSERT INTO schema_version VALUES (1, 0), (2, 0)',
  "INSERT INTO account VALUES ('anna', 'Anna', 0, 'CODE', 'hash', 0, 1)",
]

/** Writes the database to a file that is not there yet; resolves to the purchase in review. */
export async function writeVersion2(path: string): Promise<Purchase> {
  const sql = openSqlite(path)
  for (const statement of schema) await sql.run(statement)
  const review = purchaseOf('trip-2', { account: 'anna' })
  const bills: readonly Purchase[] = [
    purchaseOf('trip-1', { account: 'anna' }),
    { ...review, bill: { ...review.bill, status: 'review' } },
  ]
  for (const { idempotentShoppingTripId: trip, bill, ...rest } of bills)
    await sql.run("INSERT INTO purchase VALUES (?, ?, 'hash', 's1', 'anna', 0, 0, ?, 'EUR', ?, ?, NULL, NULL)", [
      trip,
      trip,
      bill.totalMinor,
      bill.status,
      JSON.stringify({ idempotentShoppingTripId: trip, bill, ...rest }),
    ])
  await sql.close()
  return review
}
