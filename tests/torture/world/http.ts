/** `fetch` from one process of the world to a service of another, over a link. */
import type { Link } from './network.ts'
import type { SimulatedProcess } from './process.ts'

export interface SimulatedRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

export interface SimulatedAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Resolves to the answer; rejects when nobody listens; never does either when whoever listens dies of it. */
export type Listener = (request: SimulatedRequest) => Promise<SimulatedAnswer>

/** `heard` is told of each answer that reaches the living. */
export function fetchOver(
  link: Link,
  process: SimulatedProcess,
  listener: Listener,
  heard: (request: SimulatedRequest, answer: SimulatedAnswer) => void = () => {},
): typeof fetch {
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      const request = requestOf(input, init)
      const what = `${request.method} ${request.path}`
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true })
      const answerBy = (answer: SimulatedAnswer) =>
        link.answer(`${answer.status} to ${what}`, () => {
          if (!process.alive || init.signal?.aborted === true) return
          heard(request, answer)
          resolve(new Response(answer.body === '' ? null : answer.body, answer))
        })
      link.send(what, () => {
        listener(request).then(answerBy, () =>
          link.answer('nobody listens', () => {
            if (process.alive) reject(new TypeError('fetch failed'))
          }),
        )
      })
    })
}

function requestOf(input: string | URL | Request, { method = 'GET', headers, body }: RequestInit): SimulatedRequest {
  const { pathname, search } = new URL(input instanceof Request ? input.url : input)
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT') throw new Error(`no such method here: ${method}`)
  const fields = Object.fromEntries(new Headers(headers).entries())
  return { method, path: `${pathname}${search}`, headers: fields, body: typeof body === 'string' ? body : null }
}
