/**
 * A server that behaves like the part of Stripe that we use: form-encoded requests, idempotency keys that replay the
 * first answer and are forgotten when told to, cards that decline or want their owner, answers that get lost.
 */
import type { IncomingMessage } from 'node:http'
import { listenNear, type ServerKeys } from './near-server.ts'
import { createStripeState, type Fields, type Reply, type StripeState } from './stripe-state.ts'

interface Kept {
  readonly body: string
  readonly reply: Reply
}

export interface StripeServer extends StripeState {
  readonly url: URL
  /** Every request: method, path and fields, oldest first. */
  readonly requests: readonly { readonly what: string; readonly fields: Fields; readonly version: string }[]
  /**
   * The next answer is lost, before or after the request had its effect. Stripe's package tries once more by itself, so
   * it is lost twice.
   */
  loseNext(when: 'before' | 'after'): void
  /** As after 24 hours. */
  forgetKeys(): void
  close(): Promise<void>
}

/** `serverKeys`: speaks https with them. */
export async function startStripeServer(serverKeys?: ServerKeys): Promise<StripeServer> {
  const state = createStripeState()
  const requests: { what: string; fields: Fields; version: string }[] = []
  const keys = new Map<string, Kept>()
  let lost: ('before' | 'after')[] = []

  function answer(what: string, key: string | undefined, body: string, fields: Fields): Reply & { replayed: boolean } {
    const known = key === undefined ? undefined : keys.get(key)
    if (known !== undefined && known.body !== body)
      return {
        status: 400,
        body: { error: { type: 'idempotency_error', message: 'other parameters' } },
        replayed: false,
      }
    if (known !== undefined) return { ...known.reply, replayed: true }
    const reply = state.answer(what, fields)
    if (key !== undefined) keys.set(key, { body, reply: structuredClone(reply) })
    return { ...reply, replayed: false }
  }

  const { url, close } = await listenNear(serverKeys, async (request, response) => {
    const body = await textOf(request)
    const { pathname, search } = new URL(request.url ?? '/', 'http://stripe.test')
    const fields = Object.fromEntries(new URLSearchParams(body || search))
    const what = `${request.method} ${pathname}`
    const version = String(request.headers['stripe-version'])
    requests.push({ what, fields, version })
    const losing = lost.shift()
    if (losing === 'before') return void request.socket.destroy()
    const key = request.headers['idempotency-key']
    const { status, body: json, replayed } = answer(what, typeof key === 'string' ? key : undefined, body, fields)
    if (losing === 'after') return void request.socket.destroy()
    response.writeHead(status, {
      'content-type': 'application/json',
      connection: 'close',
      ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
    })
    response.end(JSON.stringify(json))
  })
  return {
    ...state,
    url,
    close,
    requests,
    loseNext: (when) => {
      lost = [when, when]
    },
    forgetKeys: () => keys.clear(),
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}
