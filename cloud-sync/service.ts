/** The account service's HTTP interface, put together; `build()` makes it and does not listen. */

import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { createAccountBills } from './account-bills.ts'
import { createAccounts } from './accounts.ts'
import { anyAddress, boundConnections } from './connection-bounds.ts'
import { createEmailSignIn } from './email-sign-in.ts'
import { createEntryKeys } from './entry-keys.ts'
import { asServiceError, ServiceError } from './errors.ts'
import type { Mailer } from './mail/mailer.ts'
import { migrate } from './migrations.ts'
import type { Enrolments } from './payments/enrolments.ts'
import type { Payments } from './payments/payments.ts'
import { guardRoutes } from './people/access.ts'
import { createEmailCodes } from './people/email-codes.ts'
import { type OwnSite, ownSite } from './people/own-site.ts'
import { createPeople, type People } from './people/people.ts'
import { PeopleError } from './people/people-error.ts'
import { createPurchases } from './purchases.ts'
import { createRefusalLog } from './refusal-log.ts'
import { entryRoutes } from './routes/entry.ts'
import { healthRoutes } from './routes/health.ts'
import { paymentRoutes } from './routes/payment.ts'
import { privacyRoutes } from './routes/privacy.ts'
import { refundRoutes } from './routes/refunds.ts'
import { shopperRoutes } from './routes/shopper.ts'
import { shopperSignInRoutes } from './routes/sign-in.ts'
import { storeRoutes } from './routes/store.ts'
import type { Parts } from './routes/types.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { named, validatorCompiler } from './schemas.ts'
import { type Sql, SqlBusyError } from './sql.ts'
import { staticPages } from './static-pages.ts'
import { type BooksMarks, openBooksMarks } from './stores/books-mark.ts'
import { createStoreAccess, isOfStores, type StoreAccess } from './stores/store-access.ts'
import { createStoreCredentials } from './stores/store-credentials.ts'
import { type HttpTls, tlsServerFactory } from './tls-server.ts'
import { wantWholeTexts } from './whole-texts.ts'

export interface ServiceDeps {
  /** Stays the caller's to close, after the service. */
  readonly sql: Sql
  /** Stays the caller's to start and stop. */
  readonly payments: Payments
  readonly enrolments: Enrolments
  /** Null: codes cannot be sent by e-mail. */
  readonly mailer: Mailer | null
  /** What it speaks https with; null: plain, on this machine alone. */
  readonly tls?: HttpTls | null
  /** As shoppers reach the account page; null: on this machine alone. */
  readonly publicUrl: string | null
  /** Address of the proxy before it, whose word on where a request comes from counts; null: there is none. */
  readonly proxy?: string | null
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: FastifyBaseLogger
  /** A new name for each purchase. */
  readonly newId?: () => string
}

export type Service = FastifyInstance

/** 1,000 lines with names of 200 characters are 400 kB; a bill of more is none. */
const bodyLimitBytes = 1_048_576
/** A sender that needs longer for its request holds a connection for nothing. */
const requestTimeoutMs = 15_000

/**
 * A shopper needs the entry code at the gate at any time, so a phone stays signed in while it is used at least once a
 * month, and half a year in all; NIST SP 800-63B-4 has 30 days for AAL1. What is sensitive asks for a fresh sign-in.
 */
export const shopperLimits = { idleMs: 30 * 86_400_000, longestMs: 180 * 86_400_000 }

/** Ids of passkeys have up to 1023 bytes (WebAuthn Level 3, 7.1), those of trips 200 letters. */
const longestParam = 2000

/** Migrates the database and sets up every route. Throws when the database is from a later version. */
export async function build(deps: ServiceDeps): Promise<Service> {
  const { sql, now, log, tls = null } = deps
  await migrate(sql, now())
  const site = ownSite(deps.publicUrl, tls !== null)
  const app = fastify({
    loggerInstance: log,
    bodyLimit: bodyLimitBytes,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: longestParam },
    trustProxy: deps.proxy ?? false,
    ...(tls === null ? {} : { serverFactory: tlsServerFactory(tls) }),
    // An address that is none (`/%`) gets to no route and no hook.
    frameworkErrors: (error, _request, reply) =>
      asServiceError(error).answer(reply.headers({ ...headersOf(site), 'cache-control': 'no-store' })),
    // Pages and stores ask all the time; what counts is logged where it happens.
    logController: new LogController({ disableRequestLogging: true }),
  })
  boundConnections(app.server, anyAddress, log)
  app.setValidatorCompiler(validatorCompiler)
  for (const schema of Object.values(named)) app.addSchema(schema)
  const booksMarks = await openBooksMarks({ sql, now, log })
  const parts = partsOf(deps, site, booksMarks)
  const stores = createStoreAccess(createStoreCredentials(sql, now), parts.people.audit, now)
  answerErrors(app, stores)
  guardHeaders(app, site)
  guardService(app, parts.people, stores)
  wantWholeTexts(app, (detail) => new ServiceError('BAD_REQUEST', detail))
  await app.register(rateLimit, { global: false })
  await app.register(swagger, openapiOptions)
  const typed = app.withTypeProvider<TypeBoxTypeProvider>()
  healthRoutes(typed, parts)
  storeRoutes(typed, parts)
  refundRoutes(typed, parts)
  shopperSignInRoutes(typed, parts)
  shopperRoutes(typed, parts)
  entryRoutes(typed, parts)
  privacyRoutes(typed, parts)
  paymentRoutes(typed, parts)
  await webhookRoutes(typed, parts)
  app.get('/openapi.json', { config: { access: 'anyone' }, schema: { hide: true } }, async () => app.swagger())
  await staticPages(app)
  await app.ready()
  return app
}

/** Signing in, for shoppers. `site`: where they reach the account page. */
export function createShoppers(sql: Sql, site: OwnSite, now: () => number): People {
  const names = { cookieName: 'tillfree-account', siteName: 'Tillfree' }
  return createPeople({ sql, site, limits: shopperLimits, now, ...names })
}

function partsOf(deps: ServiceDeps, site: OwnSite, booksMarks: BooksMarks): Parts {
  const { sql, payments, enrolments, mailer, now, log, newId } = deps
  const accounts = createAccounts(sql, now)
  const onUnreadable = (err: Error) => log.error({ err }, 'a bill is left out of the others')
  const onError = (error: Error) => log.error(`a sign-in code could not be sent: ${error.message}`)
  return {
    accounts,
    bills: createAccountBills(sql, onUnreadable),
    booksMarks,
    enrolments,
    entryKeys: createEntryKeys(sql, now),
    payments,
    people: createShoppers(sql, site, now),
    emailSignIn: mailer && createEmailSignIn({ codes: createEmailCodes(sql, now), accounts, mailer, onError }),
    purchases: createPurchases(sql, now, newId),
    sql,
    now,
  }
}

/** Stores come with a token of their own, shoppers with the cookie of a session. */
function guardService(app: FastifyInstance, people: People, stores: StoreAccess): void {
  guardRoutes(app, {
    site: people.site,
    async callerOf(request, access) {
      if (isOfStores(access)) return stores.callerOf(request)
      const session = await people.sessionOf(request)
      if (session === null) throw new PeopleError('SIGN_IN')
      return { subject: session.subject, session, may: (wanted) => wanted === 'shopper' }
    },
    // Only stores can be: what they are refused is noted with the answer.
    onRefused: async () => {},
    // The page itself holds nothing of anybody: what it shows it asks for.
    foreign: (url) => (url === '/' || url === '/*' ? 'anyone' : null),
  })
}

function answerErrors(app: FastifyInstance, stores: StoreAccess): void {
  const refused = createRefusalLog(() => performance.now())
  app.setErrorHandler(async (error, request, reply) => {
    const known = asServiceError(error instanceof SqlBusyError ? new ServiceError('BUSY') : error)
    if (known.code === 'INTERNAL') request.log.error({ err: error }, 'a request failed')
    else if (known.statusCode === 409 || known.statusCode === 422) request.log.warn({ code: known.code }, known.message)
    else refused(request, known)
    // What cannot be written down is refused all the same.
    await stores.refused(request, known).catch((err) => request.log.error({ err }, 'a refusal could not be noted'))
    return known.answer(reply)
  })
  app.setNotFoundHandler(() => {
    throw new ServiceError('NOT_FOUND')
  })
}

/** Bills are nobody else's: no caches, no frames, no scripts but ours. */
const headers = {
  'content-security-policy':
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const

/** A year: browsers that were here once come in plain no more. */
const httpsOnly = { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }

const headersOf = ({ secure }: OwnSite) => (secure ? { ...headers, ...httpsOnly } : headers)

function guardHeaders(app: FastifyInstance, site: OwnSite): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(site))
    // By the route, too: its address may be written in many ways (`/%761/`).
    if ([request.url, request.routeOptions.url].some((url) => url?.startsWith('/v1/')))
      reply.header('cache-control', 'no-store')
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
        store: { type: 'http' as const, scheme: 'bearer', description: "the store's credential" },
        account: { type: 'apiKey' as const, in: 'cookie', name: 'tillfree-account', description: 'of a session' },
      },
    },
  },
  refResolver: {
    buildLocalReference: (json: Record<string, unknown>, _base: unknown, _fragment: string, i: number) =>
      typeof json.$id === 'string' ? json.$id : `def-${i}`,
  },
}
