/** Whose account a request is about: that of who is signed in. */
import type { FastifyRequest } from 'fastify'
import type { AccountView } from '../../models/contracts/http.ts'
import type { Accounts } from '../accounts.ts'
import { subjectOf } from '../people/access.ts'
import { PeopleError } from '../people/people-error.ts'

/** What is on each route of an account's owner. */
export const config = { access: 'shopper' } as const
export const security = [{ account: [] }]

/** Rejects with SIGN_IN, also when the account is no more. */
export function accountOfCaller(accounts: Accounts): (request: FastifyRequest) => Promise<AccountView> {
  return async (request) => {
    const account = await accounts.byId(subjectOf(request))
    if (account === null) throw new PeopleError('SIGN_IN')
    return account
  }
}
