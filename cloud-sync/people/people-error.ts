/** What can go wrong when people sign in, at the account service and at the gateway alike. Codes are stable. */
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
  TOO_OFTEN: { status: 429, means: 'that was asked too often: wait some minutes' },
  NO_MAIL: { status: 503, means: 'no mail can be sent from here: sign in with a passkey or a sign-in link' },
} as const

export type PeopleErrorCode = keyof typeof table

/** Thrown by whatever has to do with signing in. `detail` says more, and never who has an account. */
export class PeopleError extends Error {
  readonly code: PeopleErrorCode
  readonly statusCode: number
  constructor(code: PeopleErrorCode, detail?: string) {
    super(detail === undefined ? table[code].means : `${table[code].means} (${detail})`)
    this.code = code
    this.statusCode = table[code].status
  }
}
