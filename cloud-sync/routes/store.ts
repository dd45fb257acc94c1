/**
 * What stores ask: to bill a trip, to make an account, and which accounts there are. Each by its own credential, which says
 * what store it is: it bills and changes what is its own, and nothing of another.
 */
import { Type } from 'typebox'
import { SignInLinkSchema } from '../../models/contracts/people.ts'
import { IdSchema } from '../../models/contracts/units.ts'
import { oneLine } from '../../models/text/format.ts'
import { subjectOf } from '../people/access.ts'
import { ref } from '../schemas.ts'
import { billsWanted, billsWantedHeader } from '../stores/bills-wanted.ts'
import { booksMarkHeader } from '../stores/books-mark.ts'
import { credentialEnds } from '../stores/credential-ends.ts'
import { failedRefundsHeader } from '../stores/failed-refunds-header.ts'
import { auditName, wantOwn } from '../stores/store-access.ts'
import type { App, Parts } from './types.ts'

const security = [{ store: [] }]
const IdParams = Type.Object({ id: IdSchema })
/** A store says what it is called when it asks, for the pages of shoppers. */
const StoreQuery = Type.Object({
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'name of the store' })),
})

const MarkHeaders = Type.Object({
  [booksMarkHeader]: Type.Optional(Type.String({ maxLength: 500, description: 'as the last answer had it' })),
})

const config = { access: 'store' } as const
/** What no gateway needs: accounts and what opens them. */
const officeConfig = { access: 'office' } as const
const storeOf = subjectOf

export function storeRoutes(app: App, parts: Parts): void {
  const { accounts, booksMarks, entryKeys, payments, people, purchases, sql, now } = parts
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
          403: ref('Error'),
          409: ref('Error'),
          413: ref('Error'),
          422: ref('Error'),
          503: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      wantOwn(storeOf(request), request.body.storeId)
      const answer = await purchases.record(request.body)
      request.log.info({ tripId: request.body.idempotentShoppingTripId, ...answer }, 'a trip is billed')
      if (!answer.duplicate) payments.wake()
      return reply.code(answer.duplicate ? 200 : 201).send(answer)
    },
  )

  app.post(
    '/v1/accounts',
    {
      config: officeConfig,
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
          403: ref('Error'),
          409: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const storeId = storeOf(request)
      const { account, isNew } = await accounts.create(storeId, request.body)
      const who = auditName(storeId)
      if (isNew) await people.audit.append({ what: 'account-made', who, about: account.id, place: request.ip })
      return reply.code(isNew ? 201 : 200).send(account)
    },
  )

  app.post(
    '/v1/accounts/:id/sign-in-link',
    {
      config: officeConfig,
      schema: {
        summary: 'Make a sign-in link for a shopper',
        description:
          'For who has neither e-mail address nor passkey yet: hand over `<account page>#sign-in=<secret>`. It signs ' +
          'in once, within a day; a new one takes the place of the one before. None any more once its owner has signed ' +
          'in by e-mail.',
        security,
        params: IdParams,
        response: { 201: SignInLinkSchema, 401: ref('Error'), 403: ref('Error'), 404: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const storeId = storeOf(request)
      await accounts.wantOpenedBy(storeId, id)
      const link = await people.links.make(id)
      // Its owner may have signed in meanwhile: then nobody is told the secret.
      await accounts.wantOpenedBy(storeId, id)
      const who = auditName(storeId)
      await people.audit.append({ what: 'sign-in-link-made', who, about: id, place: request.ip })
      return reply.code(201).send(link)
    },
  )

  app.post(
    '/v1/accounts/:id/phones',
    {
      config: officeConfig,
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
          403: ref('Error'),
          404: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const storeId = storeOf(request)
      await accounts.wantMadeBy(storeId, id)
      const phone = await sql.transaction((within) => entryKeys.add(id, request.body, within))
      await people.audit.append({ what: 'phone-added', who: auditName(storeId), about: phone.id, place: request.ip })
      return reply.code(201).send(phone)
    },
  )

  app.get(
    '/v1/stores/:id/accounts',
    {
      config,
      schema: {
        summary: 'The accounts that a store lets in',
        description:
          'Send the ETag of the last answer as If-None-Match; 304 means that nothing changed. Each answer says in ' +
          "`Credential-Ends` when the store's credential ends, in `Failed-Refunds` how many refunds wait for a person, and in " +
          '`Bills-Wanted` (an interval of ISO 8601) when bills were taken that are to be sent once more, since the service ' +
          'was put back from a copy. Send the `Books-Mark` of the last answer back, so that the service finds out by itself ' +
          'that it was.',
        security,
        params: IdParams,
        querystring: StoreQuery,
        headers: MarkHeaders,
        response: { 200: ref('Accounts'), 304: Type.Null(), 401: ref('Error'), 403: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      wantOwn(storeOf(request), id)
      await entryKeys.heardOf(id, oneLine(request.query.name ?? '') || id)
      const heard = request.headers[booksMarkHeader]
      if (heard !== undefined) await booksMarks.heard(id, heard)
      const etag = await accounts.etag()
      const wanted = await billsWanted(sql, now())
      reply.headers({
        etag,
        [credentialEnds]: new Date(request.caller?.endsAt ?? 0).toISOString(),
        [booksMarkHeader]: await booksMarks.newest(id),
        [failedRefundsHeader]: await payments.countFailedRefunds(id),
        ...(wanted === null ? {} : { [billsWantedHeader]: wanted }),
      })
      if (request.headers['if-none-match'] === etag) return reply.code(304).send(null)
      return accounts.forStore(id)
    },
  )
}
