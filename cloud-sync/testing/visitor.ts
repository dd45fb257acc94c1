/** A browser, as far as signing in goes: keeps the cookie that it is given, says where its requests come from. */
import type { FastifyInstance, InjectOptions } from 'fastify'

export interface VisitorAnswer {
  readonly status: number
  readonly body: { readonly code?: string } & Record<string, unknown>
  readonly cookie: string | null
}

export interface Visitor {
  ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object): Promise<VisitorAnswer>
  /** The cookie that it has now, `name=value`; null: none. */
  readonly cookie: () => string | null
}

/** `headers` stand in for those of a browser on its own page; `from` is its network address. */
export function visitor(
  app: FastifyInstance,
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin', host: 'localhost:8081' },
  from = '192.0.2.7',
): Visitor {
  let cookie: string | null = null
  return {
    cookie: () => cookie,
    async ask(method, url, body) {
      const options: InjectOptions = {
        method,
        url,
        remoteAddress: from,
        headers: { ...headers, ...(cookie === null ? {} : { cookie }) },
        ...(body === undefined ? {} : { payload: body }),
      }
      const answer = await app.inject(options)
      const given = answer.headers['set-cookie']
      const line = typeof given === 'string' ? given : null
      const pair = line === null ? null : (line.split(';')[0] ?? '')
      if (pair !== null) cookie = pair.endsWith('=') ? null : pair
      return { status: answer.statusCode, body: answer.body === '' ? {} : answer.json(), cookie: line }
    },
  }
}
