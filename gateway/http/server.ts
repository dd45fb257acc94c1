/** The gateway's HTTP interface, put together; `build()` makes it and does not listen. */
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { boundConnections, eachAddress } from '../../cloud-sync/connection-bounds.ts'
import { createCounters } from '../../cloud-sync/counter.ts'
import { guardRoutes } from '../../cloud-sync/people/access.ts'
import { createRefusalLog } from '../../cloud-sync/refusal-log.ts'
import { type HttpTls, tlsServerFactory } from '../../cloud-sync/tls-server.ts'
import { wantWholeTexts } from '../../cloud-sync/whole-texts.ts'
import { asGatewayError, GatewayError } from './errors.ts'
import { cameraRoutes } from './routes/cameras.ts'
import { decidedByOf } from './routes/decided-by.ts'
import { healthRoutes } from './routes/health.ts'
import { lateRoutes } from './routes/late.ts'
import { liveRoutes } from './routes/live.ts'
import { reviewRoutes } from './routes/reviews.ts'
import { staffRoutes } from './routes/staff.ts'
import { storeRoutes } from './routes/store.ts'
import type { Parts } from './routes/types.ts'
import { named } from './schemas.ts'
import { staticPages } from './static-pages.ts'

export interface HttpDeps extends Parts {
  readonly log: FastifyBaseLogger
  /** Where the pages are for the network; null: in plain, for this machine alone. */
  readonly tls?: HttpTls | null
}

/** A decision of a hundred lines has some 10 kB. */
const bodyLimitBytes = 16 * 1024
const requestTimeoutMs = 15_000
/** Ids of passkeys have up to 1023 bytes (WebAuthn Level 3, 7.1), those of trips 200 letters. */
const longestParam = 2000

export async function build({ log, tls = null, ...parts }: HttpDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: log,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    ...(tls === null ? {} : { serverFactory: tlsServerFactory(tls) }),
    routerOptions: { maxParamLength: longestParam },
    // An address that is none (`/%`) gets to no route and no hook.
    frameworkErrors: (error, _request, reply) =>
      asGatewayError(error).answer(reply.headers({ ...headers, 'cache-control': 'no-store' })),
    // The live feed keeps its connections; `preClose` ends them, so that closing does not wait for pages.
    forceCloseConnections: 'idle',
    // Pages ask all the time; what fails is logged by the error handler.
    logController: new LogController({ disableRequestLogging: true }),
  })
  boundConnections(app.server, eachAddress, log)
  for (const schema of Object.values(named)) app.addSchema(schema)
  answerErrors(app)
  guardHeaders(app)
  guardStaff(app, parts)
  wantWholeTexts(app, (detail) => new GatewayError('BAD_REQUEST', detail))
  await app.register(rateLimit, { global: false })
  await app.register(swagger, openapiOptions)
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: docsPolicy, uiConfig: { validatorUrl: null } })
  const typed = app.withTypeProvider<TypeBoxTypeProvider>()
  healthRoutes(typed, parts)
  storeRoutes(typed, parts)
  liveRoutes(typed, parts)
  reviewRoutes(typed, parts)
  lateRoutes(typed, parts)
  cameraRoutes(typed, parts)
  staffRoutes(typed, parts)
  app.get('/openapi.json', { config: { access: 'viewer' }, schema: { hide: true } }, async () => app.swagger())
  await staticPages(app, parts.pages)
  // A full disk keeps nobody from shopping: it is tried again at the next start, or where somebody asks about the case.
  await parts.staff.acts
    .finish(decidedByOf(parts))
    .catch((err: unknown) => log.error({ err }, 'what was decided before the last end is not in the audit log yet'))
  await app.ready()
  return app
}

/** The audit log is kept for long: it shall say who reaches too far, and not fill the disk when a program does so all the time. */
const mostNotes = 30
const perMs = 3_600_000

function guardStaff(app: FastifyInstance, { staff, door }: Parts): void {
  const countOf = createCounters(perMs, () => performance.now())
  guardRoutes(app, {
    site: staff.people.site,
    callerOf: (request) => door.callerOf(request),
    async onRefused(request, { subject }, access) {
      if (countOf(subject ?? '') > mostNotes) return
      await staff.people.audit.append({
        what: 'not-allowed',
        who: subject,
        about: `${request.method} ${request.url}`,
        place: request.ip,
        detail: access,
      })
    },
    // The pages hold nothing of the store: what they show they ask for.
    foreign: (url) => (url.startsWith('/docs') ? 'viewer' : url === '/*' ? 'anyone' : null),
  })
}

/** Like that of everything else, and icons in the style sheet. */
const docsPolicy =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

function answerErrors(app: FastifyInstance): void {
  const refused = createRefusalLog(() => performance.now())
  app.setErrorHandler((error, request, reply) => {
    const known = asGatewayError(error)
    if (known.code === 'INTERNAL') request.log.error({ err: error }, 'a request failed')
    else refused(request, known)
    return known.answer(reply)
  })
  app.setNotFoundHandler((request) => {
    throw new GatewayError('NOT_FOUND', `${request.method} ${request.url.slice(0, 200)}`)
  })
}

/** No caches of what changes, no frames, no scripts but ours. */
const headers = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

function guardHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    // By the route, too: its address may be written in many ways (`/%61pi/`).
    if ([request.url, request.routeOptions.url].some((url) => url?.startsWith('/api/')))
      reply.header('cache-control', 'no-store')
  })
}

const openapiOptions = {
  openapi: {
    openapi: '3.1.0',
    jsonSchemaDialect: 'http://json-schema.org/draft-07/schema#',
    info: { title: 'Tillfree gateway', version: '1', description: 'What happens in the store, for those who run it.' },
  },
  refResolver: {
    buildLocalReference: (json: Record<string, unknown>, _base: unknown, _fragment: string, i: number) =>
      typeof json.$id === 'string' ? json.$id : `def-${i}`,
  },
}
