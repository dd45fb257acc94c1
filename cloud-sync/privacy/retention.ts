/** Lets go of what the account service need not keep any more, at the start and daily. */
import { createDaily, type Daily } from '../../models/platform/daily.ts'
import { before, otherRetention, serviceRetention } from '../../models/privacy/retention.ts'
import { billStates, isOwed } from '../ledger/states.ts'
import { removeOldCodes } from '../people/email-codes.ts'
import type { Sql, SqlSession } from '../sql.ts'
import { eraseClosed, unname } from './erase.ts'

/** Rows of each kind in one transaction: what a bill that is delivered meanwhile waits for stays below a tenth of a second. */
const mostRemoved = 200

type Kind = keyof typeof serviceRetention
type Step = (session: SqlSession, before: number, now: number) => Promise<number>

const steps: Readonly<Record<Kind, Step>> = {
  receipts: unnameOld,
  // By when the decision came: `checked_at` is of its store's clock.
  reviewBodies: (session, limit) =>
    session.run(
      `UPDATE purchase SET review_body = NULL WHERE id IN
       (SELECT purchase.id FROM purchase JOIN bill_event ON bill_event.key = 'bill/' || purchase.id
        WHERE purchase.review_body IS NOT NULL AND bill_event.at < ? LIMIT ?)`,
      [limit, mostRemoved],
    ),
  attempts: (session, limit) =>
    session.run(
      `UPDATE attempt SET method = NULL WHERE id IN
       (SELECT id FROM attempt WHERE method IS NOT NULL AND created_at < ?
        AND NOT EXISTS (SELECT 1 FROM open_attempt WHERE open_attempt.attempt_id = attempt.id) LIMIT ?)`,
      [limit, mostRemoved],
    ),
  sessions: (session, limit) => session.run('DELETE FROM session WHERE signed_in_at < ?', [limit]),
  closures: (session, limit, now) => eraseClosed(session, limit, mostRemoved, now),
  erasures: (session, limit) => session.run('DELETE FROM erased_account WHERE at < ?', [limit]),
}

/** What is still owed keeps its debtor, however old. One is as old as it is here, whatever the clock of its store said. */
async function unnameOld(session: SqlSession, limit: number): Promise<number> {
  const owed = billStates.filter((state) => isOwed(state) || state === 'review')
  const rows = await session.query<{ id: string; body: string }>(
    `SELECT purchase.id AS id, purchase.body AS body FROM purchase
     JOIN bill_payment ON bill_payment.purchase_id = purchase.id
     WHERE purchase.account_id IS NOT NULL AND purchase.received_at < ?
       AND bill_payment.state NOT IN (${owed.map(() => '?').join(', ')}) LIMIT ?`,
    [limit, ...owed, mostRemoved],
  )
  for (const row of rows) await unname(session, row)
  return rows.length
}

/** What a sign-in that came to nothing has left; resolves to how many there were. */
async function removeSignIns(session: SqlSession, now: number): Promise<number> {
  const links = await session.run('DELETE FROM sign_in_link WHERE expires_at < ?', [now])
  const questions = await session.run('DELETE FROM passkey_challenge WHERE expires_at < ?', [now])
  return links + questions + (await removeOldCodes(session, now))
}

export interface RetentionDeps {
  readonly sql: Sql
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: { info(fields: object, message: string): void; error(fields: object, message: string): void }
}

/** One bounded part; true: there is more. */
export async function removeOld({ sql, now, log }: RetentionDeps): Promise<boolean> {
  const at = now()
  const limits = before(serviceRetention, at)
  let more = false
  for (const kind of Object.keys(steps) as Kind[]) {
    const count = await sql.transaction((session) => steps[kind](session, limits[kind], at))
    if (count >= mostRemoved) more = true
    const { what, days } = serviceRetention[kind]
    if (count > 0) log.info({ kind, count }, `${count} older than ${days} days were removed: ${what}`)
  }
  const count = await sql.transaction((session) => removeSignIns(session, at))
  if (count > 0)
    log.info({ kind: 'signIns', count }, `${count} that are good no more were removed: ${otherRetention.signIns.what}`)
  return more
}

export function createRetention(deps: RetentionDeps): Daily {
  return createDaily({
    work: () => removeOld(deps),
    onError: (err) => deps.log.error({ err }, 'old data could not be removed, it is tried again'),
  })
}
