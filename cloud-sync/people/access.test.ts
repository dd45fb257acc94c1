import fastify from 'fastify'
import { expect, test } from 'vitest'
import { asServiceError } from '../errors.ts'
import { isOfStores } from '../stores/store-access.ts'
import { call, newShopper, openBench, put, storeToken } from '../testing/service.ts'
import { guardRoutes } from './access.ts'
import { ownSite } from './own-site.ts'

/** Placeholders filled with something that is nobody's. */
const addressOf = (url: string) => url.replaceAll(/:\w+/g, 'x').replaceAll('*', 'x')

test('guardRoutes() lets nobody use a route that does not say who may', async () => {
  const app = fastify()
  guardRoutes(app, {
    site: ownSite(null),
    callerOf: () => Promise.reject(new Error('not asked')),
    onRefused: async () => {},
    foreign: () => null,
  })
  app.setErrorHandler((error, _request, reply) => reply.code(asServiceError(error).statusCode).send())
  app.get('/forgotten', async () => 'secret')
  const answer = await app.inject('/forgotten')
  expect([answer.statusCode, answer.body]).toEqual([403, ''])
  expect(app.routeAccess[0]).toEqual({ method: 'GET', url: '/forgotten', access: null })
})

test('every route of the account service says who may use it, and nobody else may', async () => {
  const bench = await openBench()
  const { token } = await newShopper(bench, 'anna')
  const open: string[] = []
  for (const { method, url, access } of bench.app.routeAccess) {
    expect(access, `${method} ${url}`).not.toBeNull()
    if (method === 'HEAD') continue
    if (access === 'anyone') {
      open.push(`${method} ${url.replace('/*', '/')}`)
      continue
    }
    const ask = async (credential: string | null) =>
      (
        await bench.app.inject({
          method: method as 'GET',
          url: addressOf(url),
          headers:
            credential === null
              ? {}
              : { authorization: `Bearer ${credential}`, cookie: `tillfree-account=${credential}` },
        })
      ).statusCode
    expect(await ask(null), `${method} ${url} by a stranger`).toBe(401)
    expect(await ask(isOfStores(access) ? token : storeToken), `${method} ${url} by another`).toBe(401)
  }
  expect(open.sort()).toEqual([
    'GET /',
    'GET /healthz',
    'GET /openapi.json',
    'GET /readyz',
    'GET /v1/sign-in',
    'POST /v1/sign-in/email',
    'POST /v1/sign-in/email/code',
    'POST /v1/sign-in/link',
    'POST /v1/sign-in/passkey',
    'POST /v1/sign-in/passkey/question',
    'POST /v1/webhooks/alipay',
    'POST /v1/webhooks/stripe',
  ])
  await bench.close()
})

test('a shopper reaches nothing of another, and what they change stands in the audit log', async () => {
  const bench = await openBench()
  const [anna, otto] = [await newShopper(bench, 'anna'), await newShopper(bench, 'otto')]
  await put(bench.app, anna.token, '/v1/me/payment-method', { token: 'test-slow' })
  expect((await call(bench.app, otto.token, '/v1/me/payment-method')).body).toMatchObject({ token: 'test-ok' })
  const sessions = (await call(bench.app, anna.token, '/v1/me/sessions')).body as { id: string }[]
  const url = `/v1/me/sessions/${sessions[0]?.id}`
  const headers = { cookie: `tillfree-account=${otto.token}`, 'sec-fetch-site': 'same-origin' }
  expect((await bench.app.inject({ method: 'DELETE', url, headers })).statusCode).toBe(404)
  expect(await bench.sql.query('SELECT who, what, about FROM audit')).toEqual([
    { who: 'store s1', what: 'account-made', about: 'anna' },
    { who: 'store s1', what: 'account-made', about: 'otto' },
    { who: 'anna', what: 'payment-method-changed', about: null },
  ])
  await bench.close()
})
