import { Type } from 'typebox'
import { subjectOf } from '../../../cloud-sync/people/access.ts'
import { ref, textOf } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const json = 'application/json; charset=utf-8'
const BillsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 50, description: 'how many, the latest' }),
})

const viewer = { access: 'viewer' } as const

export function storeRoutes(app: App, { store, staff, devices, bills, billsFile }: Parts): void {
  const storeText = JSON.stringify(store)

  app.get(
    '/api/store',
    { config: viewer, schema: { summary: 'The store file', response: { 200: textOf('Store') } } },
    async (_request, reply) => reply.type(json).send(storeText),
  )

  app.get(
    '/api/devices',
    {
      config: viewer,
      schema: {
        summary: 'Devices and whether they can be relied on',
        response: { 200: Type.Array(ref('DeviceView')) },
      },
    },
    async () => [...devices()],
  )

  app.get(
    '/api/bills',
    {
      config: viewer,
      schema: {
        summary: 'The latest bills, oldest first',
        querystring: BillsQuery,
        response: { 200: Type.Array(ref('StoreBill')), 400: ref('Error') },
      },
    },
    async (request) => [...(await bills(request.query.limit))],
  )

  app.get(
    '/api/bills-file',
    {
      config: { access: 'operator' },
      schema: {
        summary: "Every bill and event since the store's data began",
        description: 'The same shape as the file that a replay writes.',
        response: { 200: textOf('BillsFile') },
      },
    },
    async (request, reply) => {
      const text = JSON.stringify(await billsFile())
      await staff.people.audit.append({
        what: 'exported',
        who: subjectOf(request),
        about: 'bills-file',
        place: request.ip,
      })
      return reply.type(json).send(text)
    },
  )
}
