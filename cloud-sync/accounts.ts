/** Accounts of shoppers and staff. */
import { randomUUID } from 'node:crypto'
import type { AccountView, NewAccount } from '../models/contracts/http.ts'
import type { Refused } from '../models/contracts/payments.ts'
import type { Account } from '../models/contracts/recording.ts'
import { keysByAccount } from './entry-keys.ts'
import { ServiceError } from './errors.ts'
import { formsOf, letterBoxOf } from './letter-box.ts'
import { hashOf, newReadableCode } from './secrets.ts'
import type { Sql, SqlSession } from './sql.ts'
import { lastRestoredAt } from './stores/bills-wanted.ts'

type Row = {
  readonly id: string
  readonly name: string
  readonly staff: number
  readonly entry_code: string
  readonly revision: number
  readonly refused: Refused | null
  readonly email: string | null
  /** The store; null: its owner did. */
  readonly made_by: string | null
  /** When its owner first signed in by e-mail to an account that a store made; null: not yet, or they made it. */
  readonly owned_at: number | null
  /** When it was asked to be erased; null: it was not. */
  readonly closed_at: number | null
}
const columns = 'id, name, staff, entry_code, revision, refused, email, made_by, owned_at, closed_at'

/** As in the contract of an account. */
const longestName = 100

export interface EmailAccount {
  readonly account: AccountView
  readonly isNew: boolean
  /** A store made it, and may have let somebody in before its owner came. */
  readonly isTakenOver: boolean
}

export interface Accounts {
  /**
   * Makes an account, or finds the one with this id that the store has made, whose name is its owner's by then; an e-mail
   * address is added where there is none. Throws OTHER_MAKER, OTHER_EMAIL, and OTHER_ACCOUNT when the id exists with
   * another role or e-mail address; BEING_ERASED.
   */
  create(storeId: string, wanted: NewAccount): Promise<{ readonly account: AccountView; readonly isNew: boolean }>
  /** Null also for one that is being erased, unless it owes what only its owner can pay. */
  byId(id: string, within?: SqlSession): Promise<AccountView | null>
  /** Throws NO_SUCH_ACCOUNT, OTHER_MAKER. */
  wantMadeBy(storeId: string, id: string): Promise<void>
  /**
   * Whether the store may let somebody in. Throws OWN_SIGN_IN where the owner gets in by e-mail, NO_SUCH_ACCOUNT, OTHER_MAKER,
   * BEING_ERASED.
   */
  wantOpenedBy(storeId: string, id: string): Promise<void>
  /** The account of who reads that letter box, made when there is none. Throws BEING_ERASED. */
  ofEmail(email: string): Promise<EmailAccount>
  /** From now on only its owner lets anybody in. */
  own(id: string, within: SqlSession): Promise<void>
  rename(id: string, name: string): Promise<void>
  /** Changes whenever any account changes. */
  etag(): Promise<string>
  /** What a store needs at its gates: whoever works in another one is a shopper here, whose card opens nothing. */
  forStore(storeId: string): Promise<Account[]>
}

/** `now` gives milliseconds since the epoch. */
export function createAccounts(sql: Sql, now: () => number): Accounts {
  async function madeBy(storeId: string, id: string): Promise<Row> {
    const row = await findById(sql, id)
    if (row === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', id)
    if (row.made_by !== storeId) throw new ServiceError('OTHER_MAKER', id)
    return row
  }
  return {
    create: (storeId, { id = randomUUID(), name, staff = false, email: given }) =>
      sql.transaction(async (session) => {
        const known = await findById(session, id)
        if (known !== undefined && known.made_by !== storeId) throw new ServiceError('OTHER_MAKER', id)
        if (known !== undefined && known.closed_at !== null) throw new ServiceError('BEING_ERASED', id)
        const email = given === undefined ? null : letterBoxOf(given)
        const owner = email === null ? undefined : await findByEmail(session, email)
        if (owner !== undefined && owner.id !== id) throw new ServiceError('OTHER_EMAIL')
        if (known === undefined)
          return { account: await insert(session, { id, name, staff, email, madeBy: storeId }, now()), isNew: true }
        if ((known.staff === 1) !== staff) throw new ServiceError('OTHER_ACCOUNT', id)
        if (email === null || isIn(known, email)) return { account: view(known), isNew: false }
        if (known.email !== null) throw new ServiceError('OTHER_ACCOUNT', id)
        await session.run('UPDATE account SET email = ? WHERE id = ?', [email, id])
        return { account: view({ ...known, email }), isNew: false }
      }),
    async byId(id, within = sql) {
      const row = await findById(within, id)
      return row === undefined || isShut(row) ? null : view(row)
    },
    async wantMadeBy(storeId, id) {
      await madeBy(storeId, id)
    },
    async wantOpenedBy(storeId, id) {
      const row = await madeBy(storeId, id)
      if (isShut(row)) throw new ServiceError('BEING_ERASED', id)
      if (row.owned_at !== null) throw new ServiceError('OWN_SIGN_IN', id)
    },
    ofEmail: (given) =>
      sql.transaction(async (session) => {
        const email = letterBoxOf(given)
        const known = await findByEmail(session, email)
        if (known !== undefined && isShut(known)) throw new ServiceError('BEING_ERASED')
        if (known !== undefined)
          return { account: view(known), isNew: false, isTakenOver: known.made_by !== null && known.owned_at === null }
        const name = email.slice(0, email.indexOf('@')).slice(0, longestName)
        const account = await insert(session, { id: randomUUID(), name, staff: false, email, madeBy: null }, now())
        return { account, isNew: true, isTakenOver: false }
      }),
    async own(id, within) {
      await within.run('UPDATE account SET owned_at = ? WHERE id = ?', [now(), id])
    },
    async rename(id, name) {
      await sql.run('UPDATE account SET name = ? WHERE id = ?', [name, id])
    },
    async etag() {
      const [last] = await sql.query<Row>(`SELECT ${columns} FROM account ORDER BY revision DESC LIMIT 1`)
      const [erased] = await sql.query<{ count: number; latest: number | null }>(
        'SELECT COUNT(*) AS count, MAX(at) AS latest FROM erased_account',
      )
      // One that was put back from a copy counts again from there.
      const restoredAt = await lastRestoredAt(sql)
      const accounts = last === undefined ? 'none' : `${last.revision}-${hashOf(last.entry_code).slice(0, 16)}`
      return `"${accounts}-${erased?.count}-${erased?.latest ?? 0}-${restoredAt ?? 0}"`
    },
    async forStore(storeId) {
      const rows = await sql.query<Row>(`SELECT ${columns} FROM account ORDER BY revision`)
      const keys = await keysByAccount(sql)
      const erased = await sql.query<{ id: string }>(
        'SELECT id FROM erased_account WHERE id NOT IN (SELECT id FROM account) ORDER BY at, id',
      )
      const known = rows.map((row) => ({
        id: row.id,
        codes: worksIn(storeId, row) && row.closed_at === null ? [row.entry_code] : [],
        staff: worksIn(storeId, row),
        ...keysOf(row),
        ...refusedOf(row),
      }))
      return [...known, ...erased.map(({ id }) => ({ id, codes: [], erased: true }))]

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

async function findByEmail(session: SqlSession, email: string): Promise<Row | undefined> {
  const [row] = await session.query<Row>(
    `SELECT ${columns} FROM account WHERE email IN (?, ?) ORDER BY created_at LIMIT 1`,
    formsOf(email),
  )
  return row
}

/** Whether that letter box is the account's. */
function isIn({ email }: Row, letterBox: string): boolean {
  return email !== null && formsOf(letterBox).includes(email)
}

interface Insert {
  readonly id: string
  readonly name: string
  readonly staff: boolean
  readonly email: string | null
  readonly madeBy: string | null
}

async function insert(session: SqlSession, wanted: Insert, createdAt: number): Promise<AccountView> {
  const { id, name, staff, email, madeBy } = wanted
  const entryCode = newReadableCode()
  await session.run(
    `INSERT INTO account (id, name, staff, entry_code, token_hash, email, made_by, created_at, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(revision), 0) + 1 FROM account))`,
    [id, name, staff ? 1 : 0, entryCode, id, email, madeBy, createdAt],
  )
  return { id, name, staff, ...(staff ? { entryCode } : {}), ...(email === null ? {} : { email }) }
}

function view(row: Row): AccountView {
  const { id, name, staff, entry_code, email } = row
  return {
    id,
    name,
    staff: staff === 1,
    ...(staff === 1 ? { entryCode: entry_code } : {}),
    ...refusedOf(row),
    ...(email === null ? {} : { email }),
  }
}

/** Its owner sees nothing of it any more, but what is to be paid before it can be erased. */
function isShut({ closed_at, refused }: Row): boolean {
  return closed_at !== null && refused === null
}

/** Only they have a card, with a code that stays; shoppers show those of their phones. */
function worksIn(storeId: string, { staff, made_by }: Row): boolean {
  return staff === 1 && made_by === storeId
}

function refusedOf({ refused }: Row): { readonly refused?: Refused } {
  return refused === null ? {} : { refused }
}
