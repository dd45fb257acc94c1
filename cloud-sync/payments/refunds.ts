/** Refunds that a store grants: each once, for ever, by its id; never more than was billed. */
import type { Purchase } from '../../models/contracts/http.ts'
import { type TaxGroup, vatBreakdown } from '../../models/contracts/money.ts'
import {
  type NewRefund,
  NewRefundSchema,
  type Refund,
  type RefundAnswer,
  type RefundReason,
} from '../../models/contracts/payments.ts'
import { describeFault, onlyKnown } from '../../models/contracts/validate.ts'
import { ServiceError } from '../errors.ts'
import { groupsLeft, refundGroups } from '../ledger/bookings.ts'
import { book, paymentOf } from '../ledger/ledger.ts'
import { isOwed, isRefundable } from '../ledger/states.ts'
import { hashOf } from '../secrets.ts'
import type { SqlSession } from '../sql.ts'
import { readBack } from '../stored-purchase.ts'
import { mayHaveForgotten } from '../stores/bills-wanted.ts'
import { nameIn, ownKey } from '../stores/own-key.ts'
import { openPayout } from './refund-payouts.ts'
import { planRefund } from './refund-plan.ts'

/** Of the event that the store paid a refund without the provider, which happens once. */
export const paidOtherwiseKey = (refundId: string) => `paid-otherwise/${refundId}`

type Row = {
  readonly id: string
  readonly store_id: string
  readonly purchase_id: string
  readonly content_hash: string
  readonly amount_minor: number
  readonly reason: RefundReason
  readonly note: string | null
  readonly lines: string
  readonly groups: string
  readonly created_at: number
  readonly waived: number
  /** Null: nothing is left to be sent. */
  readonly payout: string | null
  readonly next_at: number | null
  readonly sending: number
  /** 1: what was sent last came back. */
  readonly returned: number
  readonly paid_otherwise: number
}

/**
 * Grants a refund of a trip's bill of that store, or finds it granted. One of a bill that was paid is sent afterwards.
 * @throws ServiceError NO_SUCH_TRIP, OTHER_REFUND, NOT_REFUNDABLE, PAYMENT_UNDER_WAY, PAYMENT_FORGOTTEN, REFUND_TOO_MUCH
 */
export async function grantRefund(
  session: SqlSession,
  { storeId, tripId }: StoreTrip,
  sent: NewRefund,
  at: number,
  noted: Note = unnoted,
): Promise<RefundAnswer> {
  const wanted = onlyKnown(NewRefundSchema, sent)
  const purchase = await purchaseOfTrip(session, storeId, tripId)
  const { idempotentRefundId, reason, note, lines } = wanted
  const contentHash = hashOf(JSON.stringify([tripId, reason, note, lines, wanted.amountMinor]))
  const known = await refundRow(session, storeId, idempotentRefundId)
  if (known !== undefined) {
    if (known.content_hash !== contentHash) throw new ServiceError('OTHER_REFUND', idempotentRefundId)
    return { refund: refundOf(known), duplicate: true }
  }
  const { state, balances } = await paymentOf(session, purchase.id)
  if (state === 'paying' || state === 'authorised') throw new ServiceError('PAYMENT_UNDER_WAY', tripId)
  if (!isRefundable(state)) throw new ServiceError('NOT_REFUNDABLE', `trip ${tripId}, the bill is ${state}`)
  // Taken off what is owed it would not reach a shopper who has paid.
  if (isOwed(state) && (await mayHaveForgotten(session, purchase.endedAt, at)))
    throw new ServiceError('PAYMENT_FORGOTTEN', tripId)
  const left = groupsLeft(balances)
  const refunded = quantitiesOf(await refundsOf(session, purchase.id))
  const plan = planRefund(wanted, { lines: purchase.bill.lines, left, refunded })
  if (!plan.ok) throw new ServiceError('REFUND_TOO_MUCH', describeFault(plan.fault))
  const groups = refundGroups(left, plan.grossByRate)
  const id = ownKey(storeId, idempotentRefundId)
  await insert(session, { id, purchaseId: purchase.id, contentHash, wanted, groups, waived: state !== 'paid', at })
  await book(session, { purchaseId: purchase.id, key: `refund/${id}`, at, step: { kind: 'refunded', groups, reason } })
  if (state === 'paid') await openPayout(session, id, at)
  const made = await refundRow(session, storeId, idempotentRefundId)
  if (made === undefined) throw new Error(`refund ${id} was not written`)
  await noted(session)
  return { refund: refundOf(made), duplicate: false }
}

/** Writes down who did what, in the transaction in which it is done; not called where nothing is. */
export type Note = (within: SqlSession) => Promise<void>
export const unnoted: Note = async () => {}

/** A trip as its store names it. */
export interface StoreTrip {
  readonly storeId: string
  readonly tripId: string
}

async function purchaseOfTrip(
  session: SqlSession,
  storeId: string,
  tripId: string,
): Promise<{ readonly id: string; readonly bill: Purchase['bill']; readonly endedAt: number }> {
  const [row] = await session.query<{ id: string; body: string; ended_at: number }>(
    'SELECT id, body, ended_at FROM purchase WHERE trip_id = ?',
    [ownKey(storeId, tripId)],
  )
  if (row === undefined) throw new ServiceError('NO_SUCH_TRIP', tripId)
  return { id: row.id, bill: readBack(row).bill, endedAt: row.ended_at }
}

interface Insert {
  readonly id: string
  readonly purchaseId: string
  readonly contentHash: string
  readonly wanted: NewRefund
  readonly groups: readonly TaxGroup[]
  readonly waived: boolean
  readonly at: number
}

async function insert(session: SqlSession, row: Insert): Promise<void> {
  const { id, purchaseId, contentHash, wanted, groups, waived, at } = row
  await session.run(
    `INSERT INTO refund (id, purchase_id, content_hash, amount_minor, reason, note, lines, groups, waived, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      purchaseId,
      contentHash,
      groups.reduce((sum, { grossMinor }) => sum + grossMinor, 0),
      wanted.reason,
      wanted.note ?? null,
      JSON.stringify(wanted.lines ?? []),
      JSON.stringify(groups),
      waived ? 1 : 0,
      at,
    ],
  )
}

const selectRefund = `SELECT refund.id AS id, purchase.store_id AS store_id, refund.purchase_id AS purchase_id, refund.content_hash AS content_hash,
    refund.amount_minor AS amount_minor, refund.reason AS reason, refund.note AS note, refund.lines AS lines,
    refund.groups AS groups, refund.waived AS waived, refund.created_at AS created_at,
    open_payout.refund_id AS payout, open_payout.next_at AS next_at,
    (SELECT COUNT(*) FROM attempt JOIN open_attempt ON open_attempt.attempt_id = attempt.id
      WHERE attempt.refund_id = refund.id) AS sending,
    (SELECT COUNT(*) FROM payout_return WHERE payout_return.attempt_id =
      (SELECT attempt.id FROM attempt WHERE attempt.refund_id = refund.id ORDER BY attempt.try_number DESC LIMIT 1)) AS returned,
    (SELECT COUNT(*) FROM bill_event WHERE bill_event.key = '${paidOtherwiseKey('')}' || refund.id) AS paid_otherwise
  FROM refund JOIN purchase ON purchase.id = refund.purchase_id
    LEFT JOIN open_payout ON open_payout.refund_id = refund.id`

/**
 * By what the store calls it; those from before stores had credentials are there by that alone, and never by a name that
 * reads as the key of another.
 */
async function refundRow(session: SqlSession, storeId: string, name: string): Promise<Row | undefined> {
  const key = ownKey(storeId, name)
  const bare = name.startsWith(ownKey(storeId, '')) ? key : name
  const [row] = await session.query<Row>(`${selectRefund} WHERE refund.id IN (?, ?) AND purchase.store_id = ?`, [
    key,
    bare,
    storeId,
  ])
  return row
}

/** Refunds of a bill, oldest first. */
export async function refundsOf(session: SqlSession, purchaseId: string): Promise<Refund[]> {
  const rows = await session.query<Row>(
    `${selectRefund} WHERE refund.purchase_id = ? ORDER BY refund.created_at, refund.id`,
    [purchaseId],
  )
  return rows.map(refundOf)
}

function refundOf(row: Row): Refund {
  return {
    id: nameIn(row.store_id, row.id),
    at: row.created_at,
    reason: row.reason,
    ...(row.note === null ? {} : { note: row.note }),
    amountMinor: row.amount_minor,
    lines: JSON.parse(row.lines) as Refund['lines'],
    vatBreakdown: vatBreakdown(JSON.parse(row.groups) as TaxGroup[]),
    state: stateOf(row),
  }
}

function stateOf({ waived, payout, next_at, sending, returned, paid_otherwise }: Row): Refund['state'] {
  if (waived === 1) return 'waived'
  if (payout === null) return paid_otherwise === 1 ? 'paid-otherwise' : 'sent'
  if (next_at !== null || sending > 0) return 'sending'
  return returned === 1 ? 'returned' : 'failed'
}

/** The refund of a trip's bill by the store's names of both, and its own name. @throws ServiceError NO_SUCH_REFUND */
export async function refundOfTrip(
  session: SqlSession,
  { storeId, tripId }: StoreTrip,
  name: string,
): Promise<{ readonly id: string; readonly purchaseId: string; readonly refund: Refund }> {
  const { id: purchaseId } = await purchaseOfTrip(session, storeId, tripId)
  const row = await refundRow(session, storeId, name)
  if (row === undefined || row.purchase_id !== purchaseId) throw new ServiceError('NO_SUCH_REFUND', name)
  return { id: row.id, purchaseId, refund: refundOf(row) }
}

function quantitiesOf(refunds: readonly Refund[]): Map<string, number> {
  const quantities = new Map<string, number>()
  for (const { lines } of refunds)
    for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return quantities
}
