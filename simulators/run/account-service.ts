/** What the simulator asks of the account service: accounts for its shoppers. */
import type { AccountView } from '../../models/contracts/http.ts'
import { newPhone } from '../../models/entry/phone.ts'
import type { SimulatedAccount } from '../scenario/accounts.ts'

export interface AccountService {
  readonly url: string
  readonly token: string
}

/**
 * Makes the accounts, or finds them made: asking is idempotent by id. One that its shopper had erased is left out.
 * @throws Error when the service refuses
 */
export async function makeAccounts(service: AccountService, wanted: readonly NewAccount[]): Promise<AccountView[]> {
  const made: AccountView[] = []
  for (const account of wanted) {
    const view = await makeAccount(service, account)
    if (view !== null) made.push(view)
  }
  return made
}

export interface NewAccount {
  readonly id: string
  readonly name: string
  readonly staff: boolean
}

async function makeAccount(service: AccountService, account: NewAccount): Promise<AccountView | null> {
  try {
    return (await post(service, '/v1/accounts', account)) as AccountView
  } catch (error) {
    if ((error as Error).message.includes('"BEING_ERASED"')) return null
    throw error
  }
}

/** Gives the account a phone, as a shopper's page would; who works in the shop comes with a card. */
export async function withPhone(
  service: AccountService,
  storeId: string,
  { id, entryCode, staff }: AccountView,
): Promise<SimulatedAccount> {
  if (entryCode !== undefined) return { id, codes: [entryCode], staff }
  const phone = newPhone()
  await post(service, `/v1/accounts/${id}/phones`, { publicKey: phone.publicKey, label: 'Simulated phone' })
  return { id, codes: [], staff, show: (now) => phone.show(storeId, now) }
}

async function post({ url, token }: AccountService, path: string, body: object): Promise<unknown> {
  const answer = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok) throw new Error(`POST ${url}${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
