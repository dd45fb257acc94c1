/** Accounts of shoppers and staff. */
import { randomUUID } from 'node:crypto'
import type { AccountView, NewAccount } from '../models/contracts/http.ts'
import type { Refused } from '../models/contracts/payments.ts'
import type { Account } from '../models/contracts/recording.ts'
import { keysByAccount } from './entry-keys.ts'
import { ServiceError } from './errors.ts'
import { hashOf, newAccessToken, newEntryCode } from './secrets.ts'
import type { Sql, SqlSession } from './sql.ts'

type Row = {
  readonly id: string
  readonly name: string
  readonly staff: number
  readonly entry_code: string
  readonly revision: number
  readonly refused: Refused | null
}
const columns = 'id, name, staff, entry_code, revision, refused'

export interface Accounts {
  /**
   * Makes an account, or finds the one with this id. The access token is in the answer only when it is new.
   * Throws OTHER_ACCOUNT when the id exists with another name or role.
   */
  create(wanted: NewAccount): Promise<{ readonly account: AccountView; readonly isNew: boolean }>
  /** A new access token; the old one opens nothing any more. Throws NO_SUCH_ACCOUNT. */
  replaceToken(id: string): Promise<AccountView>
  byToken(token: string): Promise<AccountView | null>
  /** Changes whenever any account changes. */
  etag(): Promise<string>
  /** What a store needs at its gates. */
  all(): Promise<Account[]>
}

/** `now` gives milliseconds since the epoch. */
export function createAccounts(sql: Sql, now: () => number): Accounts {
  return {
    create: ({ id = randomUUID(), name, staff = false }) =>
      sql.transaction(async (session) => {
        const known = await findById(session, id)
        if (known === undefined) return { account: await insert(session, { id, name, staff }, now()), isNew: true }
        if (known.name !== name || (known.staff === 1) !== staff)
          throw new ServiceError('OTHER_ACCOUNT', `found ${known.name}, wanted ${name}`)
        return { account: view(known), isNew: false }
      }),
    async replaceToken(id) {
      const accessToken = newAccessToken()
      await sql.run('UPDATE account SET token_hash = ? WHERE id = ?', [hashOf(accessToken), id])
      const row = await findById(sql, id)
      if (row === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', id)
      return { ...view(row), accessToken }
    },
    async byToken(token) {
      const [row] = await sql.query<Row>(`SELECT ${columns} FROM account WHERE token_hash = ?`, [hashOf(token)])
      return row === undefined ? null : view(row)
    },
    async etag() {
      const [last] = await sql.query<Row>(`SELECT ${columns} FROM account ORDER BY revision DESC LIMIT 1`)
      return `"${last === undefined ? 'none' : `${last.revision}-${hashOf(last.entry_code).slice(0, 16)}`}"`
    },
    async all() {
      const rows = await sql.query<Row>(`SELECT ${columns} FROM account ORDER BY revision`)
      const keys = await keysByAccount(sql)
      return rows.map((row) => ({
        id: row.id,
        codes: cardOf(row),
        staff: row.staff === 1,
        ...keysOf(row),
        ...refusedOf(row),
      }))

      function keysOf({ id }: Row): Pick<Account, 'entryKeys'> {
        const entryKeys = keys.get(id)
        return entryKeys === undefined ? {} : { entryKeys }
      }
    },
  }
}

async function findById(session: SqlSession, id: string): Promise<Row | undefined> {
  const [row] = await session.query<Row>(`SELECT ${columns} FROM account WHERE id = ?`, [id])
  return row
}

interface Insert {
  readonly id: string
  readonly name: string
  readonly staff: boolean
}

async function insert(session: SqlSession, { id, name, staff }: Insert, createdAt: number): Promise<AccountView> {
  const accessToken = newAccessToken()
  const entryCode = newEntryCode()
  await session.run(
    `INSERT INTO account (id, name, staff, entry_code, token_hash, created_at, revision)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(revision), 0) + 1 FROM account))`,
    [id, name, staff ? 1 : 0, entryCode, hashOf(accessToken), createdAt],
  )
  return { id, name, staff, ...(staff ? { entryCode } : {}), accessToken }
}

function view(row: Row): AccountView {
  const { id, name, staff, entry_code } = row
  return { id, name, staff: staff === 1, ...(staff === 1 ? { entryCode: entry_code } : {}), ...refusedOf(row) }
}

/** Only who works in the shop has a card, with a code that stays; shoppers show those of their phones. */
function cardOf({ staff, entry_code }: Row): string[] {
  return staff === 1 ? [entry_code] : []
}

function refusedOf({ refused }: Row): { readonly refused?: Refused } {
  return refused === null ? {} : { refused }
}
