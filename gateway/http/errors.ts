/** Every error that the gateway's HTTP answers with: its code, status and what it means. Codes are stable. */
import { CodedError } from '../../cloud-sync/coded-error.ts'
import { asCodedError } from '../../cloud-sync/people/people-error.ts'

const table = {
  BAD_REQUEST: { status: 400, means: 'the request does not have the shape that it should have' },
  NOT_FOUND: { status: 404, means: 'there is nothing at this address' },
  NO_SUCH_REVIEW: { status: 404, means: 'no bill of that trip went to review' },
  NO_SUCH_CASE: { status: 404, means: 'there is no such case of what was said too late' },
  NO_STILL: { status: 404, means: 'there is no picture of this camera' },
  NOT_SO: { status: 409, means: 'that cannot be' },
  OTHER_DECISION: { status: 409, means: 'the bill was settled already in another way; that stays' },
  OTHER_OUTCOME: { status: 409, means: 'the case was closed already in another way; that stays' },
  MORE_CAME: { status: 409, means: 'the shelf has said more meanwhile; look at the case again' },
  WRONG_TRIP: { status: 422, means: 'the case cannot be on that bill' },
  WRONG_LINE: { status: 422, means: 'a line cannot be billed' },
  NOT_READY: { status: 503, means: 'the gateway cannot do its work now' },
  TOO_MANY_VIEWERS: { status: 503, means: 'as many pages look at the live feed as it can serve; close one' },
  INTERNAL: { status: 500, means: 'something broke on our side; it is in the log' },
} as const

export type ErrorCode = keyof typeof table

export class GatewayError extends CodedError<ErrorCode> {
  constructor(code: ErrorCode, detail?: string) {
    super(code, table[code], detail)
  }
}

/** Any thrown value as an answer. */
export function asGatewayError(error: unknown): CodedError {
  return asCodedError(error, (code, detail) => new GatewayError(code, detail))
}
