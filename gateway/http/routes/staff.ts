/** Signing in at the store's pages; who may what, for admins; what was done. */
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { sessionOf, subjectOf } from '../../../cloud-sync/people/access.ts'
import type { AuditAct, NewAuditEntry } from '../../../cloud-sync/people/audit-log.ts'
import { ownRoutes } from '../../../cloud-sync/people/own-routes.ts'
import { signInRoutes } from '../../../cloud-sync/people/sign-in-routes.ts'
import { SignInLinkSchema } from '../../../models/contracts/people.ts'
import {
  AuditEntrySchema,
  NewRoleSchema,
  NewStaffSchema,
  StaffNameSchema,
  StaffViewSchema,
} from '../../../models/contracts/staff.ts'
import { StaffError } from '../../staff/staff-book.ts'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const NameParams = Type.Object({ name: StaffNameSchema })
const AuditQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'how many, the latest' }),
})
const admin = { access: 'admin' } as const
const done = Type.Null({ description: 'done' })

export function staffRoutes(app: App, parts: Parts): void {
  const { staff } = parts
  const { people } = staff
  signInRoutes(app, {
    prefix: '/api',
    people,
    email: false,
    isKnown: async (name, within) => (await staff.find(name, within)) !== null,
  })
  ownRoutes(app, { prefix: '/api/me', people, access: 'viewer', labelOf: async (name) => name })

  app.get(
    '/api/me',
    {
      config: { access: 'viewer' },
      schema: { summary: 'Who is signed in', response: { 200: StaffViewSchema, 401: ref('Error') } },
    },
    async (request) => {
      const found = await staff.find(subjectOf(request))
      if (found === null) throw new GatewayError('NOT_FOUND', 'this is the token of a simulator')
      return found
    },
  )
  adminRoutes(app, parts)
}

function adminRoutes(app: App, { staff }: Parts): void {
  const { people } = staff

  /** Changing who may what wants a person, signed in just now. */
  async function change<T>(
    request: FastifyRequest,
    what: AuditAct,
    about: string,
    work: (said: NewAuditEntry) => Promise<T>,
    detail?: string,
  ) {
    const session = sessionOf(request)
    people.wantFresh(session)
    const said = { what, who: session.subject, about, place: request.ip, detail: detail ?? null }
    return work(said).catch((error: unknown) => {
      if (error instanceof StaffError) throw new GatewayError('NOT_SO', error.message)
      throw error
    })
  }

  app.get(
    '/api/staff',
    {
      config: admin,
      schema: { summary: 'Who works in the store', response: { 200: Type.Array(StaffViewSchema), 401: ref('Error') } },
    },
    async () => [...(await staff.list())],
  )

  app.post(
    '/api/staff',
    {
      config: admin,
      schema: {
        summary: 'Add a person',
        description:
          'The code in the answer signs them in, once, within a day. Needs a sign-in of the last ten minutes.',
        body: NewStaffSchema,
        response: { 201: SignInLinkSchema, 400: ref('Error'), 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { name, role } = request.body
      return reply
        .code(201)
        .send(await change(request, 'account-made', name, (said) => staff.add(name, role, said), role))
    },
  )

  app.put(
    '/api/staff/:name/role',
    {
      config: admin,
      schema: {
        summary: 'Change what somebody may do',
        description: 'Counts at once. Needs a sign-in of the last ten minutes.',
        params: NameParams,
        body: NewRoleSchema,
        response: { 204: done, 400: ref('Error'), 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const [{ name }, { role }] = [request.params, request.body]
      await change(request, 'role-changed', name, (said) => staff.setRole(name, role, said), role)
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/api/staff/:name/sign-in-code',
    {
      config: admin,
      schema: {
        summary: 'Make a code for somebody who has lost their passkey',
        description: 'It signs in once, within a day. Needs a sign-in of the last ten minutes.',
        params: NameParams,
        response: { 201: SignInLinkSchema, 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      return reply.code(201).send(await change(request, 'sign-in-link-made', name, (said) => staff.newCode(name, said)))
    },
  )

  app.post(
    '/api/staff/:name/shut-out',
    {
      config: admin,
      schema: {
        summary: 'End all sessions of somebody, and take their passkeys and codes back',
        description: 'For a lost device; a new code lets them in again. Needs a sign-in of the last ten minutes.',
        params: NameParams,
        response: { 204: done, 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      await change(request, 'sessions-ended', name, (said) => staff.shutOut(name, said), 'and passkeys')
      return reply.code(204).send(null)
    },
  )

  app.delete(
    '/api/staff/:name',
    {
      config: admin,
      schema: {
        summary: 'Let somebody in no more',
        description: 'They are signed out at once. Needs a sign-in of the last ten minutes.',
        params: NameParams,
        response: { 204: done, 403: ref('Error'), 409: ref('Error') },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      await change(request, 'account-removed', name, (said) => staff.remove(name, said))
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/audit',
    {
      config: admin,
      schema: {
        summary: 'Who did what, newest first',
        querystring: AuditQuery,
        response: { 200: Type.Array(AuditEntrySchema), 401: ref('Error') },
      },
    },
    async (request) => [...(await people.audit.latest(request.query.limit))],
  )
}
