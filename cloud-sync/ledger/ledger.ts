/** The books: what happened to each bill with its entries, only ever added to. All inside the caller's transaction. */
import { updateRefusal } from '../debtors.ts'
import { overdueSince } from '../payments/schedule.ts'
import type { SqlSession } from '../sql.ts'
import { type Balances, type Entry, entriesOf, groupsLeft, type Step, withEntries } from './bookings.ts'
import { entriesProblem, LedgerError, stateProblem } from './invariants.ts'
import { type BillEvent, type BillState, nextState } from './states.ts'

/** Where the payment of a bill stands: derived from its events, kept so that what is due can be looked up. */
export interface BillPayment {
  readonly purchaseId: string
  readonly state: BillState
  /** How often the provider declined. */
  readonly failures: number
  /** Since when it is overdue, milliseconds since the epoch; null: it never failed. */
  readonly failedSince: number | null
  /** When something is to be done about it by itself; null: nothing. */
  readonly nextAt: number | null
  readonly balances: Balances
}

interface Happening {
  readonly purchaseId: string
  /** Of this happening, for ever: the same key again changes nothing. */
  readonly key: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly step: Step
}

/**
 * Books a step of a bill once. False: its key is known, nothing was changed.
 * @throws LedgerError when the step cannot happen in the bill's state or would make the books wrong
 */
export async function book(session: SqlSession, { purchaseId, key, at, step }: Happening): Promise<boolean> {
  if (await isBooked(session, key, purchaseId)) return false
  const before = await paymentOf(session, purchaseId)
  const entries = entriesOf(step, before.state, before.balances)
  const balances = withEntries(before.balances, entries)
  const event = eventOf(step, balances)
  const state = nextState(before.state, event)
  if (state === null)
    throw new LedgerError(`bill ${purchaseId}: ${event} cannot happen to it while it is ${before.state}`)
  if (step.kind === 'billed') await requireTotal(session, purchaseId, balances.receivable ?? 0)
  const problem = entriesProblem(entries) ?? stateProblem(state, balances)
  if (problem !== null) throw new LedgerError(`bill ${purchaseId}: ${event} would leave it wrong: ${problem}`)
  await insertEvent(session, { purchaseId, key, at, step }, event, state, entries)
  const times = timesAfter(before, step, at)
  await keep(session, { ...before, ...times, state, balances })
  if (times.failures > 0) await updateRefusal(session, purchaseId)
  return true
}

/** What is left of the sale says whether a refund was of all of it. */
function eventOf(step: Step, after: Balances): BillEvent {
  if (step.kind !== 'refunded') return step.kind
  return groupsLeft(after).length === 0 ? 'refunded-whole' : 'refunded-part'
}

async function isBooked(session: SqlSession, key: string, purchaseId: string): Promise<boolean> {
  const [known] = await session.query<{ purchase_id: string }>('SELECT purchase_id FROM bill_event WHERE key = ?', [
    key,
  ])
  if (known !== undefined && known.purchase_id !== purchaseId)
    throw new LedgerError(`${key} is of bill ${known.purchase_id}, not of ${purchaseId}`)
  return known !== undefined
}

/** The lines of a bill add up to what its shopper owes. */
async function requireTotal(session: SqlSession, purchaseId: string, receivable: number): Promise<void> {
  const [row] = await session.query<{ total_minor: number }>('SELECT total_minor FROM purchase WHERE id = ?', [
    purchaseId,
  ])
  if (row?.total_minor !== receivable)
    throw new LedgerError(`bill ${purchaseId}: ${receivable} would be owed, its total is ${row?.total_minor}`)
}

type Times = Pick<BillPayment, 'failures' | 'failedSince' | 'nextAt'>

function timesAfter({ failures, failedSince, nextAt }: BillPayment, step: Step, at: number): Times {
  switch (step.kind) {
    case 'billed':
      return { failures, failedSince, nextAt: at }
    case 'declined':
    case 'refused':
      return { failures: failures + 1, failedSince: overdueSince(failedSince, at), nextAt: step.nextAt }
    case 'refunded':
      return { failures, failedSince, nextAt }
    default:
      return { failures, failedSince, nextAt: null }
  }
}

/** Where a bill stands; one of which nothing is written down is `new`. */
export async function paymentOf(session: SqlSession, purchaseId: string): Promise<BillPayment> {
  const [row] = await session.query<{
    state: BillState
    failures: number
    failed_since: number | null
    next_at: number | null
  }>('SELECT state, failures, failed_since, next_at FROM bill_payment WHERE purchase_id = ?', [purchaseId])
  const balances = await balancesOf(session, purchaseId)
  const { state = 'new', failures = 0, failed_since = null, next_at = null } = row ?? {}
  return { purchaseId, state, failures, failedSince: failed_since, nextAt: next_at, balances }
}

async function balancesOf(session: SqlSession, purchaseId: string): Promise<Balances> {
  const rows = await session.query<{ account: string; amount_minor: number }>(
    `SELECT ledger_entry.account AS account, SUM(ledger_entry.amount_minor) AS amount_minor
     FROM bill_event JOIN ledger_entry ON ledger_entry.event_key = bill_event.key
     WHERE bill_event.purchase_id = ? GROUP BY ledger_entry.account`,
    [purchaseId],
  )
  return Object.fromEntries(rows.map(({ account, amount_minor }) => [account, amount_minor]))
}

async function insertEvent(
  session: SqlSession,
  { purchaseId, key, at, step }: Happening,
  event: BillEvent,
  state: BillState,
  entries: readonly Entry[],
): Promise<void> {
  await session.run(
    `INSERT INTO bill_event (key, purchase_id, position, event, state, reason, at)
     VALUES (?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM bill_event WHERE purchase_id = ?), ?, ?, ?, ?)`,
    [key, purchaseId, purchaseId, event, state, 'reason' in step ? step.reason : null, at],
  )
  for (const [position, { account, amountMinor }] of entries.entries())
    await session.run('INSERT INTO ledger_entry (event_key, position, account, amount_minor) VALUES (?, ?, ?, ?)', [
      key,
      position,
      account,
      amountMinor,
    ])
}

async function keep(session: SqlSession, payment: BillPayment): Promise<void> {
  const { purchaseId, state, failures, failedSince, nextAt } = payment
  await session.run(
    `INSERT INTO bill_payment (purchase_id, state, failures, failed_since, next_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (purchase_id) DO UPDATE SET state = excluded.state, failures = excluded.failures,
       failed_since = excluded.failed_since, next_at = excluded.next_at`,
    [purchaseId, state, failures, failedSince, state === 'refunded' ? null : nextAt],
  )
}
