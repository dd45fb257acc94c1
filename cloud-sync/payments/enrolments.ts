/** Cards that are chosen on the provider's own page, and what the provider tells us by itself. */
import { ServiceError } from '../errors.ts'
import type { Sql, SqlSession } from '../sql.ts'
import type { Payments } from './payments.ts'
import type { Hint, PaymentProvider } from './provider.ts'
import { lookNow } from './returned-payouts.ts'

/** A shopper may have opened the page in several tabs, and fill in any of them: who has opened more has left the first. */
const mostOpen = 5
/** Stripe's page is open for a day, and it sends its word of one for three days more, until somebody takes it. */
const openForMs = 4 * 86_400_000

interface Page {
  readonly reference: string
  /** Null: nothing is chosen on it yet. */
  readonly token: string | null
}

function isChosen(page: Page): page is Page & { readonly token: string } {
  return page.token !== null
}

interface EnrolmentDeps {
  readonly sql: Sql
  readonly provider: PaymentProvider
  readonly payments: Pick<Payments, 'useMethod' | 'wake'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: { warn(fields: object, message: string): void }
}

export interface Enrolments {
  /** The address of the provider's page. Throws NO_ENROLMENT, PROVIDER_DOWN. */
  begin(accountId: string): Promise<string>
  /**
   * Takes what was chosen on one of the pages that are open, of several the one that was opened last; asked again it changes
   * nothing. Throws PROVIDER_DOWN.
   */
  finish(accountId: string): Promise<void>
  /** A message of the provider, as it came. Throws WRONG_SIGNATURE. */
  tell(payload: string, signature: string): Promise<void>
}

export function createEnrolments({ sql, provider, payments, now, log }: EnrolmentDeps): Enrolments {
  /** What the provider says may name our account with it, or a part of its key: it is for who runs the service. */
  async function asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer
    } catch (error) {
      log.warn({ why: (error as Error).message }, 'the payment provider has not answered about a way to pay')
      throw new ServiceError('PROVIDER_DOWN')
    }
  }

  /** Those of one account, the page that was opened last first. */
  async function openPages(accountId: string): Promise<string[]> {
    const rows = await sql.query<{ reference: string }>(
      'SELECT reference FROM open_enrolment WHERE account_id = ? AND opened_at >= ? ORDER BY position DESC LIMIT ?',
      [accountId, now() - openForMs, mostOpen],
    )
    return rows.map(({ reference }) => reference)
  }

  async function finish(accountId: string): Promise<void> {
    const { enrolment } = provider
    if (enrolment === undefined) return
    const pages = await openPages(accountId)
    const looks = pages.map(async (reference) => ({ reference, token: await asked(enrolment.finish(reference)) }))
    const seen = await Promise.allSettled(looks)
    const chosen = seen.flatMap((page) => (page.status === 'fulfilled' && isChosen(page.value) ? [page.value] : []))
    // What one page has come to counts, though it cannot be known of another.
    if (chosen.length === 0 && seen.some(({ status }) => status === 'rejected')) throw new ServiceError('PROVIDER_DOWN')
    if (chosen.length === 0) return
    await sql.transaction(async (session) => {
      const taken: string[] = []
      // A page that somebody else has taken meanwhile must not undo what they have taken since.
      for (const { reference, token } of chosen)
        if ((await session.run('DELETE FROM open_enrolment WHERE reference = ?', [reference])) === 1) taken.push(token)
      const [token] = taken
      if (token !== undefined) await payments.useMethod({ id: accountId }, token, session)
    })
    payments.wake()
  }

  return {
    finish,
    async begin(accountId) {
      if (provider.enrolment === undefined) throw new ServiceError('NO_ENROLMENT')
      const { reference, url } = await asked(provider.enrolment.begin(accountId))
      await sql.transaction((session) => keepPage(session, accountId, reference, now()))
      return url
    },
    async tell(payload, signature) {
      const hint = readHint(provider, payload, signature)
      if (hint.kind === 'attempt' && hint.attemptId !== null) {
        await sql.run('UPDATE open_attempt SET ask_at = ? WHERE attempt_id = ?', [now(), hint.attemptId])
        if (provider.isReturned !== undefined) await lookNow(sql, hint.attemptId, now())
        payments.wake()
      }
      if (hint.kind !== 'enrolment') return
      const [row] = await sql.query<{ account_id: string }>(
        'SELECT account_id FROM open_enrolment WHERE reference = ?',
        [hint.reference],
      )
      if (row !== undefined) await finish(row.account_id)
    },
  }
}

/** And lets go of those that are too many, or too old. */
async function keepPage(session: SqlSession, accountId: string, reference: string, at: number): Promise<void> {
  await session.run('DELETE FROM open_enrolment WHERE opened_at < ?', [at - openForMs])
  await session.run(
    `INSERT INTO open_enrolment (reference, account_id, position, opened_at)
     VALUES (?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM open_enrolment), ?)`,
    [reference, accountId, at],
  )
  await session.run(
    `DELETE FROM open_enrolment WHERE account_id = ? AND reference NOT IN
       (SELECT reference FROM open_enrolment WHERE account_id = ? ORDER BY position DESC LIMIT ?)`,
    [accountId, accountId, mostOpen],
  )
}

function readHint(provider: PaymentProvider, payload: string, signature: string): Hint {
  if (provider.readWebhook === undefined) throw new ServiceError('NOT_FOUND')
  try {
    return provider.readWebhook(payload, signature)
  } catch {
    throw new ServiceError('WRONG_SIGNATURE')
  }
}
