/** What the page asks of its server; the browser sends the session's cookie along. */
const answerMs = 8000

/** Nobody is signed in (any more). */
export class SignedOut extends Error {}
/** What was asked for wants a sign-in of the last minutes. */
export class SignInAgain extends Error {}
/** The server has understood and says no; the message is its own. */
export class Refused extends Error {}

export interface Change {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly body?: object
}

/** Throws SignedOut, SignInAgain, Refused, or what kept the server from answering. */
export async function ask<T>(path: string, change?: Change): Promise<T> {
  const { method = 'GET', body } = change ?? {}
  const answer = await fetch(path, {
    method,
    signal: AbortSignal.timeout(answerMs),
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  if (answer.status === 401) throw new SignedOut()
  if (answer.status === 204) return null as T
  const said = (await answer.json()) as T & { code?: string; message?: string }
  if (answer.ok) return said
  if (said.code === 'SIGN_IN_AGAIN') throw new SignInAgain()
  if (answer.status < 500 || said.code === 'NO_MAIL') throw new Refused(said.message)
  throw new Error(`the service answered ${answer.status}`)
}
