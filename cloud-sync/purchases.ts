/** Finished trips as stores send them: each billed once, for ever, by its store and trip id. */
import { randomUUID } from 'node:crypto'
import { type Purchase, type PurchaseAnswer, PurchaseSchema } from '../models/contracts/http.ts'
import { describeFault, onlyKnown } from '../models/contracts/validate.ts'
import { ServiceError } from './errors.ts'
import type { Step } from './ledger/bookings.ts'
import { book } from './ledger/ledger.ts'
import { withoutErased } from './privacy/erase.ts'
import { checkPurchase } from './purchase-check.ts'
import { hashOf } from './secrets.ts'
import type { Sql, SqlSession } from './sql.ts'
import { readBack } from './stored-purchase.ts'
import { noteNewestBill } from './stores/books-mark.ts'
import { ownKey } from './stores/own-key.ts'

type Known = {
  readonly id: string
  readonly content_hash: string
  readonly total_minor: number
  readonly currency: string
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
}

/** `now` gives milliseconds since the epoch, `newId` a new name for each purchase. */
export function createPurchases(sql: Sql, now: () => number, newId: () => string = randomUUID): Purchases {
  return { record: (purchase) => sql.transaction((session) => record(session, purchase, now(), newId)) }
}

async function record(
  session: SqlSession,
  sent: Purchase,
  receivedAt: number,
  newId: () => string,
): Promise<PurchaseAnswer> {
  const hashAsSent = hashAsSentOf(sent)
  // What nobody knows of, nobody would show to whom it is about, or erase.
  const content = onlyKnown(PurchaseSchema, sent)
  const contentHash = hashOf(contentOf(content))
  const purchase = await withoutErased(session, content)
  const known = await findTrip(session, purchase)
  const isAgain = known !== undefined && isKnown(known, [contentHash, hashAsSent], purchase)
  if (isAgain) return { purchaseId: known.id, duplicate: true }
  if (known !== undefined && !settles(known, purchase)) throw otherContent(known, purchase)
  const faults = checkPurchase(purchase)
  if (faults.length > 0) throw new ServiceError('WRONG_SUM', faults.slice(0, 5).map(describeFault).join('; '))
  const isStaff = purchase.account !== null && (await worksIn(session, purchase.storeId, purchase.account))
  const purchaseId = known?.id ?? newId()
  const row = { purchaseId, contentHash, receivedAt, purchase }
  await (known === undefined ? insert(session, row) : settle(session, row))
  const step = stepOf(purchase, isStaff)
  const key = step.kind === 'billed-in-review' ? `review/${purchaseId}` : `bill/${purchaseId}`
  await book(session, { purchaseId, key, at: receivedAt, step })
  await noteNewestBill(session, purchase.storeId, key)
  return { purchaseId, duplicate: false }
}

async function findTrip(
  session: SqlSession,
  { storeId, idempotentShoppingTripId }: Purchase,
): Promise<Known | undefined> {
  const [row] = await session.query<Known>(
    'SELECT id, content_hash, total_minor, currency, status, checked_at, body FROM purchase WHERE trip_id = ?',
    [ownKey(storeId, idempotentShoppingTripId)],
  )
  return row
}

/** The same content as before, or a review that comes again, or comes late, after it was settled. */
function isKnown(known: Known, hashes: readonly (string | null)[], { bill }: Purchase): boolean {
  return hashes.includes(known.content_hash) || (known.checked_at !== null && bill.status === 'review')
}

/** What a person decided takes the place of what was in review: of the same trip, account, times and currency. */
function settles(known: Known, purchase: Purchase): boolean {
  const { status, checkedAt, currency } = purchase.bill
  if (known.status !== 'review' || status !== 'final' || checkedAt === undefined || known.currency !== currency)
    return false
  const { account, tripStartTime, tripEndTime } = readBack(known)
  return (
    account === purchase.account && tripStartTime === purchase.tripStartTime && tripEndTime === purchase.tripEndTime
  )
}

function otherContent(known: Known, { idempotentShoppingTripId, bill }: Purchase): ServiceError {
  const { status, total_minor: totalMinor, currency } = known
  const words = `found ${tell(bill)}, kept ${tell({ status, totalMinor, currency })}`
  return new ServiceError('OTHER_CONTENT', `trip ${idempotentShoppingTripId}, ${words}`)
}

type Told = Pick<Purchase['bill'], 'totalMinor' | 'currency'> & { readonly status: string }

function tell({ status, totalMinor, currency }: Told): string {
  return `a total of ${totalMinor} ${currency}${status === 'review' ? ' in review' : ''}`
}

/** Who works in one store is a shopper in another. Throws UNKNOWN_ACCOUNT. */
async function worksIn(session: SqlSession, storeId: string, account: string): Promise<boolean> {
  const [row] = await session.query<{ staff: number; made_by: string | null }>(
    'SELECT staff, made_by FROM account WHERE id = ?',
    [account],
  )
  if (row !== undefined) return row.staff === 1 && row.made_by === storeId
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
      ownKey(storeId, idempotentShoppingTripId),
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

/** As it was kept until fields that nobody knows were dropped; null: they are nested too deeply to have been kept. */
function hashAsSentOf(sent: Purchase): string | null {
  try {
    return hashOf(contentOf(sent))
  } catch {
    return null
  }
}

/** The same for every attempt: all but `requestId`, keys in order. */
function contentOf({ requestId: _, ...content }: Purchase): string {
  return JSON.stringify(content, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
