/** All that signing in needs, put together, and the one way in which a session begins. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Sql, SqlSession } from '../sql.ts'
import { type AuditLog, createAuditLog } from './audit-log.ts'
import type { OwnSite } from './own-site.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { PeopleError } from './people-error.ts'
import { createSessionCookie, type SessionCookie } from './session-cookie.ts'
import { createSessions, type Session, type SessionLimits, type Sessions, type Way } from './sessions.ts'
import { createSignInLinks, type SignInLinks } from './sign-in-links.ts'

/** How long ago a sign-in may be for what changes the ways to sign in. */
const freshMs = 10 * 60_000

export interface PeopleOptions {
  readonly sql: Sql
  readonly site: OwnSite
  readonly cookieName: string
  readonly limits: SessionLimits
  /** What devices show beside a passkey. */
  readonly siteName: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** Whom somebody has shown to be, within the transaction in which they are signed in; null: nobody. */
export type WhoIs = (within: SqlSession) => Promise<string | null>

export interface People {
  readonly site: OwnSite
  readonly audit: AuditLog
  readonly sessions: Sessions
  readonly links: SignInLinks
  readonly passkeys: Passkeys
  readonly cookie: SessionCookie
  /** Null: nobody is signed in. */
  sessionOf(request: FastifyRequest): Promise<Session | null>
  /**
   * Begins a session of whom `whoIs` finds, ends the one that the browser had, and gives the cookie. All in one transaction:
   * who is shut out meanwhile has none. False: it found nobody.
   */
  signIn(request: FastifyRequest, reply: FastifyReply, way: Way, whoIs: WhoIs): Promise<boolean>
  /** Throws SIGN_IN_AGAIN. */
  wantFresh(session: Session): void
  /** Everything that could sign the subject in is gone; `within` a transaction, with what else is to happen or none of it. */
  shutOut(subject: string, within: SqlSession): Promise<void>
}

export function createPeople({ sql, site, cookieName, limits, siteName, now }: PeopleOptions): People {
  const sessions = createSessions(sql, limits, now)
  const passkeys = createPasskeys(sql, siteName, now)
  const links = createSignInLinks(sql, now)
  const audit = createAuditLog(sql, now)
  const cookie = createSessionCookie({ name: cookieName, secure: site.secure, maxAgeMs: limits.longestMs })
  const sessionOf = async ({ headers }: FastifyRequest) => {
    const token = cookie.read(headers.cookie)
    return token === null ? null : sessions.find(token)
  }
  return {
    site,
    audit,
    sessions,
    links,
    passkeys,
    cookie,
    sessionOf,
    async signIn(request, reply, way, whoIs) {
      const before = await sessionOf(request)
      const device = request.headers['user-agent'] ?? ''
      const begun = await sql.transaction(async (within) => {
        const subject = await whoIs(within)
        if (subject === null) return null
        if (before !== null) await sessions.end(before.subject, before.id, within)
        return sessions.begin({ subject, way, place: request.ip, device }, within)
      })
      if (begun === null) return false
      await audit.append({ what: 'signed-in', who: begun.session.subject, place: request.ip, detail: way })
      reply.header('set-cookie', cookie.give(begun.token))
      return true
    },
    wantFresh({ signedInAt }) {
      if (now() - signedInAt > freshMs) throw new PeopleError('SIGN_IN_AGAIN')
    },
    async shutOut(subject, within) {
      for (const table of ['sign_in_link', 'passkey', 'session'])
        await within.run(`DELETE FROM ${table} WHERE subject = ?`, [subject])
    },
  }
}
