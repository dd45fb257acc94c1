/** Whose access token a request carries. */
import type { FastifyRequest } from 'fastify'
import type { AccountView } from '../../models/contracts/http.ts'
import type { Accounts } from '../accounts.ts'
import { ServiceError } from '../errors.ts'
import { bearerOf } from '../secrets.ts'

/** Rejects with NO_TOKEN or WRONG_ACCESS_TOKEN. */
export function accountOfToken(accounts: Accounts): (request: FastifyRequest) => Promise<AccountView> {
  return async ({ headers }) => {
    const token = bearerOf(headers.authorization)
    if (token === null) throw new ServiceError('NO_TOKEN')
    const account = await accounts.byToken(token)
    if (account === null) throw new ServiceError('WRONG_ACCESS_TOKEN')
    return account
  }
}
