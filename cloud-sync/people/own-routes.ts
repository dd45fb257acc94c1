/** What who is signed in sees and changes of how they sign in: sessions, passkeys. The same at both servers. */
import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { Type } from 'typebox'
import {
  NewPasskeySchema,
  PasskeyQuestionSchema,
  PasskeyViewSchema,
  SessionViewSchema,
} from '../../models/contracts/people.ts'
import type { App } from '../routes/types.ts'
import { type Access, sessionOf, subjectOf } from './access.ts'
import type { People } from './people.ts'
import { PeopleError } from './people-error.ts'
import { done, errorRef, passkeySiteOf } from './sign-in-routes.ts'

const IdParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 2000 }) })

export interface OwnRouteOptions {
  /** `/v1/me` or `/api/me`. */
  readonly prefix: string
  readonly people: People
  /** What everybody who signs in may. */
  readonly access: Access
  /** What a device shows beside the passkey. */
  readonly labelOf: (subject: string) => Promise<string>
}

export function ownRoutes(app: App, options: OwnRouteOptions): void {
  sessionRoutes(app, options)
  passkeyRoutes(app, options)
}

function sessionRoutes(app: App, { prefix, people, access }: OwnRouteOptions): void {
  const { sessions, audit, cookie } = people
  const config = { access }

  app.post(
    `${prefix}/sign-out`,
    { config, schema: { summary: 'End this session', response: { 204: done, 401: errorRef } } },
    async (request, reply) => {
      const { subject, id } = sessionOf(request)
      await sessions.end(subject, id)
      await audit.append({ what: 'signed-out', who: subject, place: request.ip })
      return reply.header('set-cookie', cookie.take()).code(204).send(null)
    },
  )

  app.get(
    `${prefix}/sessions`,
    {
      config,
      schema: {
        summary: 'Where one is signed in, newest first',
        response: { 200: Type.Array(SessionViewSchema), 401: errorRef },
      },
    },
    async (request) => {
      const rows = await sessions.ofSubject(subjectOf(request))
      return rows.map(({ subject: _, ...row }) => ({ ...row, isThis: row.id === request.caller?.session?.id }))
    },
  )

  app.delete(
    `${prefix}/sessions`,
    { config, schema: { summary: 'Sign out everywhere, here too', response: { 204: done, 401: errorRef } } },
    async (request, reply) => {
      const subject = subjectOf(request)
      const ended = await sessions.endAll(subject)
      await audit.append({ what: 'sessions-ended', who: subject, place: request.ip, detail: `${ended}` })
      return reply.header('set-cookie', cookie.take()).code(204).send(null)
    },
  )

  app.delete(
    `${prefix}/sessions/:id`,
    {
      config,
      schema: {
        summary: 'End a session somewhere else',
        description: 'Needs a sign-in of the last ten minutes.',
        params: IdParams,
        response: { 204: done, 401: errorRef, 403: errorRef, 404: errorRef },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      if (!(await sessions.end(session.subject, request.params.id))) throw new PeopleError('NOT_FOUND')
      await audit.append({ what: 'sessions-ended', who: session.subject, place: request.ip, detail: '1' })
      return reply.code(204).send(null)
    },
  )
}

function passkeyRoutes(app: App, { prefix, people, access, labelOf }: OwnRouteOptions): void {
  const { passkeys, audit } = people
  const config = { access }

  app.get(
    `${prefix}/passkeys`,
    {
      config,
      schema: {
        summary: 'Own passkeys, oldest first',
        response: { 200: Type.Array(PasskeyViewSchema), 401: errorRef },
      },
    },
    async (request) => [...(await passkeys.ofSubject(subjectOf(request)))],
  )

  app.post(
    `${prefix}/passkeys/question`,
    {
      config,
      schema: {
        summary: 'What a device shall answer to make a passkey',
        description: 'Needs a sign-in of the last ten minutes.',
        response: { 200: PasskeyQuestionSchema, 401: errorRef, 403: errorRef, 409: errorRef },
      },
    },
    async (request) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      const label = await labelOf(session.subject)
      return { ...(await passkeys.beginAdding(passkeySiteOf(people, request), session.subject, label)) }
    },
  )

  app.post(
    `${prefix}/passkeys`,
    {
      config,
      schema: {
        summary: 'Take a new passkey',
        description: 'Needs a sign-in of the last ten minutes.',
        body: NewPasskeySchema,
        response: { 201: PasskeyViewSchema, 401: errorRef, 403: errorRef, 422: errorRef },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      const { name, answer } = request.body
      const at = passkeySiteOf(people, request)
      const made = await passkeys.finishAdding(at, session.subject, name, answer as unknown as RegistrationResponseJSON)
      await audit.append({ what: 'passkey-added', who: session.subject, about: name, place: request.ip })
      return reply.code(201).send(made)
    },
  )

  app.delete(
    `${prefix}/passkeys/:id`,
    {
      config,
      schema: {
        summary: 'Remove a passkey',
        description: 'Needs a sign-in of the last ten minutes.',
        params: IdParams,
        response: { 204: done, 401: errorRef, 403: errorRef, 404: errorRef },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      if (!(await passkeys.remove(session.subject, request.params.id))) throw new PeopleError('NOT_FOUND')
      await audit.append({ what: 'passkey-removed', who: session.subject, place: request.ip })
      return reply.code(204).send(null)
    },
  )
}
