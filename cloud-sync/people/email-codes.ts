/**
 * Codes by e-mail: eight random digits, good for ten minutes, once, for five tries, and only for the browser that asked.
 * That browser has a random secret; the code is kept as a keyed digest (HMAC-SHA-256) of which that secret is the key, so
 * that whoever reads the table learns no code. OWASP ASVS 5.0, 6.5.1 to 6.5.5, 6.6.2, 6.6.3.
 */
import { createHmac, randomInt } from 'node:crypto'
import { hashOf, newToken, sameSecret } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'
import { PeopleError } from './people-error.ts'

const lifeMs = 10 * 60_000
const hourMs = 3_600_000
/** With five tries each, 25 guesses an hour at one address among 10^8 codes: one hit in 450 years. */
const codesPerHour = 5
const mostTries = 5
/** All addresses together; more within an hour is somebody's attack on other people's letter boxes. */
const mostWaiting = 10_000

export interface EmailCodes {
  /**
   * A code for whoever reads that letter box, and the secret for the browser that asks. Takes the same way whether the
   * address is known or not. Throws TOO_OFTEN.
   */
  begin(email: string): Promise<{ readonly attempt: string; readonly code: string }>
  /** The address, once; null when anything is wrong. */
  check(attempt: string, code: string): Promise<string | null>
}

type Count = {
  readonly mine: number
  readonly waiting: number
  /** When the oldest of them was made; null: there is none. */
  readonly mine_since: number | null
  readonly since: number | null
}

/** Another is made when the oldest of those that are too many is an hour old. */
function tooOften(since: number | null, now: number): PeopleError {
  const minutes = Math.ceil(((since ?? now) + hourMs - now) / 60_000)
  return new PeopleError('TOO_OFTEN', `the next code can be had in ${minutes} minute${minutes === 1 ? '' : 's'}`)
}

type Row = { readonly email: string; readonly code_digest: string }

/** Those that count no more among what was sent within an hour; resolves to how many there were. */
export function removeOldCodes(session: SqlSession, now: number): Promise<number> {
  return session.run('DELETE FROM email_code WHERE made_at < ?', [now - hourMs])
}

/** `now` gives milliseconds since the epoch. */
export function createEmailCodes(sql: Sql, now: () => number): EmailCodes {
  return {
    begin: (email) =>
      sql.transaction(async (within) => {
        await removeOldCodes(within, now())
        const [count] = await within.query<Count>(
          `SELECT COALESCE(SUM(email = ?), 0) AS mine, COUNT(*) AS waiting,
             MIN(CASE WHEN email = ? THEN made_at END) AS mine_since, MIN(made_at) AS since FROM email_code`,
          [email, email],
        )
        if (count === undefined) throw new PeopleError('TOO_OFTEN')
        if (count.mine >= codesPerHour) throw tooOften(count.mine_since, now())
        if (count.waiting >= mostWaiting) throw tooOften(count.since, now())
        const attempt = newToken()
        const code = String(randomInt(100_000_000)).padStart(8, '0')
        await within.run('INSERT INTO email_code (digest, email, code_digest, tries, made_at) VALUES (?, ?, ?, 0, ?)', [
          hashOf(attempt),
          email,
          keyed(attempt, code),
          now(),
        ])
        return { attempt, code }
      }),
    check: (attempt, code) =>
      sql.transaction(async (within) => {
        const digest = hashOf(attempt)
        const alive = [digest, now() - lifeMs, mostTries] as const
        // The try is counted before it is looked at.
        await within.run('UPDATE email_code SET tries = tries + 1 WHERE digest = ?', [digest])
        const [row] = await within.query<Row>(
          'SELECT email, code_digest FROM email_code WHERE digest = ? AND made_at > ? AND tries <= ?',
          [...alive],
        )
        if (row === undefined || !sameSecret(row.code_digest, keyed(attempt, code.replaceAll(/\s/g, '')))) return null
        // Used up; it stays for an hour, since it counts among what was sent to the address.
        await within.run('UPDATE email_code SET tries = ? WHERE digest = ?', [mostTries + 1, digest])
        return row.email
      }),
  }
}

const keyed = (key: string, code: string) => createHmac('sha256', key).update(code).digest('hex')
