/**
 * Erasing a person (GDPR, article 17): who they were goes, what the law wants of a sale stays (17 (3) (b)): date, goods,
 * amounts, tax, without a name. The books are not touched. The account is closed at once and erased a day later: whoever is
 * in a shop when they ask for it pays for what they take.
 */
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Purchase } from '../../models/contracts/http.ts'
import { isTooSmall } from '../debtors.ts'
import { ServiceError } from '../errors.ts'
import { billStates, isOwed } from '../ledger/states.ts'
import { createAuditLog } from '../people/audit-log.ts'
import type { SqlSession } from '../sql.ts'
import { readBack } from '../stored-purchase.ts'

/** Receipts that lose their name before anything else is seen to: some ten milliseconds. */
const mostAtOnce = 100
/** In place of whoever it was. */
const nobody = 'erased'

/**
 * Everything besides `purchase` and `account` itself that says whose it is, by the column that says so. `audit` has ids
 * alone, and stays for its time: who did what must be known when somebody else had the account erased (17 (3) (e)).
 */
export const personalTables = [
  { table: 'entry_key', column: 'account_id' },
  { table: 'session', column: 'subject' },
  { table: 'sign_in_link', column: 'subject' },
  { table: 'passkey', column: 'subject' },
  { table: 'passkey_challenge', column: 'subject' },
  { table: 'email_code', column: 'email' },
  { table: 'open_enrolment', column: 'account_id' },
] as const

const openStates = billStates.filter((state) => isOwed(state) || state === 'review')

/**
 * Bills of which money is owed, on its way, or not decided on: a claim needs to know whom it is against (17 (3) (e)). A refund that
 * failed waits for the store, which must not keep a person from it: the books go on owing it, and it can be sent again to what was
 * paid with, without a name; nor may a bill that nobody can pay.
 */
const unsettledBills = `SELECT purchase.id AS id, purchase.account_id AS account_id
  FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id
  WHERE (bill_payment.state IN (${openStates.map((state) => `'${state}'`).join(', ')})
      AND NOT (bill_payment.state IN ('unpaid', 'written-off') AND ${isTooSmall}))
    OR EXISTS (SELECT 1 FROM refund JOIN open_payout ON open_payout.refund_id = refund.id
      WHERE refund.purchase_id = purchase.id AND (open_payout.next_at IS NOT NULL OR EXISTS
        (SELECT 1 FROM attempt JOIN open_attempt ON open_attempt.attempt_id = attempt.id
         WHERE attempt.refund_id = refund.id)))`

/**
 * Lets an account in nowhere any more, and nobody into it; `eraseClosed` does the rest. Once more changes nothing. Within the
 * caller's transaction. Throws NO_SUCH_ACCOUNT, NOT_SETTLED.
 */
export async function closeAccount(session: SqlSession, accountId: string, now: number): Promise<void> {
  const [account] = await session.query<AccountRow>('SELECT id, email FROM account WHERE id = ?', [accountId])
  if (account === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', accountId)
  const [open] = await session.query<{ id: string }>(
    `SELECT id FROM (${unsettledBills}) AS unsettled WHERE account_id = ? LIMIT 1`,
    [accountId],
  )
  if (open !== undefined) throw new ServiceError('NOT_SETTLED', `bill ${open.id}`)
  await forgetBelongings(session, account)
  await session.run(
    `UPDATE account SET closed_at = ?, revision = (SELECT MAX(revision) + 1 FROM account) WHERE id = ? AND closed_at IS NULL`,
    [now, accountId],
  )
}

/** Erases accounts that were closed before that time, so many at most and none that is not settled; resolves to how many. */
export async function eraseClosed(session: SqlSession, before: number, most: number, now: number): Promise<number> {
  const accounts = await session.query<AccountRow>(
    `SELECT id, email FROM account WHERE closed_at < ?
       AND NOT EXISTS (SELECT 1 FROM (${unsettledBills}) AS unsettled WHERE unsettled.account_id = account.id)
     ORDER BY closed_at LIMIT ?`,
    [before, most],
  )
  for (const account of accounts) await erase(session, account, now)
  return accounts.length
}

type AccountRow = { readonly id: string; readonly email: string | null }

async function erase(session: SqlSession, account: AccountRow, now: number): Promise<void> {
  const { id } = account
  const purchases = await session.query<PurchaseRow>('SELECT id, body FROM purchase WHERE account_id = ?', [id])
  for (const [i, purchase] of purchases.entries()) {
    await unname(session, purchase)
    // What needs no database goes on meanwhile; what does waits for its turn, after the transaction.
    if (i % mostAtOnce === mostAtOnce - 1) await othersTurn()
  }
  await forgetBelongings(session, account)
  await session.run('DELETE FROM account WHERE id = ?', [id])
  await session.run(
    'INSERT INTO erased_account (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at',
    [id, now],
  )
  await createAuditLog(session, () => now).append({ what: 'account-removed', about: id })
}

async function forgetBelongings(session: SqlSession, { id, email }: AccountRow): Promise<void> {
  for (const { table, column } of personalTables)
    await session.run(`DELETE FROM ${table} WHERE ${column} = ?`, [column === 'email' ? email : id])
}

type PurchaseRow = { readonly id: string; readonly body: string }

/** The receipt without its person; nothing that the law wants of it changes. What it was tried to be paid with goes. */
export async function unname(session: SqlSession, row: PurchaseRow): Promise<void> {
  await session.run('UPDATE purchase SET account_id = NULL, review_body = NULL, body = ? WHERE id = ?', [
    JSON.stringify(withoutPerson(readBack(row))),
    row.id,
  ])
  await session.run('UPDATE attempt SET method = NULL WHERE purchase_id = ? AND method IS NOT NULL', [row.id])
}

/**
 * A bill that a store delivers of an account that was erased meanwhile is taken as one of nobody; also where somebody else has
 * the id by now, of a trip from before.
 */
export async function withoutErased(session: SqlSession, purchase: Purchase): Promise<Purchase> {
  if (purchase.account === null) return purchase
  const [erased] = await session.query<{ at: number }>('SELECT at FROM erased_account WHERE id = ?', [purchase.account])
  const [again] = await session.query('SELECT id FROM account WHERE id = ?', [purchase.account])
  const isTheirs = erased === undefined || (again !== undefined && purchase.tripStartTime > erased.at)
  return isTheirs ? purchase : withoutPerson(purchase)
}

function withoutPerson(purchase: Purchase): Purchase {
  return { ...purchase, account: null, bill: { ...purchase.bill, shopper: nobody } }
}
