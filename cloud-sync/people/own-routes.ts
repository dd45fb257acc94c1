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
import type { AuditAct } from './audit-log.ts'
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

function sessionRoutes(app: App, options: OwnRouteOptions): void {
  const { prefix, people, access } = options
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

  removalRoute(app, options, {
    path: 'sessions',
    summary: 'End a session somewhere else',
    act: { what: 'sessions-ended', detail: '1' },
    remove: sessions.end,
  })
}

function passkeyRoutes(app: App, options: OwnRouteOptions): void {
  const { prefix, people, access, labelOf } = options
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
        response: { 201: PasskeyViewSchema, 401: errorRef, 403: errorRef, 409: errorRef, 422: errorRef },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      const { name, answer } = request.body
      const at = passkeySiteOf(people, request)
      const made = await passkeys.finishAdding(at, session, name, answer as unknown as RegistrationResponseJSON)
      await audit.append({ what: 'passkey-added', who: session.subject, about: name, place: request.ip })
      return reply.code(201).send(made)
    },
  )

  removalRoute(app, options, {
    path: 'passkeys',
    summary: 'Remove a passkey',
    act: { what: 'passkey-removed' },
    remove: passkeys.remove,
  })
}

interface Removal {
  readonly path: string
  readonly summary: string
  /** As it stands in the audit log. */
  readonly act: { readonly what: AuditAct; readonly detail?: string }
  /** False: the subject has no such thing. */
  readonly remove: (subject: string, id: string) => Promise<boolean>
}

/** `DELETE <prefix>/<path>/:id`: takes one thing away from who has signed in just now. */
function removalRoute(app: App, { prefix, people, access }: OwnRouteOptions, removal: Removal): void {
  const { path, summary, act, remove } = removal
  app.delete(
    `${prefix}/${path}/:id`,
    {
      config: { access },
      schema: {
        summary,
        description: 'Needs a sign-in of the last ten minutes.',
        params: IdParams,
        response: { 204: done, 401: errorRef, 403: errorRef, 404: errorRef },
      },
    },
    async (request, reply) => {
      const session = sessionOf(request)
      people.wantFresh(session)
      if (!(await remove(session.subject, request.params.id))) throw new PeopleError('NOT_FOUND')
      await people.audit.append({ ...act, who: session.subject, place: request.ip })
      return reply.code(204).send(null)
    },
  )
}
