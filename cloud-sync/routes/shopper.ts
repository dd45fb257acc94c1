/** What an account page asks: who am I, and what was I billed? */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { AccountView } from '../../models/contracts/http.ts'
import { ServiceError } from '../errors.ts'
import { ref } from '../schemas.ts'
import { bearerOf } from '../secrets.ts'
import type { App, Parts } from './types.ts'

const security = [{ account: [] }]
const PageQuery = Type.Object({
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'bills a page' })),
  cursor: Type.Optional(
    Type.String({ pattern: '^[0-9]{1,15}\\.[0-9a-f-]{36}$', description: '`next` of the page before' }),
  ),
})
const BillParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) })

export function shopperRoutes(app: App, { accounts, bills, payments }: Parts): void {
  const accountOf = async (request: FastifyRequest): Promise<AccountView> => {
    const token = bearerOf(request.headers.authorization)
    if (token === null) throw new ServiceError('NO_TOKEN')
    const account = await accounts.byToken(token)
    if (account === null) throw new ServiceError('WRONG_ACCESS_TOKEN')
    return account
  }

  app.get(
    '/v1/me',
    {
      schema: {
        summary: 'The account of this access token',
        security,
        response: { 200: ref('AccountView'), 401: ref('Error') },
      },
    },
    accountOf,
  )

  app.get(
    '/v1/me/bills',
    {
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
      schema: {
        summary: 'One bill of this account',
        security,
        params: BillParams,
        response: { 200: ref('AccountBill'), 401: ref('Error'), 404: ref('Error') },
      },
    },
    async (request) => bills.one((await accountOf(request)).id, request.params.id),
  )

  app.post(
    '/v1/me/bills/:id/pay',
    {
      schema: {
        summary: 'Have a bill charged now whose payment did not go through',
        description: 'The answer is the bill, whose payment is under way then; look at it again for what became of it.',
        security,
        params: BillParams,
        response: {
          202: ref('AccountBill'),
          401: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          429: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request)
      await payments.pay(account, request.params.id)
      return reply.code(202).send(await bills.one(account.id, request.params.id))
    },
  )

  app.get(
    '/v1/me/payment-method',
    {
      schema: {
        summary: 'What this account pays with',
        security,
        response: { 200: ref('PaymentMethod'), 401: ref('Error') },
      },
    },
    async (request) => payments.method(await accountOf(request)),
  )

  app.put(
    '/v1/me/payment-method',
    {
      schema: {
        summary: 'Change what this account pays with',
        description: 'Bills whose payment did not go through are charged to it at once.',
        security,
        body: ref('NewPaymentMethod'),
        response: { 200: ref('PaymentMethod'), 400: ref('Error'), 401: ref('Error'), 422: ref('Error') },
      },
    },
    async (request) => payments.setMethod(await accountOf(request), request.body.token),
  )
}
