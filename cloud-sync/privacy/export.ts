/** Everything that the account service keeps about a person, as one JSON. */
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { AccountBill } from '../../models/contracts/http.ts'
import type { AccountExport } from '../../models/contracts/privacy.ts'
import type { AccountBillsReader } from '../account-bills.ts'
import type { Accounts } from '../accounts.ts'
import type { EntryKeys } from '../entry-keys.ts'
import { ServiceError } from '../errors.ts'
import type { People } from '../people/people.ts'
import type { Sql } from '../sql.ts'

export interface ExportDeps {
  readonly sql: Sql
  readonly accounts: Pick<Accounts, 'byId'>
  readonly bills: AccountBillsReader
  readonly entryKeys: Pick<EntryKeys, 'view'>
  readonly people: Pick<People, 'passkeys' | 'sessions'>
  readonly now: () => number
}

const pageSize = 100
/** Some 25 a day for as long as it is kept; of a machine that plays with an account a part is enough. */
const mostLogged = 10_000

/** Throws NO_SUCH_ACCOUNT. */
export async function exportAccount(deps: ExportDeps, accountId: string): Promise<AccountExport> {
  const { sql, accounts, entryKeys, people, now } = deps
  const account = await accounts.byId(accountId)
  const [row] = await sql.query<{ created_at: number; payment_provider: string | null; payment_method: string | null }>(
    'SELECT created_at, payment_provider, payment_method FROM account WHERE id = ?',
    [accountId],
  )
  if (account === null || row === undefined) throw new ServiceError('NO_SUCH_ACCOUNT', accountId)
  return {
    exportedAt: now(),
    account,
    createdAt: row.created_at,
    phones: (await entryKeys.view(accountId)).phones,
    passkeys: [...(await people.passkeys.ofSubject(accountId))],
    sessions: (await people.sessions.ofSubject(accountId)).map(({ subject: _, ...row }) => ({ ...row, isThis: false })),
    paymentMethod: { provider: row.payment_provider, token: row.payment_method },
    log: await logOf(sql, accountId),
    bills: await allBills(deps, accountId),
  }
}

type LogRow = AccountExport['log'][number]

/** Acts that name a passkey, a phone or a bill: one may be called as an account is. */
const aboutThings = [
  'passkey-added',
  'passkey-removed',
  'phone-added',
  'phone-removed',
  'refund-granted',
  'refund-sent-again',
  'refund-paid-otherwise',
]
  .map((what) => `'${what}'`)
  .join()

/** An account may be called as this machine's own command is, whose acts come from no address. */
function logOf(sql: Sql, accountId: string): Promise<LogRow[]> {
  return sql.query<LogRow>(
    `SELECT at, what, who, about, place, CASE WHEN who = 'command' THEN NULL ELSE detail END AS detail
     FROM audit
     WHERE (who = ? AND (who <> 'command' OR place IS NOT NULL)) OR (about = ? AND what NOT IN (${aboutThings}))
     ORDER BY position DESC LIMIT ${mostLogged}`,
    [accountId, accountId],
  )
}

async function allBills({ bills }: ExportDeps, accountId: string): Promise<AccountBill[]> {
  const all: AccountBill[] = []
  let cursor: string | undefined
  do {
    const page = await bills.ofAccount(accountId, pageSize, cursor)
    all.push(...page.bills)
    cursor = page.next ?? undefined
    // Ten thousand bills take seconds: gates that ask meanwhile are not to wait for all of them.
    await othersTurn()
  } while (cursor !== undefined)
  return all
}
