import type { FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import { createLiveFeed } from '../live-feed.ts'
import { ref, textOf } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const viewer = { access: 'viewer' } as const

export function liveRoutes(app: App, { live, door, now }: Parts): void {
  /** Who was signed out, or has left, sees no more of the shop, however long the page was open. */
  const stillMay = async (request: FastifyRequest) =>
    door.callerOf(request).then(
      (caller) => caller.may('viewer'),
      () => false,
    )
  const picture = async () => JSON.stringify(await live())
  const feed = createLiveFeed({
    picture,
    now,
    onError: (error) => app.log.error({ err: error }, 'the live picture could not be made'),
  })
  app.addHook('preClose', async () => feed.stop())

  app.get(
    '/api/live.json',
    { config: viewer, schema: { summary: 'One picture of the shop', response: { 200: textOf('LiveView') } } },
    async (_request, reply) => reply.type('application/json; charset=utf-8').send(await picture()),
  )

  app.get(
    '/api/live',
    {
      config: viewer,
      schema: {
        summary: 'Pictures of the shop as they change',
        description: 'Server-sent events named `live`, each a whole LiveView, at most five a second.',
        produces: ['text/event-stream'],
        response: { 503: ref('Error') },
      },
    },
    (request, reply) => {
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
      if (!feed.add(reply.raw, () => stillMay(request))) throw new GatewayError('TOO_MANY_VIEWERS')
      reply.hijack()
    },
  )
}
