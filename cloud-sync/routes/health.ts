import { Type } from 'typebox'
import type { App, Parts } from './types.ts'

const ok = { 200: Type.Object({ status: Type.Literal('ok') }) }

export function healthRoutes(app: App, { sql }: Parts): void {
  app.get('/healthz', { schema: { summary: 'The process runs', response: ok } }, async () => ({
    status: 'ok' as const,
  }))
  app.get('/readyz', { schema: { summary: 'The database answers', response: ok } }, async () => {
    await sql.query('SELECT 1 AS one')
    return { status: 'ok' as const }
  })
}
