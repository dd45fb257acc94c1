/** Signing in by passkey and by what was handed over, the same at both servers. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  LinkAnswerSchema,
  PasskeyQuestionSchema,
  PasskeySignInSchema,
  SignInWaysSchema,
} from '../../models/contracts/people.ts'
import type { App } from '../routes/types.ts'
import type { SqlSession } from '../sql.ts'
import type { PasskeySite } from './passkeys.ts'
import type { People } from './people.ts'
import { PeopleError } from './people-error.ts'

/**
 * For one network address and route: a family or a shop's guests behind one address sign in freely, a machine does not
 * try.
 */
const signInRate = { max: 60, timeWindow: 10 * 60_000 }
/** What is on each route that signs in. */
export const signInConfig = { access: 'anyone', rateLimit: signInRate } as const
export const done = Type.Null({ description: 'done' })
export const errorRef = Type.Unsafe<never>({ $ref: 'Error#' })

export interface SignInRouteOptions {
  /** `/v1` or `/api`. */
  readonly prefix: string
  readonly people: People
  /** Whether codes can be sent by e-mail. */
  readonly email: boolean
  /** Whether somebody may (still) sign in. */
  readonly isKnown: (subject: string, within: SqlSession) => Promise<boolean>
}

export function signInRoutes(app: App, { prefix, people, email, isKnown }: SignInRouteOptions): void {
  const { links, passkeys, audit, site } = people
  const onRequest = ownOnly(people)

  /** Null also for somebody who is no more. */
  async function known(subject: string | null, within: SqlSession): Promise<string | null> {
    return subject !== null && (await isKnown(subject, within)) ? subject : null
  }

  async function refuse(request: FastifyRequest, code: 'WRONG_LINK' | 'WRONG_PASSKEY', why: string): Promise<never> {
    await audit.append({ what: 'sign-in-refused', place: request.ip, detail: why })
    throw new PeopleError(code)
  }

  app.post(
    `${prefix}/sign-in/link`,
    {
      config: signInConfig,
      onRequest,
      schema: {
        summary: 'Sign in with a link or code that was handed over',
        description: 'Once. The answer sets the cookie of a session.',
        body: LinkAnswerSchema,
        response: { 204: done, 422: errorRef, 429: errorRef },
      },
    },
    async (request, reply) => {
      const { secret } = request.body
      const isIn = await people.signIn(request, reply, 'link', async (within) =>
        known(await links.redeem(secret, within), within),
      )
      if (!isIn) return refuse(request, 'WRONG_LINK', 'link')
      return reply.code(204).send(null)
    },
  )

  app.post(
    `${prefix}/sign-in/passkey/question`,
    {
      config: signInConfig,
      onRequest,
      schema: {
        summary: 'What a passkey shall answer to sign in',
        response: { 200: PasskeyQuestionSchema, 422: errorRef, 429: errorRef },
      },
    },
    async (request) => ({ ...(await passkeys.beginSignIn(passkeySiteOf(people, request))) }),
  )

  app.post(
    `${prefix}/sign-in/passkey`,
    {
      config: signInConfig,
      onRequest,
      schema: {
        summary: 'Sign in with a passkey',
        description: 'The answer sets the cookie of a session.',
        body: PasskeySignInSchema,
        response: { 204: done, 422: errorRef, 429: errorRef },
      },
    },
    async (request, reply) => {
      const answer = request.body.answer as unknown as AuthenticationResponseJSON
      const at = passkeySiteOf(people, request)
      const answered = await passkeys.finishSignIn(at, answer).catch((error: unknown) => {
        if (error instanceof PeopleError) return refuse(request, 'WRONG_PASSKEY', `passkey: ${error.message}`)
        throw error
      })
      const isIn = await people.signIn(request, reply, 'passkey', async (within) =>
        known(await passkeys.use(answered, within), within),
      )
      if (!isIn) return refuse(request, 'WRONG_PASSKEY', 'passkey that was removed, or of somebody who is no more')
      return reply.code(204).send(null)
    },
  )

  app.get(
    `${prefix}/sign-in`,
    {
      config: { access: 'anyone' },
      schema: { summary: 'In which ways one can sign in at this address', response: { 200: SignInWaysSchema } },
    },
    async (request) => ({ email, passkey: site.passkeysAt(request) !== null }),
  )
}

/** Nobody is signed in, as somebody else perhaps, by a page of another site. */
export function ownOnly({ site }: People): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    if (!site.isOwn(request)) throw new PeopleError('OTHER_SITE')
  }
}

/** Throws WRONG_PASSKEY where none can be used. */
export function passkeySiteOf({ site }: People, request: FastifyRequest): PasskeySite {
  const at = site.passkeysAt(request)
  if (at === null) throw new PeopleError('WRONG_PASSKEY', 'passkeys need https and a name, or http://localhost')
  return at
}
