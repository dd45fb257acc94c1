/** An account whose page can be looked at: made at the account service, with a link that signs in once. */
import { type SignInLink, SignInLinkSchema } from '../../models/contracts/people.ts'
import { compile, describeFault } from '../../models/contracts/validate.ts'

export interface AccountServiceAddress {
  readonly url: string
  /** The store's credential. */
  readonly token: string
}

const parseLink = compile(SignInLinkSchema)
const requestTimeoutMs = 10_000

/** Makes the account when there is none; the link's secret, null where it is signed in to by e-mail. Throws when the service refuses. */
export async function signInSecret(
  service: AccountServiceAddress,
  account: { readonly id: string; readonly name: string; readonly email: string },
): Promise<string | null> {
  await post(service, '/v1/accounts', account)
  const answer = await post(service, `/v1/accounts/${account.id}/sign-in-link`, {})
  if (answer === null) return null
  const parsed = parseLink(answer)
  if (parsed.ok) return (parsed.value as SignInLink).secret
  throw new Error(`the account service gave no sign-in link: ${parsed.faults.slice(0, 1).map(describeFault).join()}`)
}

/** Null: refused, as it is its owner's by now. */
async function post({ url, token }: AccountServiceAddress, path: string, body: object): Promise<unknown> {
  const answer = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(requestTimeoutMs),
  })
  if (answer.ok) return answer.json()
  if (answer.status === 409) return null
  throw new Error(`the account service answered ${answer.status} to ${path}`)
}
