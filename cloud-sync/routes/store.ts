/** What stores ask: to bill a trip, to make an account, and which accounts there are. */
import { Type } from 'typebox'
import { SignInLinkSchema } from '../../models/contracts/people.ts'
import { IdSchema } from '../../models/contracts/units.ts'
import { ServiceError } from '../errors.ts'
import { ref } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const security = [{ store: [] }]
const IdParams = Type.Object({ id: IdSchema })
/** A store says what it is called when it asks, for the pages of shoppers. */
const StoreQuery = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'name of the store' })),
})
const TripParams = Type.Object({ tripId: Type.String({ minLength: 1, maxLength: 128 }) })

const config = { access: 'store' } as const

export function storeRoutes(app: App, { accounts, entryKeys, payments, people, purchases }: Parts): void {
  app.post(
    '/v1/purchases',
    {
      config,
      schema: {
        summary: 'Bill a finished trip',
        description:
          'Idempotent by idempotentShoppingTripId, for ever: 201 when new, 200 when it was billed before. A bill in ' +
          'review is settled once, by a final one of the same trip with `checkedAt`: 201, too.',
        security,
        body: ref('Purchase'),
        response: {
          200: ref('PurchaseAnswer'),
          201: ref('PurchaseAnswer'),
          400: ref('Error'),
          401: ref('Error'),
          409: ref('Error'),
          413: ref('Error'),
          422: ref('Error'),
          503: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const answer = await purchases.record(request.body)
      request.log.info({ tripId: request.body.idempotentShoppingTripId, ...answer }, 'a trip is billed')
      if (!answer.duplicate) payments.wake()
      return reply.code(answer.duplicate ? 200 : 201).send(answer)
    },
  )

  app.post(
    '/v1/purchases/:tripId/refunds',
    {
      config,
      schema: {
        summary: 'Give money back',
        description:
          'For products of the bill (`lines`), for an amount (spread over its rates of tax), or for all that is left ' +
          '(neither). Idempotent by idempotentRefundId, for ever: 201 when new, 200 when it was granted before. What ' +
          'was not paid yet is taken off what is owed.',
        security,
        params: TripParams,
        body: ref('NewRefund'),
        response: {
          200: ref('RefundAnswer'),
          201: ref('RefundAnswer'),
          400: ref('Error'),
          401: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const { tripId } = request.params
      const answer = await payments.refund(tripId, request.body)
      if (!answer.duplicate)
        await people.audit.append({
          what: 'refund-granted',
          who: 'store',
          about: tripId,
          place: request.ip,
          detail: `${request.body.idempotentRefundId}, ${request.body.reason}`,
        })
      return reply.code(answer.duplicate ? 200 : 201).send(answer)
    },
  )

  app.post(
    '/v1/accounts',
    {
      config,
      schema: {
        summary: 'Make an account',
        description: 'Idempotent by id.',
        security,
        body: ref('NewAccount'),
        response: {
          200: ref('AccountView'),
          201: ref('AccountView'),
          400: ref('Error'),
          401: ref('Error'),
          409: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const { account, isNew } = await accounts.create(request.body)
      if (isNew) await people.audit.append({ what: 'account-made', who: 'store', about: account.id, place: request.ip })
      return reply.code(isNew ? 201 : 200).send(account)
    },
  )

  app.post(
    '/v1/accounts/:id/sign-in-link',
    {
      config,
      schema: {
        summary: 'Make a sign-in link for a shopper',
        description:
          'For who has neither e-mail address nor passkey yet: hand over `<account page>#sign-in=<secret>`. It signs ' +
          'in once, within a day; a new one takes the place of the one before.',
        security,
        params: IdParams,
        response: { 201: SignInLinkSchema, 401: ref('Error'), 404: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      if ((await accounts.byId(id)) === null) throw new ServiceError('NO_SUCH_ACCOUNT', id)
      const link = await people.links.make(id)
      await people.audit.append({ what: 'sign-in-link-made', who: 'store', about: id, place: request.ip })
      return reply.code(201).send(link)
    },
  )

  app.post(
    '/v1/accounts/:id/phones',
    {
      config,
      schema: {
        summary: 'Let a phone make entry codes of an account',
        description: "For a shop's own app, whose server knows the shopper; our page registers its key by itself.",
        security,
        params: IdParams,
        body: ref('NewPhone'),
        response: {
          201: ref('Phone'),
          400: ref('Error'),
          401: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const phone = await entryKeys.add(id, request.body)
      request.log.info({ account: id, phone: phone.id }, 'a phone makes entry codes of the account')
      return reply.code(201).send(phone)
    },
  )

  app.get(
    '/v1/stores/:id/accounts',
    {
      config,
      schema: {
        summary: 'The accounts that a store lets in',
        description: 'Send the ETag of the last answer as If-None-Match; 304 means that nothing changed.',
        security,
        params: IdParams,
        querystring: StoreQuery,
        response: { 200: ref('Accounts'), 304: Type.Null(), 401: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      await entryKeys.heardOf(id, request.query.name ?? id)
      const etag = await accounts.etag()
      reply.header('etag', etag)
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
      return accounts.all()
    },
  )
}
