/** How shoppers sign in, up and out, and what they change of how. */
import { Type } from 'typebox'
import { NewAccountSchema } from '../../models/contracts/http.ts'
import { CodeAnswerSchema, CodeAttemptSchema, CodeRequestSchema } from '../../models/contracts/people.ts'
import { ownRoutes } from '../people/own-routes.ts'
import { PeopleError } from '../people/people-error.ts'
import { done, ownOnly, signInConfig, signInRoutes } from '../people/sign-in-routes.ts'
import { ref } from '../schemas.ts'
import type { SqlSession } from '../sql.ts'
import { accountOfCaller, config, security } from './own-account.ts'
import type { App, Parts } from './types.ts'

const NameBody = Type.Object({ name: NewAccountSchema.properties.name })

export function shopperSignInRoutes(app: App, parts: Parts): void {
  const { accounts, people, emailSignIn } = parts
  signInRoutes(app, {
    prefix: '/v1',
    people,
    email: emailSignIn !== null,
    isKnown: async (id, within) => (await accounts.byId(id, within)) !== null,
  })
  emailRoutes(app, parts)
  const labelOf = async (id: string) => {
    const account = await accounts.byId(id)
    return account?.email ?? account?.name ?? id
  }
  ownRoutes(app, { prefix: '/v1/me', people, access: 'shopper', labelOf })

  const accountOf = accountOfCaller(accounts)
  app.put(
    '/v1/me/name',
    {
      config,
      schema: {
        summary: 'Change how the shopper is addressed',
        security,
        body: NameBody,
        response: { 200: ref('AccountView'), 400: ref('Error'), 401: ref('Error') },
      },
    },
    async (request) => {
      const account = await accountOf(request)
      await accounts.rename(account.id, request.body.name)
      await people.audit.append({ what: 'account-changed', who: account.id, place: request.ip, detail: 'name' })
      return { ...account, name: request.body.name }
    },
  )
}

function emailRoutes(app: App, { accounts, entryKeys, people, emailSignIn }: Parts): void {
  const { audit } = people
  const onRequest = ownOnly(people)

  async function takeOver(id: string, within: SqlSession): Promise<void> {
    await people.shutOut(id, within)
    await entryKeys.removeAll(id, within)
    await accounts.own(id, within)
  }

  app.post(
    '/v1/sign-in/email',
    {
      config: signInConfig,
      onRequest,
      schema: {
        summary: 'Have a sign-in code sent',
        description: 'The answer is the same whether there is an account or not. Five codes an hour to one address.',
        body: CodeRequestSchema,
        response: { 202: CodeAttemptSchema, 400: ref('Error'), 429: ref('Error'), 503: ref('Error') },
      },
    },
    async (request, reply) => {
      if (emailSignIn === null) throw new PeopleError('NO_MAIL')
      const attempt = await emailSignIn.begin(request.body.email)
      await audit.append({ what: 'sign-in-asked', place: request.ip, detail: 'email-code' })
      return reply.code(202).send({ attempt })
    },
  )

  app.post(
    '/v1/sign-in/email/code',
    {
      config: signInConfig,
      onRequest,
      schema: {
        summary: 'Sign in, or up, with the code that was sent',
        description:
          'Five tries within ten minutes. The answer sets the cookie of a session. The first time at an account that a ' +
          'store made, whatever let somebody in before, here or at a gate, does so no more.',
        body: CodeAnswerSchema,
        response: {
          204: done,
          400: ref('Error'),
          409: ref('Error'),
          422: ref('Error'),
          429: ref('Error'),
          503: ref('Error'),
        },
      },
    },
    async (request, reply) => {
      if (emailSignIn === null) throw new PeopleError('NO_MAIL')
      const { attempt, code } = request.body
      const found = await emailSignIn.finish(attempt, code)
      if (found === null) {
        await audit.append({ what: 'sign-in-refused', place: request.ip, detail: 'email-code' })
        throw new PeopleError('WRONG_CODE')
      }
      const { account, isNew, isTakenOver } = found
      if (isNew) await audit.append({ what: 'account-made', who: account.id, about: account.id, place: request.ip })
      await people.signIn(request, reply, 'email-code', async (within) => {
        if (isTakenOver) await takeOver(account.id, within)
        return account.id
      })
      return reply.code(204).send(null)
    },
  )
}
