/** Whether the books agree with what the provider answered. Looked at at the start; no money moves while they do not. */
import { closesGate } from '../debtors.ts'
import { audit, type Check, wrongRows } from '../ledger/audit.ts'
import type { SqlSession } from '../sql.ts'
import { paidOtherwiseKey } from './refunds.ts'

const checks: readonly Check[] = [
  {
    words: 'this bill was paid more than once',
    sql: `SELECT attempt.purchase_id AS id FROM attempt JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
      WHERE attempt_answer.outcome = 'captured' GROUP BY attempt.purchase_id HAVING COUNT(*) > 1`,
  },
  {
    words: 'what the provider has of this bill is not what it answered',
    sql: `SELECT purchase.id AS id FROM purchase WHERE
      (SELECT COALESCE(SUM(CASE attempt_answer.outcome WHEN 'captured' THEN attempt.amount_minor
          WHEN 'refunded' THEN -attempt.amount_minor ELSE 0 END), 0)
        FROM attempt JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
        WHERE attempt.purchase_id = purchase.id) +
      (SELECT COALESCE(SUM(attempt.amount_minor), 0) FROM attempt JOIN payout_return ON payout_return.attempt_id = attempt.id
        WHERE attempt.purchase_id = purchase.id) <>
      (SELECT COALESCE(SUM(ledger_entry.amount_minor), 0) FROM bill_event
        JOIN ledger_entry ON ledger_entry.event_key = bill_event.key
        WHERE bill_event.purchase_id = purchase.id AND ledger_entry.account = 'provider')`,
  },
  {
    words: 'this refund is not in the books, or with another amount',
    sql: `SELECT refund.id AS id FROM refund WHERE refund.amount_minor <>
      (SELECT COALESCE(-SUM(ledger_entry.amount_minor), 0) FROM ledger_entry
        WHERE ledger_entry.event_key = 'refund/' || refund.id
        AND ledger_entry.account IN ('receivable', 'refund-payable', 'bad-debt'))`,
  },
  {
    words: 'this refund was given back more than once',
    sql: `SELECT refund.id AS id FROM refund WHERE
      (SELECT COUNT(*) FROM attempt JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
        WHERE attempt.refund_id = refund.id AND attempt_answer.outcome = 'refunded'
        AND attempt.id NOT IN (SELECT attempt_id FROM payout_return)) +
      (SELECT COUNT(*) FROM bill_event WHERE bill_event.key = '${paidOtherwiseKey('')}' || refund.id) > 1`,
  },
  {
    words: 'this account is let in, or not, against what it owes',
    sql: `SELECT account.id AS id FROM account WHERE (account.refused IS NOT NULL) <>
      EXISTS (SELECT 1 FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id
        WHERE purchase.account_id = account.id AND ${closesGate})`,
  },
]

/** What is wrong with the books, by themselves and beside the journal of payments, in words; none: all is right. */
export async function auditPayments(session: SqlSession): Promise<string[]> {
  return [...(await audit(session)), ...(await wrongRows(session, checks))]
}
