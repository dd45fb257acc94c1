import { GatewayError } from '../errors.ts'
import { createLiveFeed } from '../live-feed.ts'
import { ref, textOf } from '../schemas.ts'
import type { App, Parts } from './types.ts'

export function liveRoutes(app: App, { live, now }: Parts): void {
  const picture = async () => JSON.stringify(await live())
  const feed = createLiveFeed({
    picture,
    now,
    onError: (error) => app.log.error({ err: error }, 'the live picture could not be made'),
  })
  app.addHook('preClose', async () => feed.stop())

  app.get(
    '/api/live.json',
    { schema: { summary: 'One picture of the shop', response: { 200: textOf('LiveView') } } },
    async (_request, reply) => reply.type('application/json; charset=utf-8').send(await picture()),
  )

  app.get(
    '/api/live',
    {
      schema: {
        summary: 'Pictures of the shop as they change',
        description: 'Server-sent events named `live`, each a whole LiveView, at most five a second.',
        produces: ['text/event-stream'],
        response: { 503: ref('Error') },
      },
    },
    (_request, reply) => {
      for (const [name, value] of Object.entries(reply.getHeaders()))
        if (value !== undefined) reply.raw.setHeader(name, value)
      if (!feed.add(reply.raw)) throw new GatewayError('TOO_MANY_VIEWERS')
      reply.hijack()
    },
  )
}
