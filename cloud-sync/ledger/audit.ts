/** Whether the books are right as a whole. */
import type { SqlSession } from '../sql.ts'
import type { Balances } from './bookings.ts'
import { stateProblem } from './invariants.ts'
import type { BillState } from './states.ts'

/** Of more than these a person learns nothing new. */
const mostProblems = 20
/** Bills read at a time, so that memory stays bounded. */
const pageSize = 500

/** The query finds rows that should not be; the words say what is wrong with one. */
export interface Check {
  readonly sql: string
  readonly words: string
}

const checks: readonly Check[] = [
  {
    words: 'the entries of this event do not balance',
    sql: 'SELECT event_key AS id FROM ledger_entry GROUP BY event_key HAVING SUM(amount_minor) <> 0',
  },
  {
    words: 'the books of this currency do not balance',
    sql: `SELECT purchase.currency AS id FROM ledger_entry JOIN bill_event ON bill_event.key = ledger_entry.event_key
      JOIN purchase ON purchase.id = bill_event.purchase_id
      GROUP BY purchase.currency HAVING SUM(ledger_entry.amount_minor) <> 0`,
  },
  {
    words: 'this trip was billed more than once',
    sql: 'SELECT trip_id AS id FROM purchase GROUP BY trip_id HAVING COUNT(*) > 1',
  },
  {
    words: 'this bill was charged more than once, or with another amount than its total',
    sql: `SELECT purchase.id AS id FROM purchase JOIN bill_event ON bill_event.purchase_id = purchase.id
      JOIN ledger_entry ON ledger_entry.event_key = bill_event.key
      WHERE bill_event.event = 'billed' AND ledger_entry.account = 'receivable'
      GROUP BY purchase.id, purchase.total_minor HAVING SUM(ledger_entry.amount_minor) <> purchase.total_minor`,
  },
  {
    words: 'this purchase has no bill in the books',
    sql: `SELECT purchase.id AS id FROM purchase LEFT JOIN bill_payment ON bill_payment.purchase_id = purchase.id
      WHERE bill_payment.purchase_id IS NULL`,
  },
  {
    words: 'the state of this bill is not that of its latest event',
    sql: `SELECT bill_payment.purchase_id AS id FROM bill_payment JOIN bill_event
        ON bill_event.purchase_id = bill_payment.purchase_id
      WHERE bill_event.state <> bill_payment.state AND bill_event.position =
        (SELECT MAX(position) FROM bill_event AS latest WHERE latest.purchase_id = bill_payment.purchase_id)`,
  },
]

/** What is wrong, in words; none: the books are right. */
export async function audit(session: SqlSession): Promise<string[]> {
  return [...(await wrongRows(session, checks)), ...(await wrongStates(session))].slice(0, mostProblems)
}

/** What the checks find, in words. */
export async function wrongRows(session: SqlSession, of: readonly Check[]): Promise<string[]> {
  const problems: string[] = []
  for (const { sql, words } of of) {
    const rows = await session.query<{ id: string }>(`${sql} LIMIT ${mostProblems}`)
    problems.push(...rows.map(({ id }) => `${words}: ${id}`))
  }
  return problems
}

async function wrongStates(session: SqlSession): Promise<string[]> {
  const problems: string[] = []
  let after = ''
  for (;;) {
    const page = await billsAfter(session, after)
    for (const [id, { state, balances }] of page) {
      const problem = stateProblem(state, balances)
      if (problem !== null) problems.push(`this bill contradicts its state: ${id}, ${problem}`)
    }
    after = [...page.keys()].at(-1) ?? ''
    if (page.size === 0 || problems.length >= mostProblems) return problems
  }
}

type Page = ReadonlyMap<string, { readonly state: BillState; readonly balances: Balances }>

async function billsAfter(session: SqlSession, after: string): Promise<Page> {
  const rows = await session.query<{ id: string; state: BillState; account: string | null; amount_minor: number }>(
    `SELECT bill.purchase_id AS id, bill.state AS state, ledger_entry.account AS account,
       COALESCE(SUM(ledger_entry.amount_minor), 0) AS amount_minor
     FROM (SELECT purchase_id, state FROM bill_payment WHERE purchase_id > ? ORDER BY purchase_id LIMIT ?) AS bill
     LEFT JOIN bill_event ON bill_event.purchase_id = bill.purchase_id
     LEFT JOIN ledger_entry ON ledger_entry.event_key = bill_event.key
     GROUP BY bill.purchase_id, bill.state, ledger_entry.account ORDER BY bill.purchase_id`,
    [after, pageSize],
  )
  const page = new Map<string, { state: BillState; balances: Record<string, number> }>()
  for (const { id, state, account, amount_minor } of rows) {
    const bill = page.get(id) ?? { state, balances: {} }
    if (account !== null) bill.balances[account] = amount_minor
    page.set(id, bill)
  }
  return page
}
