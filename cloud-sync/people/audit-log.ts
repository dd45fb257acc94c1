/**
 * Who did what, when and from where: written once, changed never (a trigger sees to it), kept for 400 days, so that a
 * year can be compared with the one before. Names no secret and no e-mail address; accounts stand in it by their id.
 */
import type { SqlSession } from '../sql.ts'

const dayMs = 86_400_000
/** The trigger in `tables.ts` holds the same number. */
const keptMs = 400 * dayMs
/** More than anybody reads at once. */
const mostRead = 1000
/** As long as what is written by hand needs; what strangers send is cut. */
const longestText = 200

export type AuditAct =
  | 'signed-in'
  | 'sign-in-refused'
  | 'sign-in-asked'
  | 'signed-out'
  | 'sessions-ended'
  | 'not-allowed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'phone-added'
  | 'phone-removed'
  | 'sign-in-link-made'
  | 'account-made'
  | 'account-changed'
  | 'role-changed'
  | 'account-closed'
  | 'account-removed'
  | 'payment-method-changed'
  | 'refund-granted'
  | 'refund-sent-again'
  | 'refund-paid-otherwise'
  | 'review-settled'
  | 'late-closed'
  | 'exported'
  | 'credential-added'
  | 'credential-revoked'

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Id of an account, name of one of the staff, `store` and its id, `command`; null: nobody who is known. */
  readonly who: string | null
  readonly what: AuditAct
  /** Whom or what it was done to. */
  readonly about: string | null
  /** Network address that it came from; null: this machine's own command. */
  readonly place: string | null
  readonly detail: string | null
}

type NewAuditEntry = { readonly what: AuditAct } & Partial<Omit<AuditEntry, 'at'>>

export interface AuditLog {
  /** `within` a transaction: with what is done, or not at all. */
  append(entry: NewAuditEntry, within?: SqlSession): Promise<void>
  /** The latest, newest first, 1,000 at most. */
  latest(limit: number): Promise<readonly AuditEntry[]>
}

/** `now` gives milliseconds since the epoch. */
export function createAuditLog(sql: SqlSession, now: () => number): AuditLog {
  let pruneAt = 0
  const prune = async (within: SqlSession) => {
    if (now() < pruneAt) return
    pruneAt = now() + dayMs
    await within.run('DELETE FROM audit WHERE at < ?', [now() - keptMs - dayMs])
  }
  return {
    async append({ what, who = null, about = null, place = null, detail = null }, within = sql) {
      await prune(within)
      const texts = [who, what, about, place, detail].map((text) => text?.slice(0, longestText) ?? null)
      await within.run('INSERT INTO audit (at, who, what, about, place, detail) VALUES (?, ?, ?, ?, ?, ?)', [
        now(),
        ...texts,
      ])
    },
    latest: (limit) =>
      sql.query<Pick<AuditEntry, keyof AuditEntry>>(
        'SELECT at, who, what, about, place, detail FROM audit ORDER BY position DESC LIMIT ?',
        [Math.min(limit, mostRead)],
      ),
  }
}
