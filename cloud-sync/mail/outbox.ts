/**
 * Mail that must not be lost: written down with what it tells of, sent afterwards, struck off when the mail server has it. A crash in
 * between sends it again under the same Message-ID, by which mail programs show it once.
 */
import type { DeclineReason } from '../../models/contracts/payments.ts'
import { type Wait, waitByTimer } from '../delivery-send.ts'
import { dueSql, dueValues } from '../due-times.ts'
import type { Sql, SqlSession } from '../sql.ts'
import { readBack } from '../stored-purchase.ts'
import type { Mail, Mailer } from './mailer.ts'
import { paymentMailText, type ToldState } from './payment-mail.ts'

export interface MailOutboxDeps {
  readonly sql: Sql
  readonly mailer: Mailer
  /** As shoppers reach the account page; null: on this machine alone. */
  readonly publicUrl: string | null
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly wait?: Wait
}

export interface MailOutbox {
  /** Sends what is due, one after the other. */
  run(): Promise<void>
  /** Goes on doing so. */
  start(): void
  /** Waits for no mail server: what it may have is sent again at the next start. */
  stop(): Promise<void>
}

/** A look with nothing due costs one query. */
const lookMs = 10_000
/** A bill that is being paid at this moment is looked at again then. */
const underWayMs = 60_000
/** Read at a time, so that memory stays bounded. */
const batchSize = 50
/** What is older is no news; the account page has said it all the time. */
const oldestMs = 7 * 86_400_000

const longestPauseMs = 6 * 3_600_000

/** When a mail that could not be handed over is tried again: after a minute, doubling to six hours. */
function againMs(tries: number): number {
  return Math.min(60_000 * 2 ** Math.min(tries, 10), longestPauseMs)
}

type Row = {
  readonly id: string
  readonly body: string
  readonly told_state: ToldState
  readonly told_reason: DeclineReason
  readonly made_at: number
  readonly tries: number
  readonly bill_state: string
  readonly bill_reason: string | null
  /** Null: there is nobody any more to tell. */
  readonly email: string | null
}

export function createMailOutbox({ wait = waitByTimer, ...deps }: MailOutboxDeps): MailOutbox {
  const { sql, mailer, now, log } = deps
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()

  async function later(row: Row, tries: number, ms: number): Promise<void> {
    await sql.run('UPDATE mail_outbox SET tries = ?, next_at = ? WHERE id = ?', [tries, now() + ms, row.id])
  }

  async function strikeOff(row: Row): Promise<void> {
    await sql.run('UPDATE mail_outbox SET next_at = NULL WHERE id = ?', [row.id])
  }

  async function attend(row: Row): Promise<void> {
    if (['due', 'paying', 'authorised'].includes(row.bill_state)) return later(row, row.tries, underWayMs)
    const isSo = row.bill_state === row.told_state && row.bill_reason === row.told_reason
    if (!isSo || row.email === null) return strikeOff(row)
    if (now() - row.made_at > oldestMs) {
      log.warn({ mail: row.id, tries: row.tries }, 'a mail could not be sent for a week: it is given up')
      return strikeOff(row)
    }
    try {
      await orStopped(mailer.send(mailOf(row, row.email, deps.publicUrl)), stopping.signal)
    } catch (error) {
      if (stopping.signal.aborted) return
      log.warn({ mail: row.id, why: (error as Error).message }, 'a mail could not be sent: it is tried again')
      return later(row, row.tries + 1, againMs(row.tries))
    }
    await strikeOff(row)
    log.info({ mail: row.id }, 'a shopper was told by e-mail')
  }

  async function run(): Promise<void> {
    for (let due = await dueMails(sql, now()); due.length > 0; due = await dueMails(sql, now()))
      for (const row of due) {
        if (stopping.signal.aborted) return
        await attend(row)
      }
  }

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) {
      await run().catch((error: Error) => log.warn({ err: error }, 'mail cannot be sent now: it is tried again'))
      await wait(lookMs, stopping.signal)
    }
  }

  return {
    run,
    start() {
      running = live()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

/** Rejects sooner when it is aborted. */
function orStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('the service is stopped'))
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function mailOf(row: Row, to: string, publicUrl: string | null): Mail {
  const { bill, tripEndTime: endedAt } = readBack(row)
  const { told_state: state, told_reason: reason, id } = row
  const text = paymentMailText({ state, reason, storeName: bill.storeName, endedAt, publicUrl })
  return { id, to, subject: 'Your payment did not go through', text }
}

function dueMails(session: SqlSession, now: number): Promise<Row[]> {
  return session.query<Row>(
    `SELECT mail_outbox.id AS id, mail_outbox.state AS told_state, mail_outbox.reason AS told_reason,
       mail_outbox.made_at AS made_at, mail_outbox.tries AS tries, purchase.body AS body,
       bill_payment.state AS bill_state, account.email AS email,
       (SELECT reason FROM bill_event WHERE bill_event.purchase_id = purchase.id AND event IN ('declined', 'refused')
         ORDER BY position DESC LIMIT 1) AS bill_reason
     FROM mail_outbox JOIN purchase ON purchase.id = mail_outbox.purchase_id
       JOIN bill_payment ON bill_payment.purchase_id = purchase.id
       LEFT JOIN account ON account.id = purchase.account_id
     WHERE ${dueSql('mail_outbox.next_at', longestPauseMs)} ORDER BY mail_outbox.next_at LIMIT ?`,
    [...dueValues(now), batchSize],
  )
}
