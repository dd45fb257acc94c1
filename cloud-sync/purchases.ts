/** Finished trips as stores send them: each billed once, for ever, by its trip id. */
import { randomUUID } from 'node:crypto'
import type { AccountBill, AccountBills, Purchase, PurchaseAnswer } from '../models/contracts/http.ts'
import { parsePurchase } from '../models/contracts/http.ts'
import { vatBreakdown } from '../models/contracts/money.ts'
import { describeFault } from '../models/contracts/validate.ts'
import { ServiceError } from './errors.ts'
import type { Step } from './ledger/bookings.ts'
import { book } from './ledger/ledger.ts'
import { checkPurchase } from './purchase-check.ts'
import { hashOf } from './secrets.ts'
import type { Sql, SqlSession } from './sql.ts'

type Row = { readonly id: string; readonly ended_at: number; readonly body: string }
type Known = {
  readonly id: string
  readonly content_hash: string
  readonly total_minor: number
  readonly status: string
  /** When a review was settled; null: there was none, or it is open. */
  readonly checked_at: number | null
  readonly body: string
}

export interface Purchases {
  /**
   * Bills a trip, finds it billed, or settles what was in review by what a person decided, once. Throws WRONG_SUM,
   * UNKNOWN_ACCOUNT, and OTHER_CONTENT when the trip is known with another content.
   */
  record(purchase: Purchase): Promise<PurchaseAnswer>
  /** Newest first; `cursor` is the `next` of the page before. */
  ofAccount(account: string, limit: number, cursor: string | undefined): Promise<AccountBills>
  /** Throws NO_SUCH_BILL. */
  bill(account: string, id: string): Promise<AccountBill>
}

/** `now` gives milliseconds since the epoch. */
export function createPurchases(sql: Sql, now: () => number): Purchases {
  return {
    record: (purchase) => sql.transaction((session) => record(session, purchase, now())),
    async ofAccount(account, limit, cursor) {
      const { endedAt, id } = parseCursor(cursor)
      const rows = await sql.query<Row>(
        `SELECT id, ended_at, body FROM purchase WHERE account_id = ? AND (ended_at < ? OR (ended_at = ? AND id < ?))
         ORDER BY ended_at DESC, id DESC LIMIT ?`,
        [account, endedAt, endedAt, id, limit + 1],
      )
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const next = rows.length > limit && last !== undefined ? `${last.ended_at}.${last.id}` : null
      return { bills: shown.map(billOf), next }
    },
    async bill(account, id) {
      const [row] = await sql.query<Row>('SELECT id, ended_at, body FROM purchase WHERE account_id = ? AND id = ?', [
        account,
        id,
      ])
      if (row === undefined) throw new ServiceError('NO_SUCH_BILL', id)
      return billOf(row)
    },
  }
}

async function record(session: SqlSession, purchase: Purchase, receivedAt: number): Promise<PurchaseAnswer> {
  const contentHash = hashOf(contentOf(purchase))
  const known = await findTrip(session, purchase.idempotentShoppingTripId)
  if (known !== undefined && isKnown(known, contentHash, purchase)) return { purchaseId: known.id, duplicate: true }
  if (known !== undefined && !settles(known, purchase)) throw otherContent(known, purchase)
  const faults = checkPurchase(purchase)
  if (faults.length > 0) throw new ServiceError('WRONG_SUM', faults.slice(0, 5).map(describeFault).join('; '))
  const isStaff = purchase.account !== null && (await requireAccount(session, purchase.account)).staff === 1
  const purchaseId = known?.id ?? randomUUID()
  const row = { purchaseId, contentHash, receivedAt, purchase }
  await (known === undefined ? insert(session, row) : settle(session, row))
  const step = stepOf(purchase, isStaff)
  const key = step.kind === 'billed-in-review' ? `review/${purchaseId}` : `bill/${purchaseId}`
  await book(session, { purchaseId, key, at: receivedAt, step })
  return { purchaseId, duplicate: false }
}

async function findTrip(session: SqlSession, tripId: string): Promise<Known | undefined> {
  const [row] = await session.query<Known>(
    'SELECT id, content_hash, total_minor, status, checked_at, body FROM purchase WHERE trip_id = ?',
    [tripId],
  )
  return row
}

/** The same content as before, or a review that comes again, or comes late, after it was settled. */
function isKnown(known: Known, contentHash: string, { bill }: Purchase): boolean {
  return known.content_hash === contentHash || (known.checked_at !== null && bill.status === 'review')
}

/** What a person decided takes the place of what was in review: of the same trip, account and times. */
function settles(known: Known, purchase: Purchase): boolean {
  if (known.status !== 'review' || purchase.bill.status !== 'final' || purchase.bill.checkedAt === undefined)
    return false
  const { storeId, account, tripStartTime, tripEndTime } = readBack(known)
  return (
    storeId === purchase.storeId &&
    account === purchase.account &&
    tripStartTime === purchase.tripStartTime &&
    tripEndTime === purchase.tripEndTime
  )
}

function otherContent(known: Known, { idempotentShoppingTripId, bill }: Purchase): ServiceError {
  const found = `found ${tell(bill.status, bill.totalMinor)}, kept ${tell(known.status, known.total_minor)}`
  return new ServiceError('OTHER_CONTENT', `trip ${idempotentShoppingTripId}, ${found}`)
}

function tell(status: string, totalMinor: number): string {
  return status === 'review' ? `a total of ${totalMinor} in review` : `a total of ${totalMinor}`
}

async function requireAccount(session: SqlSession, account: string): Promise<{ readonly staff: number }> {
  const [row] = await session.query<{ staff: number }>('SELECT staff FROM account WHERE id = ?', [account])
  if (row !== undefined) return row
  throw new ServiceError('UNKNOWN_ACCOUNT', `/account: found "${account}", wanted the id of an account or null`)
}

/** Nobody pays an empty cart, staff owe nothing, and a trip of nobody has nobody to ask. */
function stepOf({ account, bill }: Purchase, isStaff: boolean): Step {
  if (bill.status === 'review') return { kind: 'billed-in-review' }
  if (bill.totalMinor === 0 || account === null || isStaff) return { kind: 'billed-nothing' }
  return { kind: 'billed', groups: bill.taxes }
}

interface Insert {
  readonly purchaseId: string
  readonly contentHash: string
  readonly receivedAt: number
  readonly purchase: Purchase
}

async function insert(session: SqlSession, { purchaseId, contentHash, receivedAt, purchase }: Insert): Promise<void> {
  const { idempotentShoppingTripId, storeId, account, tripEndTime, bill } = purchase
  await session.run(
    `INSERT INTO purchase (id, trip_id, content_hash, store_id, account_id, ended_at, received_at, total_minor,
       currency, status, checked_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      purchaseId,
      idempotentShoppingTripId,
      contentHash,
      storeId,
      account,
      Math.round(tripEndTime),
      receivedAt,
      bill.totalMinor,
      bill.currency,
      bill.status,
      bill.checkedAt ?? null,
      JSON.stringify(purchase),
    ],
  )
}

/** Only while it is in review: settled once, whoever else tries in the same moment. What was in review is kept. */
async function settle(session: SqlSession, { purchaseId, contentHash, purchase }: Insert): Promise<void> {
  const { totalMinor, status, checkedAt } = purchase.bill
  await session.run(
    `UPDATE purchase SET review_body = body, content_hash = ?, total_minor = ?, status = ?, checked_at = ?, body = ?
     WHERE id = ? AND status = 'review'`,
    [contentHash, totalMinor, status, checkedAt ?? null, JSON.stringify(purchase), purchaseId],
  )
}

/** The same for every attempt: all but `requestId`, keys in order. */
function contentOf({ requestId: _, ...content }: Purchase): string {
  return JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

function readBack({ id, body }: Pick<Row, 'id' | 'body'>): Purchase {
  const parsed = parsePurchase(JSON.parse(body))
  if (!parsed.ok) throw new Error(`purchase ${id} cannot be read back: ${parsed.faults.map(describeFault).join('; ')}`)
  return parsed.value
}

function billOf(row: Row): AccountBill {
  const { id } = row
  const { idempotentShoppingTripId, storeId, tripStartTime, tripEndTime, bill } = readBack(row)
  return {
    id,
    tripId: idempotentShoppingTripId,
    storeId,
    startedAt: tripStartTime,
    endedAt: tripEndTime,
    ...bill,
    vatBreakdown: vatBreakdown(bill.taxes),
  }
}

/** `<endedAt>.<id>`; without one, everything is older. */
function parseCursor(cursor: string | undefined): { readonly endedAt: number; readonly id: string } {
  if (cursor === undefined) return { endedAt: Number.MAX_SAFE_INTEGER, id: '' }
  const dot = cursor.lastIndexOf('.')
  return { endedAt: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) }
}
