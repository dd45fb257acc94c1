/**
 * Who works in the store and may do what, with their sessions and passkeys, in a database of the gateway's own: it works
 * without internet. Also opened by `npm run staff` while the gateway runs.
 */
import { join } from 'node:path'
import { migrateBy } from '../../cloud-sync/migrations.ts'
import type { NewAuditEntry } from '../../cloud-sync/people/audit-log.ts'
import type { OwnSite } from '../../cloud-sync/people/own-site.ts'
import { createPeople, type People } from '../../cloud-sync/people/people.ts'
import { peopleTables } from '../../cloud-sync/people/tables.ts'
import { hashOf, newToken } from '../../cloud-sync/secrets.ts'
import { openSqlite, type Sql, type SqlSession } from '../../cloud-sync/sql.ts'
import type { StaffRole, StaffView } from '../../models/contracts/staff.ts'
import { createDecidedActs, type DecidedActs, decidedActTables } from './decided-acts.ts'

/** `token_digest`: of a program, which comes with a token; null: a person, who signs in. */
const steps = [
  [
    ...peopleTables,
    `CREATE TABLE staff (
      name TEXT PRIMARY KEY COLLATE NOCASE, role TEXT NOT NULL, token_digest TEXT UNIQUE, made_at BIGINT NOT NULL)`,
  ],
  decidedActTables,
]

/**
 * Whoever settles bills and looks at cameras is signed out an hour after the last use, and after a day in any case: NIST
 * SP 800-63B-4 wants that for AAL2. A live page that is open is a use.
 */
const limits = { idleMs: 3_600_000, longestMs: 24 * 3_600_000 }
/** A chain's whole headquarters; more is a mistake in a script. */
const mostStaff = 500

export const staffFile = (dataDir: string) => join(dataDir, 'staff.db')

/** What was asked for cannot be; its message says why. */
export class StaffError extends Error {}

/** What changes somebody takes what the audit log is to say of it: both are written, or neither. */
export interface StaffBook {
  readonly people: People
  readonly acts: DecidedActs
  list(): Promise<readonly StaffView[]>
  find(name: string, within?: SqlSession): Promise<StaffView | null>
  byToken(token: string): Promise<StaffView | null>
  /** A person, who signs in with the code. Throws StaffError for a name that is taken. */
  add(
    name: string,
    role: StaffRole,
    said?: NewAuditEntry,
  ): Promise<{ readonly secret: string; readonly expiresAt: number }>
  /** A program; the token is given this once. Throws StaffError. */
  addProgram(name: string, role: StaffRole, said?: NewAuditEntry): Promise<string>
  /** Counts at once, also for who is signed in. Throws StaffError for nobody, a program as admin, the last admin. */
  setRole(name: string, role: StaffRole, said?: NewAuditEntry): Promise<void>
  /** They are signed out at once. Throws StaffError for nobody, and the last admin. */
  remove(name: string, said?: NewAuditEntry): Promise<void>
  /** A new code to sign in with. Throws StaffError for nobody, and a program. */
  newCode(name: string, said?: NewAuditEntry): Promise<{ readonly secret: string; readonly expiresAt: number }>
  /** Their sessions, passkeys and codes are gone. Throws StaffError for nobody. */
  shutOut(name: string, said?: NewAuditEntry): Promise<void>
  close(): Promise<void>
}

export interface StaffBookOptions {
  readonly file: string
  readonly site: OwnSite
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

type Row = {
  readonly name: string
  readonly role: StaffRole
  readonly token_digest: string | null
  readonly made_at: number
}
const viewOf = ({ name, role, token_digest, made_at }: Row): StaffView => ({
  name,
  role,
  isProgram: token_digest !== null,
  madeAt: made_at,
})

export async function openStaffBook({ file, site, now }: StaffBookOptions): Promise<StaffBook> {
  const sql = openSqlite(file)
  await migrateBy(sql, 'staff', steps, now())
  const people = createPeople({ sql, site, limits, now, cookieName: 'tillfree-staff', siteName: 'Tillfree store' })
  return new SqlStaffBook(sql, people, now)
}

class SqlStaffBook implements StaffBook {
  readonly people: People
  readonly acts: DecidedActs
  readonly #sql: Sql
  readonly #now: () => number

  constructor(sql: Sql, people: People, now: () => number) {
    this.#sql = sql
    this.people = people
    this.acts = createDecidedActs(sql, people.audit)
    this.#now = now
  }

  async list(): Promise<readonly StaffView[]> {
    return (await this.#sql.query<Row>('SELECT * FROM staff ORDER BY name')).map(viewOf)
  }

  async find(name: string, within: SqlSession = this.#sql): Promise<StaffView | null> {
    const [row] = await within.query<Row>('SELECT * FROM staff WHERE name = ?', [name])
    return row === undefined ? null : viewOf(row)
  }

  async byToken(token: string): Promise<StaffView | null> {
    const [row] = await this.#sql.query<Row>('SELECT * FROM staff WHERE token_digest = ?', [hashOf(token)])
    return row === undefined ? null : viewOf(row)
  }

  add(name: string, role: StaffRole, said?: NewAuditEntry) {
    return this.#change(said, async (within) => {
      await this.#insert(within, name, role, null)
      return this.people.links.make(name, within)
    })
  }

  async addProgram(name: string, role: StaffRole, said?: NewAuditEntry): Promise<string> {
    if (role === 'admin') throw new StaffError('a program cannot be admin: only people decide who may what')
    const token = newToken()
    await this.#change(said, (within) => this.#insert(within, name, role, hashOf(token)))
    return token
  }

  setRole(name: string, role: StaffRole, said?: NewAuditEntry): Promise<void> {
    return this.#change(said, async (within) => {
      const member = await this.#wanted(within, name)
      if (member.isProgram && role === 'admin') throw new StaffError('a program cannot be admin')
      const changed = await within.run(
        `UPDATE staff SET role = ? WHERE name = ? AND (? = 'admin' OR ${notLastAdmin})`,
        [role, name, role],
      )
      if (changed === 0) throw new StaffError(`${name} is the last admin`)
    })
  }

  remove(name: string, said?: NewAuditEntry): Promise<void> {
    // All or nothing: who gets the same name later must not be let in by what was left of them.
    return this.#change(said, async (within) => {
      const { name: written } = await this.#wanted(within, name)
      const changed = await within.run(`DELETE FROM staff WHERE name = ? AND ${notLastAdmin}`, [name])
      if (changed === 0) throw new StaffError(`${name} is the last admin`)
      await this.people.shutOut(written, within)
    })
  }

  newCode(name: string, said?: NewAuditEntry) {
    return this.#change(said, async (within) => {
      const { name: written, isProgram } = await this.#wanted(within, name)
      if (isProgram) throw new StaffError(`${name} is a program: remove it and add it again for a new token`)
      return this.people.links.make(written, within)
    })
  }

  shutOut(name: string, said?: NewAuditEntry): Promise<void> {
    return this.#change(said, async (within) => {
      const { name: written } = await this.#wanted(within, name)
      await this.people.shutOut(written, within)
    })
  }

  close(): Promise<void> {
    return this.#sql.close()
  }

  #change<T>(said: NewAuditEntry | undefined, work: (within: SqlSession) => Promise<T>): Promise<T> {
    return this.#sql.transaction(async (within) => {
      const result = await work(within)
      if (said !== undefined) await this.people.audit.append(said, within)
      return result
    })
  }

  async #wanted(within: SqlSession, name: string): Promise<StaffView> {
    const found = await this.find(name, within)
    if (found === null) throw new StaffError(`nobody is called ${name}`)
    return found
  }

  async #insert(within: SqlSession, name: string, role: StaffRole, digest: string | null): Promise<void> {
    const added = await within.run(
      `INSERT INTO staff (name, role, token_digest, made_at) SELECT ?, ?, ?, ?
       WHERE (SELECT COUNT(*) FROM staff) < ? ON CONFLICT (name) DO NOTHING`,
      [name, role, digest, this.#now(), mostStaff],
    )
    if (added === 0) throw new StaffError(`${name} is taken; choose another name`)
  }
}

/** Somebody must be left who can let others in. */
const notLastAdmin = `(role <> 'admin' OR (SELECT COUNT(*) FROM staff WHERE role = 'admin') > 1)`
