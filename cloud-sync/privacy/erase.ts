/**
 * Erasing a person (GDPR, article 17): who they were goes, what the law wants of a sale stays (17 (3) (b)): date, goods,
 * amounts, tax, without a name. The books are not touched.
 */
import type { Purchase } from '../../models/contracts/http.ts'
import { ServiceError } from '../errors.ts'
import { isOwed } from '../ledger/states.ts'
import type { SqlSession } from '../sql.ts'
import { readBack } from '../stored-purchase.ts'

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
] as const

/**
 * Erases an account. Within the caller's transaction. Throws NO_SUCH_ACCOUNT, and NOT_SETTLED while money is owed, on its
 * way, or not decided on: a claim needs to know whom it is against (17 (3) (e)). A refund that failed waits for the store, which
 * must not keep a person from it: the books go on owing it, and it can be sent again to what was paid with, without a name.
 */
export async function eraseAccount(session: SqlSession, accountId: string, now: number): Promise<void> {
  const [account] = await session.query<{ email: string | null }>('SELECT email FROM account WHERE id = ?', [accountId])
  if (account === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', accountId)
  await requireSettled(session, accountId)
  const purchases = await session.query<PurchaseRow>('SELECT id, body FROM purchase WHERE account_id = ?', [accountId])
  for (const purchase of purchases) await unname(session, purchase)
  for (const { table, column } of personalTables)
    await session.run(`DELETE FROM ${table} WHERE ${column} = ?`, [column === 'email' ? account.email : accountId])
  await session.run('DELETE FROM account WHERE id = ?', [accountId])
  await session.run(
    'INSERT INTO erased_account (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at',
    [accountId, now],
  )
}

async function requireSettled(session: SqlSession, accountId: string): Promise<void> {
  const open = await session.query<{ id: string; state: Parameters<typeof isOwed>[0]; payouts: number }>(
    `SELECT purchase.id AS id, bill_payment.state AS state,
       (SELECT COUNT(*) FROM refund JOIN open_payout ON open_payout.refund_id = refund.id
        WHERE refund.purchase_id = purchase.id AND (open_payout.next_at IS NOT NULL OR EXISTS
          (SELECT 1 FROM attempt JOIN open_attempt ON open_attempt.attempt_id = attempt.id
           WHERE attempt.refund_id = refund.id))) AS payouts
     FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id WHERE purchase.account_id = ?`,
    [accountId],
  )
  const first = open.find(({ state, payouts }) => isOwed(state) || state === 'review' || payouts > 0)
  if (first !== undefined) throw new ServiceError('NOT_SETTLED', `bill ${first.id}`)
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
