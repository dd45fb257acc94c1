/** The account page, where it was built. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

const root = fileURLToPath(new URL('./pages/dist', import.meta.url))

export async function staticPages(app: FastifyInstance): Promise<void> {
  if (existsSync(`${root}/index.html`)) await app.register(fastifyStatic, { root, dotfiles: 'deny' })
  else
    app.get('/', { config: { access: 'anyone' }, schema: { hide: true } }, (_request, reply) =>
      reply.code(404).type('text/plain').send('The account page is not built. Run: npm run build:pages\n'),
    )
}
