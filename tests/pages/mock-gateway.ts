/** Serves the store pages as the gateway does, with pictures that a test decides on. */
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import fastify from 'fastify'
import type { LiveView } from '../../models/contracts/http.ts'
import type { LateCase, NewLateDecision } from '../../models/contracts/late.ts'
import type { NewDecision, ReviewCase } from '../../models/contracts/reviews.ts'
import type { Store } from '../../models/contracts/store.ts'

export interface MockGateway {
  readonly url: string
  /** Shows a new picture to every page. */
  show(view: LiveView): void
  /** What was decided, in order. */
  readonly decisions: readonly NewDecision[]
  readonly closed: readonly NewLateDecision[]
  /** Breaks every feed and refuses new ones, until `mend()`. */
  fail(): void
  mend(): void
  close(): Promise<void>
}

/** `still` is what every camera sees; nothing when it is left out. */
export async function startMockGateway(
  store: Store,
  first: LiveView,
  review: ReviewCase,
  late: LateCase | null = null,
  still?: Uint8Array,
): Promise<MockGateway> {
  const app = fastify({ forceCloseConnections: true })
  const feeds = new Set<NodeJS.WritableStream>()
  let view = first
  let broken = false
  let refusedOnce = false
  const decisions: NewDecision[] = []
  const closed: NewLateDecision[] = []
  app.addHook('onRequest', async (request, reply) => {
    reply.header('content-security-policy', "default-src 'self'")
    if (broken && request.url.startsWith('/api/')) return reply.code(503).send()
  })
  app.get('/api/store', async () => store)
  app.get('/api/me', async () => ({ name: 'Marta', role: 'operator', isProgram: false, madeAt: 0 }))
  app.get('/api/live.json', async () => view)
  app.get<{ Params: { tripId: string } }>('/api/reviews/:tripId', async ({ params: { tripId } }) => {
    const decided = decisions.at(-1)
    return {
      ...review,
      tripId,
      decision: decided === undefined ? null : { ...decided, reviewer: 'Marta', ts: first.time },
    }
  })
  app.post<{ Body: NewDecision; Params: { tripId: string } }>('/api/reviews/:tripId', async (request, reply) => {
    const { body } = request
    if (!refusedOnce) {
      refusedOnce = true
      return reply.code(409).send({ message: 'the bill was settled already in another way; that stays' })
    }
    decisions.push(body)
    return { tripId: request.params.tripId, totalMinor: 0, duplicate: false }
  })
  app.get('/api/late/:id', async () => {
    const [last] = closed
    if (last === undefined) return late
    return { ...late, decision: { tripId: null, ...last, reviewer: 'Marta', ts: first.time } }
  })
  app.post<{ Body: NewLateDecision; Params: { id: string } }>('/api/late/:id', async ({ body, params: { id } }) => {
    closed.push(body)
    return { id, duplicate: false }
  })
  app.get('/api/cameras/:camera/still', async (_request, reply) => {
    if (still === undefined) return reply.code(404).send({ message: 'there is no picture of this camera' })
    return reply.type('image/jpeg').header('x-taken-at', first.time).header('x-view', 'A'.repeat(512)).send(still)
  })
  app.get('/api/live', (_request, reply) => {
    reply.hijack()
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    feeds.add(reply.raw)
    reply.raw.on('close', () => feeds.delete(reply.raw))
    reply.raw.write(picture(view))
  })
  await app.register(fastifyStatic, { root: fileURLToPath(new URL('../../gateway/pages/dist', import.meta.url)) })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  return {
    url,
    decisions,
    closed,
    show(next) {
      view = next
      for (const feed of feeds) feed.write(picture(next))
    },
    fail() {
      broken = true
      for (const feed of feeds) feed.end()
    },
    mend() {
      broken = false
    },
    close: () => app.close(),
  }
}

const picture = (view: LiveView) => `event: live\ndata: ${JSON.stringify(view)}\n\n`
