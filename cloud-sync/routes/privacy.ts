/** What a shopper may ask about their own data: all of it, and that it goes. */
import { Type } from 'typebox'
import { sessionOf } from '../people/access.ts'
import { closeAccount } from '../privacy/erase.ts'
import { exportAccount } from '../privacy/export.ts'
import { ref } from '../schemas.ts'
import { accountOfCaller, config, security } from './own-account.ts'
import type { App, Parts } from './types.ts'

/** It reads all that there is; nobody needs it twice a day. */
const exportRate = { max: 10, timeWindow: 3_600_000 }

export function privacyRoutes(app: App, parts: Parts): void {
  const { people } = parts
  const accountOf = accountOfCaller(parts.accounts)

  app.get(
    '/v1/me/export',
    {
      config: { ...config, seldom: exportRate },
      // HEAD would be counted by itself.
      exposeHeadRoute: false,
      schema: {
        summary: 'Everything that is kept about this account',
        security,
        response: { 200: ref('AccountExport'), 401: ref('Error'), 429: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = await accountOf(request)
      await people.audit.append({ what: 'exported', who: id, place: request.ip })
      reply.header('content-disposition', 'attachment; filename="tillfree-account.json"')
      return exportAccount(parts, id)
    },
  )

  app.delete(
    '/v1/me',
    {
      config,
      schema: {
        summary: 'Erase this account',
        description:
          'Closes it: it is let in nowhere and nobody is signed in; stores hear of it within seconds. It is erased by itself ' +
          'a day later, so that bills of visits from before are still paid, and not before they are settled. Receipts stay for as ' +
          'long as the law wants them, without a name. Not while a bill is not settled (409). Wants a sign-in of the last ' +
          'ten minutes.',
        security,
        response: { 204: Type.Null(), 401: ref('Error'), 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { id } = await accountOf(request)
      people.wantFresh(sessionOf(request))
      await parts.sql.transaction((session) => closeAccount(session, id, parts.now()))
      await people.audit.append({ what: 'account-closed', who: id, place: request.ip })
      request.log.info('an account was closed, to be erased')
      return reply.code(204).send(null)
    },
  )
}
