/** What the simulator asks of the account service: accounts for its shoppers. */
import type { AccountView } from '../../models/contracts/http.ts'
import type { Account } from '../../models/contracts/recording.ts'

export interface AccountService {
  readonly url: string
  readonly token: string
}

/** Makes the accounts, or finds them made: asking is idempotent by id. @throws Error when the service refuses */
export async function makeAccounts(service: AccountService, wanted: readonly NewAccount[]): Promise<AccountView[]> {
  const made: AccountView[] = []
  for (const account of wanted) made.push(await makeAccount(service, account))
  return made
}

export interface NewAccount {
  readonly id: string
  readonly name: string
  readonly staff: boolean
}

async function makeAccount({ url, token }: AccountService, account: NewAccount): Promise<AccountView> {
  const answer = await fetch(new URL('/v1/accounts', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(account),
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok)
    throw new Error(`POST ${url}/v1/accounts for "${account.id}": ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as AccountView
}

export function accountOfView({ id, entryCode, staff }: AccountView): Account {
  return { id, codes: [entryCode], staff }
}
