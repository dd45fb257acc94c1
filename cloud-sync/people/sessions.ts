/**
 * Sessions: a random token in a cookie, its digest here. They end when nobody uses them (`idleMs`), in any case after
 * `longestMs`, and when they are ended. OWASP ASVS 5.0, V7.
 */
import { randomUUID } from 'node:crypto'
import { hashOf, newToken } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'
import { PeopleError } from './people-error.ts'

/** How somebody signed in. */
export type Way = 'passkey' | 'email-code' | 'link'

export interface SessionLimits {
  readonly idleMs: number
  readonly longestMs: number
}

/** Phones, tablets and forgotten browsers of one person; one more ends the oldest. */
const mostSessions = 20
/** Being used is written down no more often: a page asks every few seconds. */
const touchMs = 60_000
/** Long enough for the name of any browser. */
const longestDevice = 200

export interface Session {
  /** Names it without opening it. */
  readonly id: string
  readonly subject: string
  readonly way: Way
  readonly signedInAt: number
}

export interface SessionRow extends Session {
  readonly place: string
  readonly device: string
  readonly seenAt: number
}

export interface NewSession {
  readonly subject: string
  readonly way: Way
  /** Network address. */
  readonly place: string
  /** What the browser calls itself. */
  readonly device: string
}

export interface Sessions {
  /** A new session; the token is given this once. `within` the transaction in which it was shown whose it is. */
  begin(wanted: NewSession, within?: SqlSession): Promise<{ readonly token: string; readonly session: Session }>
  /** Null: there is none, or it is over. */
  find(token: string): Promise<Session | null>
  /** Newest first. */
  ofSubject(subject: string): Promise<readonly SessionRow[]>
  /** False: the subject has no such session. */
  end(subject: string, id: string, within?: SqlSession): Promise<boolean>
  /** Ends all but the one that is named; resolves to how many. */
  endAll(subject: string, exceptId?: string): Promise<number>
}

type Row = {
  readonly id: string
  readonly subject: string
  readonly way: Way
  readonly place: string
  readonly device: string
  readonly signed_in_at: number
  readonly seen_at: number
}
const columns = 'id, subject, way, place, device, signed_in_at, seen_at'

/** Throws SIGN_IN where a session has ended; `within` the transaction of what needs one. */
export async function wantOpen({ id }: Session, within: SqlSession): Promise<void> {
  const [open] = await within.query('SELECT id FROM session WHERE id = ?', [id])
  if (open === undefined) throw new PeopleError('SIGN_IN')
}

/** `now` gives milliseconds since the epoch. */
export function createSessions(sql: Sql, { idleMs, longestMs }: SessionLimits, now: () => number): Sessions {
  /** A disk that is full keeps nobody from looking: the session ends sooner then. */
  const touch = (id: string) =>
    sql.run('UPDATE session SET seen_at = ? WHERE id = ?', [now(), id]).catch(() => undefined)
  const oldest = () => [now() - idleMs, now() - longestMs] as const
  return {
    async begin({ subject, way, place, device }, within = sql) {
      const token = newToken()
      const session = { id: randomUUID(), subject, way, signedInAt: now() }
      await within.run('DELETE FROM session WHERE seen_at < ? OR signed_in_at < ?', [...oldest()])
      await within.run(
        `DELETE FROM session WHERE subject = ? AND id NOT IN
           (SELECT id FROM session WHERE subject = ? ORDER BY signed_in_at DESC LIMIT ?)`,
        [subject, subject, mostSessions - 1],
      )
      await within.run(`INSERT INTO session (digest, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, [
        hashOf(token),
        session.id,
        subject,
        way,
        place,
        device.slice(0, longestDevice),
        session.signedInAt,
        session.signedInAt,
      ])
      return { token, session }
    },
    async find(token) {
      const [row] = await sql.query<Row>(
        `SELECT ${columns} FROM session WHERE digest = ? AND seen_at >= ? AND signed_in_at >= ?`,
        [hashOf(token), ...oldest()],
      )
      if (row === undefined) return null
      if (row.seen_at < now() - touchMs) await touch(row.id)
      return { id: row.id, subject: row.subject, way: row.way, signedInAt: row.signed_in_at }
    },
    async ofSubject(subject) {
      const rows = await sql.query<Row>(
        `SELECT ${columns} FROM session WHERE subject = ? AND seen_at >= ? AND signed_in_at >= ?
         ORDER BY signed_in_at DESC`,
        [subject, ...oldest()],
      )
      return rows.map(({ signed_in_at, seen_at, ...rest }) => ({ ...rest, signedInAt: signed_in_at, seenAt: seen_at }))
    },
    end: async (subject, id, within = sql) =>
      (await within.run('DELETE FROM session WHERE subject = ? AND id = ?', [subject, id])) === 1,
    endAll: (subject, exceptId = '') =>
      sql.run('DELETE FROM session WHERE subject = ? AND id <> ?', [subject, exceptId]),
  }
}
