/** Books for tests of what happens to it. */
import type { Purchase } from '../../models/contracts/http.ts'
import type { Step } from '../ledger/bookings.ts'
import { type BillPayment, book, paymentOf } from '../ledger/ledger.ts'
import { migrate } from '../migrations.ts'
import { createPurchases } from '../purchases.ts'
import { openSqlite, type Sql } from '../sql.ts'
import { purchaseOf } from './purchase.ts'

export interface Books {
  readonly sql: Sql
  readonly purchaseId: string
  /** Books a step under a key; false: the key was known. */
  book(step: Step, key: string): Promise<boolean>
  payment(): Promise<BillPayment>
  close(): Promise<void>
}

const at = Date.UTC(2026, 10, 21, 13)

/** Books with nothing in them but anna's account, in memory or in a file. */
export async function emptyBooks(path = ':memory:'): Promise<Sql> {
  const sql = openSqlite(path)
  await migrate(sql, at)
  await sql.run(
    `INSERT INTO account (id, name, staff, entry_code, token_hash, created_at, revision)
     VALUES ('anna', 'Anna', 0, 'CODE', 'hash', ?, 1)`,
    [at],
  )
  return sql
}

/** Books in which anna was billed for `changes` of the usual purchase. */
export async function openBooks(changes: Partial<Purchase> = {}): Promise<Books> {
  const sql = await emptyBooks()
  const purchases = createPurchases(sql, () => at)
  const { purchaseId } = await purchases.record(purchaseOf('trip-1', { account: 'anna', ...changes }))
  return {
    sql,
    purchaseId,
    book: (step, key) => sql.transaction((session) => book(session, { purchaseId, key, at, step })),
    payment: () => paymentOf(sql, purchaseId),
    close: () => sql.close(),
  }
}
