/** What can go wrong when people sign in, at the account service and at the gateway alike. Codes are stable. */
import { CodedError } from '../coded-error.ts'

const table = {
  SIGN_IN: { status: 401, means: 'nobody is signed in here: sign in first' },
  SIGN_IN_AGAIN: { status: 403, means: 'this needs a sign-in of the last minutes: sign in again' },
  NOT_ALLOWED: { status: 403, means: 'who is signed in may not do this' },
  OTHER_SITE: { status: 403, means: 'the request comes from another site, or does not say from where' },
  WRONG_CODE: { status: 422, means: 'the code is wrong, used or too old: try once more or ask for a new one' },
  WRONG_LINK: { status: 422, means: 'the link or code was used already, is too old, or was copied incompletely' },
  WRONG_PASSKEY: { status: 422, means: 'this passkey opens nothing here' },
  TOO_MANY_PASSKEYS: { status: 409, means: 'there are as many passkeys as an account may have: remove one first' },
  NOT_FOUND: { status: 404, means: 'there is no such session or passkey' },
  TOO_OFTEN: { status: 429, means: 'that was asked too often, try again later' },
  NO_MAIL: { status: 503, means: 'no mail can be sent from here: sign in with a passkey or a sign-in link' },
} as const

type PeopleErrorCode = keyof typeof table

/** Thrown by whatever has to do with signing in. `detail` says more, and never who has an account. */
export class PeopleError extends CodedError<PeopleErrorCode> {
  constructor(code: PeopleErrorCode, detail?: string) {
    super(code, table[code], detail)
  }
}

/** Codes that each service has in words of its own. */
type Common = 'BAD_REQUEST' | 'NOT_FOUND' | 'INTERNAL'

/** Any thrown value as an answer; what is not known is the service's to blame and tells the caller nothing. */
export function asCodedError(error: unknown, own: (code: Common, detail?: string) => CodedError): CodedError {
  if (error instanceof CodedError) return error
  const { statusCode, message } = error as { statusCode?: number; message?: string }
  if (statusCode === 429) return new PeopleError('TOO_OFTEN')
  if (statusCode === 404) return own('NOT_FOUND')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return own('BAD_REQUEST', message)
  return own('INTERNAL')
}
