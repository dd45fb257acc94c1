/** The dashboard, where it was built. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Tillfree</title>
<h1>The pages are not built</h1><p>Run <code>npm run build:pages</code> and load this page again.</p>
<p>The interface works without them: <a href="/docs">its description</a>, <a href="/api/live.json">what happens now</a>.</p></html>
`

/** Without the folder there is one page that says how to get it. */
export async function staticPages(app: FastifyInstance, root: string): Promise<void> {
  if (existsSync(join(root, 'index.html'))) {
    await app.register(fastifyStatic, { root, redirect: true, dotfiles: 'deny' })
    return
  }
  app.get('/', { config: { access: 'anyone' }, schema: { hide: true } }, (_request, reply) =>
    reply.code(503).type('text/html').send(unbuilt),
  )
}
