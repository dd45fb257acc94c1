/** What an account page asks to make entry codes: what time it is, which stores there are, to register its key. */
import { Type } from 'typebox'
import { sessionOf } from '../people/access.ts'
import { wantOpen } from '../people/sessions.ts'
import { ref } from '../schemas.ts'
import { accountOfCaller, config, security } from './own-account.ts'
import type { App, Parts } from './types.ts'

const KeyParams = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{16}$' }) })

export function entryRoutes(app: App, { accounts, entryKeys, people, sql }: Parts): void {
  const accountOf = accountOfCaller(accounts)

  app.get(
    '/v1/me/entry',
    {
      config,
      schema: {
        summary: 'What this account’s page needs to show entry codes',
        security,
        response: { 200: ref('EntryView'), 401: ref('Error') },
      },
    },
    async (request) => entryKeys.view((await accountOf(request)).id),
  )

  app.post(
    '/v1/me/phones',
    {
      config,
      schema: {
        summary: 'Let this phone make entry codes',
        description:
          'Idempotent by the key. Of the eight phones that an account may have, the one added first makes room.',
        security,
        body: ref('NewPhone'),
        response: { 201: ref('Phone'), 400: ref('Error'), 401: ref('Error'), 409: ref('Error'), 422: ref('Error') },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request)
      const phone = await sql.transaction(async (within) => {
        await wantOpen(sessionOf(request), within)
        return entryKeys.add(account.id, request.body, within)
      })
      await people.audit.append({ what: 'phone-added', who: account.id, about: phone.id, place: request.ip })
      return reply.code(201).send(phone)
    },
  )

  app.delete(
    '/v1/me/phones/:id',
    {
      config,
      schema: {
        summary: 'Let a phone make no entry codes any more: it was lost, or sold',
        description: 'Stores hear of it within seconds. Idempotent.',
        security,
        params: KeyParams,
        response: { 204: Type.Null(), 401: ref('Error') },
      },
    },
    async (request, reply) => {
      const account = await accountOf(request)
      await entryKeys.remove(account.id, request.params.id)
      await people.audit.append({ what: 'phone-removed', who: account.id, about: request.params.id, place: request.ip })
      return reply.code(204).send(null)
    },
  )
}
