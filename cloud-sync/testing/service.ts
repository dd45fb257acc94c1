/** An account service on a real file, for tests; requests are injected, no port is opened. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { createPayments, type Payments } from '../payments/payments.ts'
import { createTestProvider } from '../payments/test-provider.ts'
import { build, type Service } from '../service.ts'
import { openSqlite, type Sql } from '../sql.ts'

export const storeToken = 'store-token-of-the-tests'

export interface Bench {
  readonly app: Service
  readonly sql: Sql
  /** They do what is due when told to: `run()`. */
  readonly payments: Payments
  /** Moves the clock on. */
  readonly advance: (ms: number) => void
  /** What was logged so far. */
  readonly logged: () => string
  /** Closes service and database, and opens both again on the same file. */
  reopen(): Promise<Bench>
  close(): Promise<void>
}

export async function openBench(): Promise<Bench> {
  return open(mkdtempSync(join(tmpdir(), 'tillfree-accounts-')))
}

async function open(folder: string): Promise<Bench> {
  const lines: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
  const sql = openSqlite(join(folder, 'accounts.db'))
  let time = Date.UTC(2026, 10, 21, 13)
  const now = () => time++
  const payments = createPayments({ sql, provider: createTestProvider(now), now, log })
  const app = await build({ sql, payments, storeToken, now, log })
  const shut = async () => {
    await app.close()
    await sql.close()
  }
  return {
    app,
    sql,
    payments,
    advance: (ms) => {
      time += ms
    },
    logged: () => lines.join(''),
    reopen: async () => {
      await shut()
      return open(folder)
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

/** A request with a token; a body makes it a POST. */
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
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  const json = answer.headers['content-type']?.toString().includes('json') ?? false
  return { status: answer.statusCode, body: json ? answer.json() : answer.body, headers: answer.headers }
}
