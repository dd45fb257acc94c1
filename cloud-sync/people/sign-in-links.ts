/**
 * One-time secrets that somebody who may do so hands over: a link to a shopper, a code to one of the staff. 130 random
 * bits in letters that can be read aloud, good once and for a day; only a digest is kept. OWASP ASVS 5.0, 6.4.1.
 */
import { hashOf, newReadableCode } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'

/** From one shift to the next: who gets one uses it the same day or asks again. */
const lifeMs = 24 * 3_600_000

export interface SignInLinks {
  /** A new one takes the place of those that the subject was given before. */
  make(subject: string, within?: SqlSession): Promise<{ readonly secret: string; readonly expiresAt: number }>
  /** Whose it is, the first time; null ever after, and when it is too old. `within` the transaction of what it is for. */
  redeem(secret: string, within?: SqlSession): Promise<string | null>
  /** What was handed out to the subject is good no more. */
  withdraw(subject: string): Promise<void>
}

/** `now` gives milliseconds since the epoch. */
export function createSignInLinks(sql: Sql, now: () => number): SignInLinks {
  const withdraw = async (subject: string, within: SqlSession = sql) => {
    await within.run('DELETE FROM sign_in_link WHERE subject = ? OR expires_at < ?', [subject, now()])
  }
  return {
    withdraw: (subject) => withdraw(subject),
    async make(subject, within = sql) {
      const secret = newReadableCode()
      const expiresAt = now() + lifeMs
      await withdraw(subject, within)
      await within.run('INSERT INTO sign_in_link (digest, subject, expires_at) VALUES (?, ?, ?)', [
        hashOf(secret),
        subject,
        expiresAt,
      ])
      return { secret, expiresAt }
    },
    async redeem(secret, within = sql) {
      const digest = hashOf(asWritten(secret))
      const [row] = await within.query<{ subject: string }>(
        'SELECT subject FROM sign_in_link WHERE digest = ? AND expires_at > ?',
        [digest, now()],
      )
      const gone = await within.run('DELETE FROM sign_in_link WHERE digest = ?', [digest])
      return gone === 1 && row !== undefined ? row.subject : null
    },
  }
}

/** People type in groups and in small letters. */
function asWritten(text: string): string {
  return text.replaceAll(/[\s-]/g, '').toUpperCase()
}
