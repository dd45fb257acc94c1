/** Every error that the account service answers with: its code, status and what it means. Codes are stable. */
import { CodedError } from './coded-error.ts'
import { asCodedError } from './people/people-error.ts'

const table = {
  BAD_REQUEST: { status: 400, means: 'the request does not have the shape that it should have' },
  WRONG_SIGNATURE: { status: 400, means: 'the message is not signed by the payment provider, or too old' },
  NO_TOKEN: { status: 401, means: 'the request carries no token: send "Authorization: Bearer <token>"' },
  WRONG_STORE_TOKEN: { status: 401, means: 'the token is the credential of no store here, or was revoked' },
  STORE_TOKEN_ENDED: {
    status: 401,
    means: "the store's credential has ended: make another one at the account service",
  },
  OTHER_STORE: { status: 403, means: 'the credential is that of another store' },
  OTHER_MAKER: { status: 403, means: 'the account was not made by this store, which may not change it' },
  NOT_FOUND: { status: 404, means: 'there is nothing at this address' },
  NO_SUCH_ACCOUNT: { status: 404, means: 'there is no such account' },
  NO_SUCH_BILL: { status: 404, means: 'the account has no such bill' },
  NO_SUCH_REFUND: { status: 404, means: 'the bill of this trip has no such refund' },
  NO_SUCH_TRIP: { status: 404, means: 'this store has billed no such trip' },
  OTHER_CONTENT: { status: 409, means: 'the trip was billed already with another content; the first one stays' },
  OTHER_ACCOUNT: {
    status: 409,
    means: 'the account exists already with another role or e-mail address; nothing was changed',
  },
  OTHER_EMAIL: { status: 409, means: 'the e-mail address belongs to another account; nothing was changed' },
  OWN_SIGN_IN: { status: 409, means: 'the owner of the account signs in by e-mail: a store cannot let anybody in' },
  OTHER_KEY: { status: 409, means: 'the phone makes entry codes of another account; take it off there first' },
  OTHER_REFUND: { status: 409, means: 'the refund was granted already with another content; the first one stays' },
  NOT_FAILED: { status: 409, means: 'the refund does not wait for anybody' },
  NOT_REFUNDABLE: { status: 409, means: 'there is nothing to give back' },
  NO_ENROLMENT: { status: 409, means: 'the payment provider has no page for this; choose from the list' },
  NO_METHOD: { status: 409, means: 'the account has no way to pay; choose one first' },
  BEING_ERASED: {
    status: 409,
    means: 'the account is being erased, which nobody can stop; it is gone in two days at most',
  },
  NOT_SETTLED: {
    status: 409,
    means: 'a bill is not paid, being checked, or money is on its way; the account can be erased when that is settled',
  },
  NOT_OWED: { status: 409, means: 'nothing is to be paid of this bill' },
  PAYMENT_UNDER_WAY: { status: 409, means: 'a payment of this bill is under way; try again when it is answered' },
  PAYMENT_FORGOTTEN: {
    status: 409,
    means:
      'the service was put back from a copy, and its books may have forgotten that this bill was paid: give back when it is ' +
      'paid again, which takes nothing twice',
  },
  TOO_LARGE: { status: 413, means: 'the body is too large' },
  NOT_JSON: { status: 415, means: 'the body must be application/json' },
  WRONG_SUM: { status: 422, means: 'the bill does not add up' },
  REFUND_TOO_MUCH: { status: 422, means: 'this cannot be given back' },
  BAD_KEY: { status: 422, means: 'this is no public key of a phone: it wants a point of the curve P-256' },
  UNKNOWN_METHOD: { status: 422, means: 'this is no way to pay' },
  UNKNOWN_ACCOUNT: { status: 422, means: 'the purchase names an account that does not exist' },
  TOO_MANY_TRIES: { status: 429, means: 'this way to pay was tried often enough; choose another one' },
  BUSY: { status: 503, means: 'too much is waiting for the database; try again in a few seconds' },
  PROVIDER_DOWN: { status: 502, means: 'the payment provider does not answer; try again in a minute' },
  INTERNAL: { status: 500, means: 'something broke on our side; it is in the log' },
} as const

export type ErrorCode = keyof typeof table

export class ServiceError extends CodedError<ErrorCode> {
  constructor(code: ErrorCode, detail?: string) {
    super(code, table[code], detail)
  }
}

/** Errors of fastify itself, by its code. */
const byFastifyCode: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'NOT_JSON',
}

/** Any thrown value as an answer. */
export function asServiceError(error: unknown): CodedError {
  const known = byFastifyCode[(error as { code?: string }).code ?? '']
  return known === undefined
    ? asCodedError(error, (code, detail) => new ServiceError(code, detail))
    : new ServiceError(known)
}
