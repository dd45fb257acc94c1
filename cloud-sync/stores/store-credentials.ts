/**
 * What each store proves itself by at the account service: a random token of its own, of which only the digest is kept.
 * It ends; a second one may be good beside it, so that it is exchanged without a gap. OWASP ASVS 5.0, 13.2.1.
 */
import { randomBytes } from 'node:crypto'
import { idPattern } from '../../models/contracts/units.ts'
import { hashOf, newToken } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'

const dayMs = 86_400_000
/** NIST SP 800-57 part 1, 5.3.6: a symmetric key that proves who one is is used for two years at most. */
export const mostDays = 730
/** Once a year somebody remembers that it can be exchanged. */
export const usualDays = 365
/** The one in use and the one that takes its place, of each role. */
const mostOfRole = 2
/** For every store that a shopper's page can show (`mostStores`). */
const mostCredentials = 4_000
/** Being used is written down no more often: a store asks every few seconds. */
const touchMs = 60_000

/**
 * `gateway`: delivers bills and asks who may come in, and no more, as it stands where everybody is. `office`: whoever serves
 * the store's shoppers; also gives money back, makes accounts, sign-in links, phones.
 */
export const storeRoles = ['gateway', 'office'] as const
export type StoreRole = (typeof storeRoles)[number]

export interface StoreCredential {
  /** Names it without opening anything. */
  readonly id: string
  readonly storeId: string
  readonly role: StoreRole
  /** Milliseconds since the epoch, as all times here. */
  readonly madeAt: number
  readonly endsAt: number
  /** Null: never. Exact to a minute. */
  readonly usedAt: number | null
}

/** What was asked for cannot be; its message says why. */
export class StoreCredentialError extends Error {}

export interface StoreCredentials {
  /** The token is given this once. Throws StoreCredentialError where there are two, and for what is no id or no number of days. */
  add(
    storeId: string,
    role: StoreRole,
    days: number,
  ): Promise<{ readonly token: string; readonly credential: StoreCredential }>
  /** By store, the oldest first. */
  list(): Promise<readonly StoreCredential[]>
  /** Null: there is none of that name. */
  revoke(id: string): Promise<StoreCredential | null>
  /** Also one that has ended; null: it is nobody's. */
  find(token: string): Promise<StoreCredential | null>
}

type Row = {
  readonly id: string
  readonly store_id: string
  readonly role: StoreRole
  readonly made_at: number
  readonly ends_at: number
  readonly used_at: number | null
}
const columns = 'id, store_id, role, made_at, ends_at, used_at'

/** `now` gives milliseconds since the epoch. */
export function createStoreCredentials(sql: Sql, now: () => number): StoreCredentials {
  return {
    add: (storeId, role, days) => sql.transaction((session) => add(session, { storeId, role, days, madeAt: now() })),
    list: async () =>
      (await sql.query<Row>(`SELECT ${columns} FROM store_credential ORDER BY store_id, role, made_at`)).map(viewOf),
    revoke: (id) =>
      sql.transaction(async (session) => {
        const [row] = await session.query<Row>(`SELECT ${columns} FROM store_credential WHERE id = ?`, [id])
        await session.run('DELETE FROM store_credential WHERE id = ?', [id])
        return row === undefined ? null : viewOf(row)
      }),
    async find(token) {
      const [row] = await sql.query<Row>(`SELECT ${columns} FROM store_credential WHERE digest = ?`, [hashOf(token)])
      if (row === undefined) return null
      const at = now()
      // A disk that is full keeps no bill out for this.
      if ((row.used_at ?? 0) < at - touchMs)
        await sql.run('UPDATE store_credential SET used_at = ? WHERE id = ?', [at, row.id]).catch(() => undefined)
      return viewOf(row)
    },
  }
}

interface Wish {
  readonly storeId: string
  readonly role: StoreRole
  readonly days: number
  readonly madeAt: number
}

async function add(session: SqlSession, { storeId, role, days, madeAt }: Wish) {
  if (!new RegExp(idPattern).test(storeId))
    throw new StoreCredentialError(`found "${storeId}", wanted the id of a store: 1 to 64 of A-Z a-z 0-9 . _ -`)
  if (!Number.isInteger(days) || days < 1 || days > mostDays)
    throw new StoreCredentialError(`found ${days} days, wanted 1 to ${mostDays}`)
  await session.run('DELETE FROM store_credential WHERE store_id = ? AND ends_at <= ?', [storeId, madeAt])
  const all = await session.query<Row>(`SELECT ${columns} FROM store_credential`)
  if (all.filter((row) => row.store_id === storeId && row.role === role).length >= mostOfRole)
    throw new StoreCredentialError(
      `${storeId} has ${mostOfRole} credentials of role ${role}; revoke the one that is not used any more`,
    )
  if (all.length >= mostCredentials)
    throw new StoreCredentialError(`there are ${mostCredentials} credentials, which is the most`)
  const token = newToken()
  const credential = {
    id: randomBytes(4).toString('hex'),
    storeId,
    role,
    madeAt,
    endsAt: madeAt + days * dayMs,
    usedAt: null,
  }
  await session.run(
    'INSERT INTO store_credential (id, store_id, role, digest, made_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)',
    [credential.id, storeId, role, hashOf(token), madeAt, credential.endsAt],
  )
  return { token, credential }
}

function viewOf({ id, store_id, role, made_at, ends_at, used_at }: Row): StoreCredential {
  return { id, storeId: store_id, role, madeAt: made_at, endsAt: ends_at, usedAt: used_at }
}
