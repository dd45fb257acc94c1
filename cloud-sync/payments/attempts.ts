/**
 * The journal of what the provider is asked: an attempt is written down before it is sent, and its answer once. Both are
 * only ever added to. All inside the caller's transaction.
 */
import { dueSql, dueValues } from '../due-times.ts'
import { LedgerError } from '../ledger/invariants.ts'
import type { SqlSession } from '../sql.ts'
import { mayHaveForgotten } from '../stores/bills-wanted.ts'
import { attemptId } from './attempt-id.ts'
import type { Answer, Order, PaymentProvider } from './provider.ts'
import { brokenPauseMs } from './schedule.ts'

export interface Attempt {
  /** The idempotency key at the provider. */
  readonly id: string
  readonly kind: Order['kind']
  readonly purchaseId: string
  /** Which refund it sends; null for a charge or a capture. */
  readonly refundId: string | null
  readonly provider: string
  /** Payment method of a charge; null for the others. */
  readonly method: string | null
  /** What a capture or a refund refers to, in the provider's words. */
  readonly reference: string | null
  readonly amountMinor: number
  readonly tryNumber: number
  readonly shopperPresent: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** An attempt whose answer is outstanding. */
export interface OpenAttempt {
  readonly attempt: Attempt
  readonly currency: string
  /** When the trip ended that its bill is of, milliseconds since the epoch. */
  readonly tripEndedAt: number
  /** The books were put back from a copy since, and may have forgotten what became of it. */
  readonly mayBeForgotten: boolean
  /** What it charges was cancelled at the provider, or is about to be. */
  readonly isCancelled: boolean
  /** Its account has chosen something else to pay with since. */
  readonly isReplaced: boolean
  /** How often its answer was asked for. */
  readonly asks: number
}

/** Ids of attempts that this process has written down and never sent: of all others somebody may have heard. */
export type Unsent = Set<string>

/** What it takes to write one down. */
export interface AskDeps {
  readonly provider: PaymentProvider
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly unsent: Unsent
}

/** Writes an attempt down; it is due at once. */
export async function openAttempt(session: SqlSession, attempt: Attempt, unsent: Unsent): Promise<void> {
  const { id, kind, purchaseId, refundId, provider, method, reference, amountMinor } = attempt
  const { tryNumber, shopperPresent, createdAt } = attempt
  await session.run(
    `INSERT INTO attempt (id, kind, purchase_id, refund_id, provider, method, reference, amount_minor, try_number,
       shopper_present, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      id,
      kind,
      purchaseId,
      refundId,
      provider,
      method,
      reference,
      amountMinor,
      tryNumber,
      shopperPresent ? 1 : 0,
      createdAt,
    ],
  )
  await session.run('INSERT INTO open_attempt (attempt_id, asks, ask_at) VALUES (?, 0, ?)', [id, createdAt])
  unsent.add(id)
}

type Row = {
  readonly id: string
  readonly kind: Order['kind']
  readonly purchase_id: string
  readonly refund_id: string | null
  readonly provider: string
  readonly method: string | null
  readonly reference: string | null
  readonly amount_minor: number
  readonly try_number: number
  readonly shopper_present: number
  readonly created_at: number
  readonly currency: string
  readonly ended_at: number
  readonly asks: number
  readonly cancelled: number
  readonly replaced: number
}

const isDue = dueSql('open_attempt.ask_at', brokenPauseMs)
/** Puts one off that is still due: until then, its id, `dueValues()`. */
export const putOffAttempt = `UPDATE open_attempt SET ask_at = ? WHERE attempt_id = ? AND ${isDue}`

const openAttempts = `SELECT attempt.id AS id, attempt.kind AS kind, attempt.purchase_id AS purchase_id,
    attempt.refund_id AS refund_id, attempt.provider AS provider, attempt.method AS method,
    attempt.reference AS reference, attempt.amount_minor AS amount_minor, attempt.try_number AS try_number,
    attempt.shopper_present AS shopper_present, attempt.created_at AS created_at, purchase.currency AS currency,
    purchase.ended_at AS ended_at, open_attempt.asks AS asks, open_attempt.cancelled AS cancelled,
    (SELECT COUNT(*) FROM account WHERE account.id = purchase.account_id
      AND account.payment_provider = attempt.provider AND account.payment_method <> attempt.method) AS replaced
  FROM open_attempt JOIN attempt ON attempt.id = open_attempt.attempt_id
  JOIN purchase ON purchase.id = attempt.purchase_id`

/** Attempts of a provider whose answer should be asked for at `now`, longest due first. */
export async function dueAttempts(
  session: SqlSession,
  provider: string,
  now: number,
  limit: number,
): Promise<OpenAttempt[]> {
  const rows = await session.query<Row>(
    `${openAttempts} WHERE ${isDue} AND attempt.provider = ? ORDER BY open_attempt.ask_at LIMIT ?`,
    [...dueValues(now), provider, limit],
  )
  return Promise.all(
    rows.map(async (row) => ({
      attempt: attemptOf(row),
      currency: row.currency,
      tripEndedAt: row.ended_at,
      mayBeForgotten: await mayHaveForgotten(session, row.ended_at, now),
      isCancelled: row.cancelled === 1,
      isReplaced: row.replaced === 1,
      asks: row.asks,
    })),
  )
}

function attemptOf(row: Row): Attempt {
  return {
    id: row.id,
    kind: row.kind,
    purchaseId: row.purchase_id,
    refundId: row.refund_id,
    provider: row.provider,
    method: row.method,
    reference: row.reference,
    amountMinor: row.amount_minor,
    tryNumber: row.try_number,
    shopperPresent: row.shopper_present === 1,
    createdAt: row.created_at,
  }
}

/** How many of each other provider are open, which nobody asks after. */
export function openElsewhere(
  session: SqlSession,
  provider: string,
): Promise<{ readonly provider: string; readonly count: number }[]> {
  return session.query(
    `SELECT attempt.provider AS provider, COUNT(*) AS count FROM open_attempt
       JOIN attempt ON attempt.id = open_attempt.attempt_id
     WHERE attempt.provider <> ? GROUP BY attempt.provider ORDER BY attempt.provider`,
    [provider],
  )
}

/** The attempt as the provider is told of it. `isNew`: by who has just written it down, and for the first time. */
export function orderOf(open: OpenAttempt, isNew: boolean): Order {
  const { attempt, currency, tripEndedAt, mayBeForgotten, isCancelled, isReplaced } = open
  const { id, kind, refundId, method, reference, amountMinor, tryNumber, shopperPresent, createdAt } = attempt
  const knownSince = Math.min(tripEndedAt, createdAt)
  const fields = { key: id, amountMinor, currency, createdAt, knownSince, mayBeForgotten, isNew }
  if (kind === 'charge')
    return { ...fields, kind, method: method ?? '', tryNumber, shopperPresent, isCancelled, isReplaced }
  const firstKey = refundId === null ? id : attemptId('refund', refundId, 1)
  return { ...fields, kind, reference: reference ?? '', firstKey }
}

/** The provider is about to be told to cancel what this charges. */
export async function noteCancelled(session: SqlSession, attemptId: string): Promise<void> {
  await session.run('UPDATE open_attempt SET cancelled = 1 WHERE attempt_id = ?', [attemptId])
}

/** The answer could not be had: it is asked for again at `askAt`. `confirmUrl`: where its shopper can bring it about. */
export async function askLater(
  session: SqlSession,
  attemptId: string,
  askAt: number,
  confirmUrl: string | null,
): Promise<void> {
  await session.run('UPDATE open_attempt SET asks = asks + 1, ask_at = ?, confirm_url = ? WHERE attempt_id = ?', [
    askAt,
    confirmUrl,
    attemptId,
  ])
}

/** Charges of an account with something else than `method` are asked after at once: nobody will confirm them any more. */
export async function askAfterOthers(
  session: SqlSession,
  accountId: string,
  method: string,
  at: number,
): Promise<void> {
  await session.run(
    `UPDATE open_attempt SET ask_at = ?, confirm_url = NULL WHERE attempt_id IN
       (SELECT attempt.id FROM attempt JOIN purchase ON purchase.id = attempt.purchase_id
        WHERE purchase.account_id = ? AND attempt.kind = 'charge' AND attempt.method <> ?)`,
    [at, accountId, method],
  )
}

/**
 * Writes a final answer down. False: it is known already.
 * @throws LedgerError when the attempt has another one, which stays
 */
export async function closeAttempt(
  session: SqlSession,
  attemptId: string,
  answer: Exclude<Answer, { kind: 'pending' }>,
  at: number,
): Promise<boolean> {
  const reference = 'reference' in answer ? answer.reference : null
  const reason = 'reason' in answer ? answer.reason : null
  const added = await session.run(
    `INSERT INTO attempt_answer (attempt_id, outcome, reference, reason, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (attempt_id) DO NOTHING`,
    [attemptId, answer.kind, reference, reason, at],
  )
  await session.run('DELETE FROM open_attempt WHERE attempt_id = ?', [attemptId])
  if (added === 0) await requireSame(session, attemptId, answer.kind)
  return added === 1
}

async function requireSame(session: SqlSession, attemptId: string, outcome: string): Promise<void> {
  const [known] = await session.query<{ outcome: string }>('SELECT outcome FROM attempt_answer WHERE attempt_id = ?', [
    attemptId,
  ])
  if (known?.outcome !== outcome)
    throw new LedgerError(`attempt ${attemptId}: found the answer ${outcome}, it was ${known?.outcome} before`)
}

/** Who took the payment of a bill and what they call it; undefined: nobody did. */
export async function capturedBy(
  session: SqlSession,
  purchaseId: string,
): Promise<{ readonly provider: string; readonly reference: string } | undefined> {
  const [row] = await session.query<{ provider: string; reference: string }>(
    `SELECT attempt.provider AS provider, attempt_answer.reference AS reference FROM attempt JOIN attempt_answer
       ON attempt_answer.attempt_id = attempt.id
     WHERE attempt.purchase_id = ? AND attempt_answer.outcome = 'captured'`,
    [purchaseId],
  )
  return row
}

/** How often a charge of the bill was tried. */
export async function chargesTried(session: SqlSession, purchaseId: string): Promise<number> {
  const [row] = await session.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM attempt WHERE purchase_id = ? AND kind = 'charge'",
    [purchaseId],
  )
  return row?.n ?? 0
}

/** How often the bill was charged to this payment method since a time: by anybody, and by the shopper. */
export async function triesWith(
  session: SqlSession,
  purchaseId: string,
  method: string,
  since: number,
): Promise<{ readonly all: number; readonly byShopper: number }> {
  const [row] = await session.query<{ n: number; present: number }>(
    `SELECT COUNT(*) AS n, COALESCE(SUM(shopper_present), 0) AS present FROM attempt
     WHERE purchase_id = ? AND kind = 'charge' AND method = ? AND created_at > ?`,
    [purchaseId, method, since],
  )
  return { all: row?.n ?? 0, byShopper: row?.present ?? 0 }
}
