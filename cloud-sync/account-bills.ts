/** What an account sees of its bills: what was bought, the tax in it, where the payment stands, what was given back. */
import type { AccountBill, AccountBills, Purchase } from '../models/contracts/http.ts'
import { vatBreakdown } from '../models/contracts/money.ts'
import { oneLine } from '../models/text/format.ts'
import { ServiceError } from './errors.ts'
import { billPayment } from './payments/payment-view.ts'
import { refundsOf } from './payments/refunds.ts'
import type { Sql, SqlSession } from './sql.ts'
import { readBack } from './stored-purchase.ts'

type Row = { readonly id: string; readonly ended_at: number; readonly body: string }

export interface AccountBillsReader {
  /** Newest first; `cursor` is the `next` of the page before. */
  ofAccount(account: string, limit: number, cursor: string | undefined): Promise<AccountBills>
  /** Throws NO_SUCH_BILL. */
  one(account: string, id: string): Promise<AccountBill>
}

/** `onUnreadable` is told of what the database holds in place of a bill: it is left out of the others. */
export function createAccountBills(sql: Sql, onUnreadable: (error: Error) => void): AccountBillsReader {
  async function page(session: SqlSession, account: string, limit: number, cursor?: string): Promise<AccountBills> {
    const { rows, next } = await rowsOf(session, account, limit, cursor)
    const bills: AccountBill[] = []
    for (const row of rows) {
      const purchase = readOr(row, onUnreadable)
      if (purchase !== null) bills.push(await billOf(session, row.id, purchase))
    }
    return { bills, next }
  }
  return {
    // In one transaction: a page is of one instant, and takes one turn.
    ofAccount: (account, limit, cursor) => sql.transaction((session) => page(session, account, limit, cursor)),
    one: (account, id) =>
      sql.transaction(async (session) => {
        const [row] = await session.query<Row>(
          'SELECT id, ended_at, body FROM purchase WHERE account_id = ? AND id = ?',
          [account, id],
        )
        if (row === undefined) throw new ServiceError('NO_SUCH_BILL', id)
        return billOf(session, id, readBack(row))
      }),
  }
}

function readOr(row: Row, onUnreadable: (error: Error) => void): Purchase | null {
  try {
    return readBack(row)
  } catch (error) {
    onUnreadable(error as Error)
    return null
  }
}

async function rowsOf(session: SqlSession, account: string, limit: number, cursor: string | undefined) {
  const { endedAt, id } = parseCursor(cursor)
  const rows = await session.query<Row>(
    `SELECT id, ended_at, body FROM purchase WHERE account_id = ? AND (ended_at < ? OR (ended_at = ? AND id < ?))
     ORDER BY ended_at DESC, id DESC LIMIT ?`,
    [account, endedAt, endedAt, id, limit + 1],
  )
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? `${last.ended_at}.${last.id}` : null
  return { rows: shown, next }
}

async function billOf(session: SqlSession, id: string, purchase: Purchase): Promise<AccountBill> {
  const { idempotentShoppingTripId, storeId, tripStartTime, tripEndTime, bill } = purchase
  const refunds = await refundsOf(session, id)
  // Ours last: nothing in a bill stands in for what it is known by.
  return {
    ...bill,
    storeName: oneLine(bill.storeName),
    lines: bill.lines.map((line) => ({ ...line, name: oneLine(line.name) })),
    id,
    tripId: idempotentShoppingTripId,
    storeId,
    startedAt: tripStartTime,
    endedAt: tripEndTime,
    vatBreakdown: vatBreakdown(bill.taxes),
    payment: await billPayment(session, id, refunds),
    refunds,
  }
}

/** `<endedAt>.<id>`; without one, everything is older. */
function parseCursor(cursor: string | undefined): { readonly endedAt: number; readonly id: string } {
  if (cursor === undefined) return { endedAt: Number.MAX_SAFE_INTEGER, id: '' }
  const dot = cursor.lastIndexOf('.')
  return { endedAt: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) }
}
