import { Type } from 'typebox'
import type { App, Parts } from './types.ts'

const ok = { 200: Type.Object({ status: Type.Literal('ok') }) }

/** It says nothing but that: whoever watches over the process needs no sign-in. */
const config = { access: 'anyone' } as const

export function healthRoutes(app: App, { sql }: Parts): void {
  app.get('/healthz', { config, schema: { summary: 'The process runs', response: ok } }, async () => ({
    status: 'ok' as const,
  }))
  app.get('/readyz', { config, schema: { summary: 'The database answers', response: ok } }, async () => {
    await sql.query('SELECT 1 AS one')
    return { status: 'ok' as const }
  })
}
