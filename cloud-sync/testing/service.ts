/** An account service on a real file, for tests; requests are injected, no port is opened. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import type { AccountView } from '../../models/contracts/http.ts'
import type { SignInLink } from '../../models/contracts/people.ts'
import type { Mail } from '../mail/mailer.ts'
import { createEnrolments } from '../payments/enrolments.ts'
import { createPayments, type Payments } from '../payments/payments.ts'
import type { PaymentProvider } from '../payments/provider.ts'
import { createTestProvider } from '../payments/test-provider.ts'
import { createSessions } from '../people/sessions.ts'
import { hashOf } from '../secrets.ts'
import { build, type Service, shopperLimits } from '../service.ts'
import { openSqlite, type Sql } from '../sql.ts'

/** Of the store s1, which every bench lets in. */
export const storeToken = 'store-token-of-the-tests'
/** Longer than any test's time. */
const tenYearsMs = 10 * 365 * 86_400_000

/** Gives a store's office a credential with a token that tests know; it may all that a store may. */
export async function letIn(sql: Sql, storeId: string, token: string, at: number): Promise<void> {
  await sql.run(
    `INSERT INTO store_credential (id, store_id, role, digest, made_at, ends_at) VALUES (?, ?, 'office', ?, ?, ?) ON CONFLICT DO NOTHING`,
    [`of-${storeId}`, storeId, hashOf(token), at, at + tenYearsMs],
  )
}

type ProviderAt = (now: () => number) => PaymentProvider

export interface Bench {
  readonly app: Service
  readonly sql: Sql
  /** They do what is due when told to: `run()`. */
  readonly payments: Payments
  /** Goes on by a millisecond each time it is looked at. */
  readonly now: () => number
  /** Moves the clock on. */
  readonly advance: (ms: number) => void
  /** What was sent so far. */
  readonly mails: readonly Mail[]
  /** What was logged so far. */
  readonly logged: () => string
  /** Closes service and database, and opens both again on the same file. */
  reopen(): Promise<Bench>
  close(): Promise<void>
}

/**
 * `publicUrl`: as shoppers reach the page. `proxy`: address of the one before it. `providerAt`: makes the payment provider,
 * given the bench's clock.
 */
export async function openBench(
  providerAt: ProviderAt = createTestProvider,
  publicUrl: string | null = null,
  proxy: string | null = null,
): Promise<Bench> {
  return open(mkdtempSync(join(tmpdir(), 'tillfree-accounts-')), providerAt, publicUrl, proxy)
}

async function open(
  folder: string,
  providerAt: ProviderAt,
  publicUrl: string | null,
  proxy: string | null,
): Promise<Bench> {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const sql = openSqlite(join(folder, 'accounts.db'))
  let time = Date.UTC(2026, 10, 21, 13)
  const now = () => time++
  const provider = providerAt(now)
  const payments = createPayments({ sql, provider, now, log })
  const enrolments = createEnrolments({ sql, provider, payments, now, log })
  const mails: Mail[] = []
  const mailer = { send: async (mail: Mail) => void mails.push(mail) }
  const app = await build({ sql, payments, enrolments, mailer, publicUrl, proxy, now, log })
  await letIn(sql, 's1', storeToken, time)
  const shut = async () => {
    await app.close()
    await sql.close()
  }
  return {
    app,
    sql,
    payments,
    now,
    mails,
    advance: (ms) => {
      time += ms
    },
    logged: () => lines.join(''),
    reopen: async () => {
      await shut()
      return open(folder, providerAt, publicUrl, proxy)
    },
    close: async () => {
      await shut()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, unknown>>
}

/** Makes an account and signs in; resolves to what `call()` and browsers need of it. */
export async function newShopper({ app, sql, now }: Bench, id: string, name = 'Anna') {
  const { body } = await call(app, storeToken, '/v1/accounts', { id, name })
  const sessions = createSessions(sql, shopperLimits, now)
  const { token } = await sessions.begin({ subject: id, way: 'link', place: '127.0.0.1', device: 'test' })
  return { token, account: body as AccountView }
}

/** What signs in to the account once, behind the address of the account page. */
export async function signInFragment({ app }: Bench, id: string): Promise<string> {
  const { body } = await call(app, storeToken, `/v1/accounts/${id}/sign-in-link`, {})
  return `#sign-in=${(body as SignInLink).secret}`
}

/** A request with a store's token, or that of a session as its own page sends it; a body makes it a POST. */
export function call(app: Service, token: string | null, url: string, body?: unknown): Promise<Answer> {
  return ask(app, body === undefined ? 'GET' : 'POST', token, url, body)
}

export function put(app: Service, token: string, url: string, body: unknown): Promise<Answer> {
  return ask(app, 'PUT', token, url, body)
}

async function ask(
  app: Service,
  method: 'GET' | 'POST' | 'PUT',
  token: string | null,
  url: string,
  body: unknown,
): Promise<Answer> {
  const answer = await app.inject({
    url,
    method,
    headers:
      token === null
        ? {}
        : { authorization: `Bearer ${token}`, cookie: `tillfree-account=${token}`, 'sec-fetch-site': 'same-origin' },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  const json = answer.headers['content-type']?.toString().includes('json') ?? false
  return { status: answer.statusCode, body: json ? answer.json() : answer.body, headers: answer.headers }
}
