/** An account service on a real file, for tests; requests are injected, no port is opened. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { build, type Service } from '../service.ts'
import { openSqlite, type Sql } from '../sql.ts'

export const storeToken = 'store-token-of-the-tests'

export interface Bench {
  readonly app: Service
  readonly sql: Sql
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
  const app = await build({ sql, storeToken, now: () => time++, log })
  const shut = async () => {
    await app.close()
    await sql.close()
  }
  return {
    app,
    sql,
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
export async function call(app: Service, token: string | null, url: string, body?: unknown): Promise<Answer> {
  const answer = await app.inject({
    url,
    method: body === undefined ? 'GET' : 'POST',
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { payload: body as object }),
  })
  const json = answer.headers['content-type']?.toString().includes('json') ?? false
  return { status: answer.statusCode, body: json ? answer.json() : answer.body, headers: answer.headers }
}
