/** The phones that make entry codes of accounts, and the stores that the codes are for. Only public keys are here. */
import { type EntryView, mostPhones, mostStores, type PhoneView } from '../models/contracts/entry.ts'
import type { Account } from '../models/contracts/recording.ts'
import { isPublicKey, keyIdOf, storeTag } from '../models/entry/keys.ts'
import { ServiceError } from './errors.ts'
import { createAuditLog } from './people/audit-log.ts'
import type { Sql, SqlSession } from './sql.ts'

/** Stores ask all the time; that they are there is written down once a day. */
const heardAgainMs = 86_400_000

interface NewPhone {
  readonly publicKey: string
  readonly label: string
}

export interface EntryKeys {
  /**
   * Lets a phone make codes of an account; the same key again changes nothing. Where there are as many as may be, the
   * one that was added first goes. Within the caller's transaction. Throws NO_SUCH_ACCOUNT, BEING_ERASED, BAD_KEY, and
   * OTHER_KEY for a key of another account.
   */
  add(accountId: string, phone: NewPhone, within: SqlSession): Promise<PhoneView>
  /** The codes of the phone open nothing any more, once the stores have heard. One that is not there is no error. */
  remove(accountId: string, keyId: string): Promise<void>
  /**
   * The same for every phone of the account, whoever has registered it: who was let in before its owner came may have had the
   * store's office do it.
   */
  removeAll(accountId: string, within: SqlSession): Promise<void>
  view(accountId: string): Promise<EntryView>
  /** A store has asked for its accounts. */
  heardOf(storeId: string, name: string): Promise<void>
}

/** `now`: milliseconds since the epoch. */
export function createEntryKeys(sql: Sql, now: () => number): EntryKeys {
  return {
    add: (accountId, phone, within) => add(within, accountId, phone, now()),
    remove: (accountId, keyId) =>
      sql.transaction(async (session) => {
        const gone = await session.run('DELETE FROM entry_key WHERE id = ? AND account_id = ?', [keyId, accountId])
        if (gone > 0) await touch(session, accountId)
      }),
    async removeAll(accountId, within) {
      const gone = await within.run('DELETE FROM entry_key WHERE account_id = ?', [accountId])
      if (gone > 0) await touch(within, accountId)
    },
    async view(accountId) {
      const stores = await sql.query<{ id: string; name: string }>(
        'SELECT id, name FROM store ORDER BY heard_at DESC, id LIMIT ?',
        [mostStores],
      )
      return {
        now: now(),
        phones: (await phonesOf(sql, accountId)).map(phoneOf),
        stores: stores
          .map(({ id, name }) => ({ id, name, tag: storeTag(id) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      }
    },
    async heardOf(storeId, name) {
      const at = now()
      const [known] = await sql.query<{ name: string; heard_at: number }>(
        'SELECT name, heard_at FROM store WHERE id = ?',
        [storeId],
      )
      if (known !== undefined && known.name === name && known.heard_at > at - heardAgainMs) return
      await sql.run(
        `INSERT INTO store (id, name, heard_at) VALUES (?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, heard_at = excluded.heard_at`,
        [storeId, name, at],
      )
    },
  }
}

/** The keys of every account, as stores get them. */
export async function keysByAccount(sql: SqlSession): Promise<ReadonlyMap<string, NonNullable<Account['entryKeys']>>> {
  const keys = new Map<string, NonNullable<Account['entryKeys']>>()
  for (const { id, account_id, public_key: publicKey } of await sql.query<Row>(
    'SELECT * FROM entry_key ORDER BY account_id, position',
  ))
    keys.set(account_id, [...(keys.get(account_id) ?? []), { id, publicKey }])
  return keys
}

type Row = {
  readonly id: string
  readonly account_id: string
  readonly public_key: string
  readonly label: string
  readonly added_at: number
  readonly position: number
}

async function add(
  session: SqlSession,
  accountId: string,
  { publicKey, label }: NewPhone,
  addedAt: number,
): Promise<PhoneView> {
  if (!isPublicKey(publicKey)) throw new ServiceError('BAD_KEY')
  const [account] = await session.query<{ closed_at: number | null }>('SELECT closed_at FROM account WHERE id = ?', [
    accountId,
  ])
  if (account === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', accountId)
  if (account.closed_at !== null) throw new ServiceError('BEING_ERASED', accountId)
  const id = keyIdOf(publicKey)
  const [known] = await session.query<Row>('SELECT * FROM entry_key WHERE id = ?', [id])
  if (known !== undefined) {
    if (known.account_id !== accountId || known.public_key !== publicKey) throw new ServiceError('OTHER_KEY')
    return phoneOf(known)
  }
  const phones = await phonesOf(session, accountId)
  const audit = createAuditLog(session, () => addedAt)
  for (const old of phones.slice(0, Math.max(0, phones.length - mostPhones + 1))) {
    await session.run('DELETE FROM entry_key WHERE id = ?', [old.id])
    const detail = `for another, of ${mostPhones} at most`
    await audit.append({ what: 'phone-removed', who: accountId, about: old.id, detail })
  }
  await session.run(
    `INSERT INTO entry_key (id, account_id, public_key, label, added_at, position)
     VALUES (?, ?, ?, ?, ?, (SELECT COALESCE(MAX(position), 0) + 1 FROM entry_key))`,
    [id, accountId, publicKey, label, addedAt],
  )
  await touch(session, accountId)
  return { id, label, addedAt }
}

/** Oldest first. */
function phonesOf(session: SqlSession, accountId: string): Promise<Row[]> {
  return session.query<Row>('SELECT * FROM entry_key WHERE account_id = ? ORDER BY position', [accountId])
}

const phoneOf = ({ id, label, added_at: addedAt }: Row): PhoneView => ({ id, label, addedAt })

/** A change of an account, for stores to learn. */
async function touch(session: SqlSession, accountId: string): Promise<void> {
  await session.run('UPDATE account SET revision = (SELECT MAX(revision) + 1 FROM account) WHERE id = ?', [accountId])
}
