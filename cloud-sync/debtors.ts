/** Who is not let in: an account that owes a bill whose payment failed. Kept with the account, for stores to learn. */
import type { SqlSession } from './sql.ts'

/** A bill whose last payment failed as the provider does not charge so little: nobody can pay it. */
export const isTooSmall = `'too-small' = (SELECT bill_event.reason FROM bill_event
  WHERE bill_event.purchase_id = bill_payment.purchase_id AND bill_event.event IN ('declined', 'refused')
  ORDER BY bill_event.position DESC LIMIT 1)`

/**
 * An account is refused while it has such a bill, tried again or not; one that was not tried yet closes no gate, nor one that
 * nobody can pay.
 */
export const closesGate = `bill_payment.failures > 0
  AND bill_payment.state IN ('due', 'paying', 'authorised', 'declined', 'unpaid', 'written-off')
  AND NOT ${isTooSmall}`

/** Brings the account of a bill up to date after something happened to the bill. A change is one for stores to learn. */
export async function updateRefusal(session: SqlSession, purchaseId: string): Promise<void> {
  const [row] = await session.query<{ id: string; refused: string | null; debts: number }>(
    `SELECT account.id AS id, account.refused AS refused,
       (SELECT COUNT(*) FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id
        WHERE purchase.account_id = account.id AND ${closesGate}) AS debts
     FROM account JOIN purchase AS mine ON mine.account_id = account.id WHERE mine.id = ?`,
    [purchaseId],
  )
  if (row === undefined) return
  const refused = row.debts > 0 ? 'unpaid-bill' : null
  if (refused === row.refused) return
  await session.run('UPDATE account SET refused = ?, revision = (SELECT MAX(revision) + 1 FROM account) WHERE id = ?', [
    refused,
    row.id,
  ])
}
