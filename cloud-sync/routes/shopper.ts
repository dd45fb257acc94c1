/** What an account page asks: who am I, and what was I billed? */
import { Type } from 'typebox'
import { ref } from '../schemas.ts'
import { accountOfCaller, config, security } from './own-account.ts'
import type { App, Parts } from './types.ts'

const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'bills a page' })),
  cursor: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,15}\\.[0-9a-f-]{36}$', description: '`next` of the page before' }),
  ),
})
export const BillParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

export function shopperRoutes(app: App, { accounts, bills }: Parts): void {
  const accountOf = accountOfCaller(accounts)

  app.get(
    '/v1/me',
    {
      config,
      schema: {
        summary: 'The account that is signed in',
        security,
        response: { 200: ref('AccountView'), 401: ref('Error') },
      },
    },
    accountOf,
  )

  app.get(
    '/v1/me/bills',
    {
      config,
      schema: {
        summary: 'Bills of this account, newest first',
        security,
        querystring: PageQuery,
        response: { 200: ref('AccountBills'), 400: ref('Error'), 401: ref('Error') },
      },
    },
    async (request) => {
      const account = await accountOf(request)
      return bills.ofAccount(account.id, request.query.limit ?? 20, request.query.cursor)
    },
  )

  app.get(
    '/v1/me/bills/:id',
    {
      config,
      schema: {
        summary: 'One bill of this account',
        security,
        params: BillParams,
        response: { 200: ref('AccountBill'), 401: ref('Error'), 404: ref('Error') },
      },
    },
    async (request) => bills.one((await accountOf(request)).id, request.params.id),
  )
}
