import { Type } from 'typebox'
import { ref, textOf } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const json = 'application/json; charset=utf-8'
const BillsQuery = Type.Object({
  limit: Type.Integer({ minimum: 1, maximum: 1000, default: 50, description: 'how many, the latest' }),
})

export function storeRoutes(app: App, { store, devices, bills, billsFile }: Parts): void {
  const storeText = JSON.stringify(store)

  app.get(
    '/api/store',
    { schema: { summary: 'The store file', response: { 200: textOf('Store') } } },
    async (_request, reply) => reply.type(json).send(storeText),
  )

  app.get(
    '/api/devices',
    {
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
      schema: {
        summary: "Every bill and event since the store's data began",
        description: 'The same shape as the file that a replay writes.',
        response: { 200: textOf('BillsFile') },
      },
    },
    async (_request, reply) => reply.type(json).send(JSON.stringify(await billsFile())),
  )
}
