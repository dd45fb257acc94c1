/** The account service's HTTP interface, put together; `build()` makes it and does not listen. */
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { createAccountBills } from './account-bills.ts'
import { createAccounts } from './accounts.ts'
import { createEntryKeys } from './entry-keys.ts'
import { asServiceError, ServiceError } from './errors.ts'
import { migrate } from './migrations.ts'
import type { Enrolments } from './payments/enrolments.ts'
import type { Payments } from './payments/payments.ts'
import { createPurchases } from './purchases.ts'
import { entryRoutes } from './routes/entry.ts'
import { healthRoutes } from './routes/health.ts'
import { paymentRoutes } from './routes/payment.ts'
import { shopperRoutes } from './routes/shopper.ts'
import { storeRoutes } from './routes/store.ts'
import type { Parts } from './routes/types.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { named, validatorCompiler } from './schemas.ts'
import { type Sql, SqlBusyError } from './sql.ts'
import { staticPages } from './static-pages.ts'

export interface ServiceDeps {
  /** Stays the caller's to close, after the service. */
  readonly sql: Sql
  /** Stays the caller's to start and stop. */
  readonly payments: Payments
  readonly enrolments: Enrolments
  /** What stores must send as Bearer. */
  readonly storeToken: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: FastifyBaseLogger
}

export type Service = FastifyInstance

/** 1,000 lines with names of 200 characters are 400 kB; a bill of more is none. */
const bodyLimitBytes = 1_048_576
/** A sender that needs longer for its request holds a connection for nothing. */
const requestTimeoutMs = 15_000

/** Migrates the database and sets up every route. Throws when the database is from a later version. */
export async function build({ sql, payments, enrolments, storeToken, now, log }: ServiceDeps): Promise<Service> {
  await migrate(sql, now())
  const app = fastify({
    loggerInstance: log,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    // Pages and stores ask all the time; what counts is logged where it happens.
    logController: new LogController({ disableRequestLogging: true }),
  })
  app.setValidatorCompiler(validatorCompiler)
  for (const schema of Object.values(named)) app.addSchema(schema)
  answerErrors(app)
  guardHeaders(app)
  await app.register(swagger, openapiOptions)
  const parts: Parts = {
    accounts: createAccounts(sql, now),
    bills: createAccountBills(sql),
    enrolments,
    entryKeys: createEntryKeys(sql, now),
    payments,
    purchases: createPurchases(sql, now),
    sql,
    storeToken,
  }
  const typed = app.withTypeProvider<TypeBoxTypeProvider>()
  healthRoutes(typed, parts)
  storeRoutes(typed, parts)
  shopperRoutes(typed, parts)
  entryRoutes(typed, parts)
  paymentRoutes(typed, parts)
  await webhookRoutes(typed, parts)
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
  await staticPages(app)
  await app.ready()
  return app
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const known = asServiceError(error instanceof SqlBusyError ? new ServiceError('BUSY') : error)
    if (known.code === 'INTERNAL') request.log.error({ err: error }, 'a request failed')
    else if (known.statusCode === 409 || known.statusCode === 422) request.log.warn({ code: known.code }, known.message)
    return reply.code(known.statusCode).send({ statusCode: known.statusCode, code: known.code, message: known.message })
  })
  app.setNotFoundHandler(() => {
    throw new ServiceError('NOT_FOUND')
  })
}

/** Bills are nobody else's: no caches, no frames, no scripts but ours. */
const headers = {
  'content-security-policy': "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

function guardHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store')
  })
}

const openapiOptions = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'Tillfree account service',
      version: '1',
      description: 'Accounts of shoppers, their bills and payments.',
    },
    components: {
      securitySchemes: {
        store: { type: 'http' as const, scheme: 'bearer', description: 'the store token' },
        account: { type: 'http' as const, scheme: 'bearer', description: "the account's access token" },
      },
    },
  },
  refResolver: {
    buildLocalReference: (json: Record<string, unknown>, _base: unknown, _fragment: string, i: number) =>
      typeof json.$id === 'string' ? json.$id : `def-${i}`,
  },
}
