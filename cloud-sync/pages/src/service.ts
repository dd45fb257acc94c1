/** What the page asks of the account service, with this tab's token. */
import { takeToken } from './token.ts'

const answerMs = 8000

export class WrongToken extends Error {}
/** The service has understood and says no; the message is its own. */
export class Refused extends Error {}

/** Throws WrongToken, Refused, or what kept the service from answering. */
export async function ask<T>(
  path: string,
  change?: { readonly method: 'POST' | 'PUT' | 'DELETE'; readonly body?: object },
): Promise<T> {
  const answer = await fetch(path, {
    headers: {
      authorization: `Bearer ${takeToken() ?? ''}`,
      ...(change?.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(answerMs),
    ...(change === undefined ? {} : { method: change.method }),
    ...(change?.body === undefined ? {} : { body: JSON.stringify(change.body) }),
  })
  if (answer.status === 401) throw new WrongToken()
  if (answer.status === 409 || answer.status === 422 || answer.status === 429)
    throw new Refused(((await answer.json()) as { message: string }).message)
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`)
  return answer.status === 204 ? (undefined as T) : answer.json()
}
