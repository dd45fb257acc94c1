import { Type } from 'typebox'
import { GatewayError } from '../errors.ts'
import { ref } from '../schemas.ts'
import type { App, Parts } from './types.ts'

const ok = Type.Object({ status: Type.Literal('ok') })

/** Whoever watches over the process needs no sign-in to see whether it works; figures of the shop are for who may look. */
const open = { access: 'anyone' } as const

export function healthRoutes(app: App, { problems, metrics }: Parts): void {
  app.get('/healthz', { config: open, schema: { summary: 'The process runs', response: { 200: ok } } }, async () => ({
    status: 'ok' as const,
  }))

  app.get(
    '/readyz',
    {
      config: open,
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
    { config: { access: 'viewer' }, schema: { summary: 'Figures for Prometheus', response: { 200: Type.String() } } },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  )
}
