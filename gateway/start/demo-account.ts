/** An account whose page can be looked at: made at the account service, its access token kept for the next start. */
import { type AccountView, AccountViewSchema } from '../../models/contracts/http.ts'
import { compile, describeFault } from '../../models/contracts/validate.ts'
import { readSecret, writeSecret } from './secrets.ts'

export interface AccountServiceAddress {
  readonly url: string
  /** The store token. */
  readonly token: string
}

const parseAccount = compile(AccountViewSchema)
const requestTimeoutMs = 10_000

/** The access token of the account, which is made when it does not exist. Throws when the service refuses. */
export async function accessToken(
  service: AccountServiceAddress,
  account: { readonly id: string; readonly name: string },
  file: string,
): Promise<string> {
  const made = await post(service, '/v1/accounts', account)
  const kept = readSecret(file)
  if (made.accessToken === undefined && kept !== null) return kept
  const { accessToken: token } =
    made.accessToken === undefined ? await post(service, `/v1/accounts/${account.id}/access-token`, {}) : made
  if (token === undefined) throw new Error('the account service gave no access token')
  writeSecret(file, token)
  return token
}

async function post({ url, token }: AccountServiceAddress, path: string, body: object): Promise<AccountView> {
  const answer = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  const parsed = parseAccount(await answer.json())
  if (answer.ok && parsed.ok) return parsed.value
  const fault = parsed.ok ? '' : parsed.faults.slice(0, 1).map(describeFault).join()
  throw new Error(`the account service answered ${answer.status} to ${path} ${fault}`)
}
