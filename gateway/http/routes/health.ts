import { Type } from 'typebox'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const ok = Type.Object({ status: Type.Literal('ok') })

export function healthRoutes(app: App, { problems, metrics }: Parts): void {
  app.get('/healthz', { schema: { summary: 'The process runs', response: { 200: ok } } }, async () => ({
    status: 'ok' as const,
  }))

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'The gateway can do its work',
        description: 'Messages can reach it and its journal can be written.',
        response: { 200: ok, 503: ref('Error') },
      },
    },
    async () => {
      const found = problems()
      if (found.length > 0) throw new GatewayError('NOT_READY', found.join('; '))
      return { status: 'ok' as const }
    },
  )

  app.get(
    '/metrics',
    { schema: { summary: 'Figures for Prometheus', response: { 200: Type.String() } } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
