/** Cards that are chosen on the provider's own page, and what the provider tells us by itself. */
import { ServiceError } from '../errors.ts'
import type { Sql } from '../sql.ts'
import type { Payments } from './payments.ts'
import type { Hint, PaymentProvider } from './provider.ts'
import { lookNow } from './returned-payouts.ts'

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
  /** Takes what was chosen on the page that was opened last; asked again it changes nothing. Throws PROVIDER_DOWN. */
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

  async function finish(accountId: string): Promise<void> {
    const [row] = await sql.query<{ enrolment: string | null }>('SELECT enrolment FROM account WHERE id = ?', [
      accountId,
    ])
    if (provider.enrolment === undefined || typeof row?.enrolment !== 'string') return
    const token = await asked(provider.enrolment.finish(row.enrolment))
    if (token === null) return
    await sql.transaction(async (session) => {
      // Whoever has opened another page meanwhile wants what they choose there.
      const mine = await session.run('UPDATE account SET enrolment = NULL WHERE id = ? AND enrolment = ?', [
        accountId,
        row.enrolment,
      ])
      if (mine === 1) await payments.useMethod({ id: accountId }, token, session)
    })
    payments.wake()
  }

  return {
    finish,
    async begin(accountId) {
      if (provider.enrolment === undefined) throw new ServiceError('NO_ENROLMENT')
      const { reference, url } = await asked(provider.enrolment.begin(accountId))
      await sql.run('UPDATE account SET enrolment = ? WHERE id = ?', [reference, accountId])
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
      const [row] = await sql.query<{ id: string }>('SELECT id FROM account WHERE enrolment = ?', [hint.reference])
      if (row !== undefined) await finish(row.id)
    },
  }
}

function readHint(provider: PaymentProvider, payload: string, signature: string): Hint {
  if (provider.readWebhook === undefined) throw new ServiceError('NOT_FOUND')
  try {
    return provider.readWebhook(payload, signature)
  } catch {
    throw new ServiceError('WRONG_SIGNATURE')
  }
}
