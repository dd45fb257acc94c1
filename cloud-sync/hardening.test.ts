/** What the account service lets nobody do, whatever they send. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newPhone } from '../models/entry/phone.ts'
import { purchaseOf } from './testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from './testing/service.ts'
import { visitor } from './testing/visitor.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

test('build() has every answer say what it is, where it may be shown and that it is not kept', async () => {
  for (const url of ['/v1/me', '/%761/me', '/v1/nothing', '/openapi.json', '/v1/%', '/%ff']) {
    const { headers } = await bench.app.inject({ url, headers: { origin: 'https://evil.example' } })
    expect(headers['content-type'], url).toMatch(/^application\/json; charset=utf-8$/)
    expect(headers['content-security-policy'], url).toMatch(
      /base-uri 'none'.*frame-ancestors 'none'; object-src 'none'/,
    )
    expect(headers, url).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(headers, url).not.toHaveProperty('access-control-allow-origin')
    if (/^\/(v|%76)1\//.test(url)) expect(headers['cache-control'], url).toBe('no-store')
  }
})

test('build() takes SQL for the text that it is', async () => {
  const name = "x'); DROP TABLE account; --"
  await call(bench.app, storeToken, '/v1/accounts', { id: 'anna', name })
  for (const account of ["anna' OR '1'='1", name]) {
    const { status } = await call(bench.app, storeToken, '/v1/purchases', purchaseOf('trip-1', { account }))
    expect(status).toBeGreaterThanOrEqual(400)
  }
  expect(await bench.sql.query('SELECT id, name FROM account')).toEqual([{ id: 'anna', name }])
})

test('build() sets no field that is not asked for, takes no list for a text, and no prototype', async () => {
  const post = (payload: string, url = '/v1/accounts') => {
    const headers = { authorization: `Bearer ${storeToken}`, 'content-type': 'application/json' }
    return bench.app.inject({ method: 'POST', url, headers, payload })
  }
  for (const wrong of [
    '{"id":"anna","name":"Anna","__proto__":{"staff":true}}',
    '{"id":"anna","name":"Anna","constructor":{"prototype":{"staff":true}}}',
    '{"id":["anna"],"name":"Anna"}',
    '{"id":"anna","name":{"toString":"Anna"}}',
    '{"id":"anna","name":"Anna","staff":"yes"}',
  ])
    expect((await post(wrong)).statusCode, wrong).toBe(400)
  expect((await post('{"id":"anna","name":"Anna","revision":-1}')).json()).toMatchObject({ id: 'anna', staff: false })
  expect(await bench.sql.query('SELECT id FROM account WHERE revision < 0')).toEqual([])
  const twice = await post('{"id":"otto","name":"Otto"}', '/v1/accounts?id=eva&id=ida&staff=true')
  expect(twice.json()).toMatchObject({ id: 'otto', staff: false })
})

test('build() takes no text that a database would cut or change, wherever it stands', async () => {
  const { token } = await newShopper(bench, 'anna')
  const purchase = purchaseOf('trip-1')
  const tries: [string, unknown][] = [
    ['/v1/accounts', { id: 'otto', name: 'Ot\0to' }],
    ['/v1/purchases', { ...purchase, requestId: 'a\0' }],
    ['/v1/purchases', { ...purchase, bill: { ...purchase.bill, storeName: 'Via\0Roma' } }],
    ['/v1/purchases', { ...purchase, 'more\0': [] }],
    ['/v1/sign-in/link', { secret: 'a\0' }],
    ['/v1/purchases/a%00/refunds', { idempotentRefundId: 'r1', reason: 'goodwill' }],
  ]
  for (const [url, body] of tries)
    expect((await call(bench.app, storeToken, url, body)).body, url).toMatchObject({ code: 'BAD_REQUEST' })
  const named = await put(bench.app, token, '/v1/me/name', { name: 'An\0na' })
  expect(named).toMatchObject({ status: 400, body: { message: expect.stringContaining('found U+0000 in a text') } })
  expect((await call(bench.app, storeToken, '/v1/stores/s1/accounts?name=a%00')).status).toBe(400)
  const half = { idempotentRefundId: '\ud800', reason: 'goodwill' }
  expect((await call(bench.app, storeToken, '/v1/purchases/a/refunds', half)).body).toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringContaining('found half of a surrogate pair'),
  })
  const whole = { ...half, idempotentRefundId: '\ud83c\udf4e' }
  expect((await call(bench.app, storeToken, '/v1/purchases/a/refunds', whole)).body).toMatchObject({
    code: 'NO_SUCH_TRIP',
  })
})

test('build() takes no name of several lines, and shows what a store is called in one', async () => {
  const { token } = await newShopper(bench, 'anna')
  const name = 'Anna\r\nhttps://evil.example'
  const tries = [
    await call(bench.app, storeToken, '/v1/accounts', { id: 'otto', name }),
    await put(bench.app, token, '/v1/me/name', { name }),
    await call(bench.app, token, '/v1/me/phones', { publicKey: newPhone().publicKey, label: name }),
  ]
  expect(tries.map(({ status }) => status)).toEqual([400, 400, 400])
  const { bill, ...purchase } = purchaseOf('trip-1', { account: 'anna' })
  const lines = bill.lines.map((line) => ({ ...line, name: 'Water\n' }))
  const sent = { ...purchase, bill: { ...bill, storeName: 'Via Roma\n\nhttps://evil.example', lines } }
  expect((await call(bench.app, storeToken, '/v1/purchases', sent)).status).toBe(201)
  await call(bench.app, storeToken, '/v1/stores/s1/accounts?name=Via%0aRoma')
  expect((await call(bench.app, token, '/v1/me/bills')).body).toMatchObject({
    bills: [{ storeName: 'Via Roma https://evil.example', lines: [{ name: 'Water' }, { name: 'Water' }] }],
  })
  expect((await call(bench.app, token, '/v1/me/entry')).body).toMatchObject({ stores: [{ name: 'Via Roma' }] })
})

test('build() believes of where a request comes from what the proxy says, and nobody else', async () => {
  const placeOf = async (proxy: string | null, from: string) => {
    const own = await openBench(undefined, null, proxy)
    const headers = { 'sec-fetch-site': 'same-origin', host: 'localhost:8081', 'x-forwarded-for': '203.0.113.9' }
    await visitor(own.app, headers, from).ask('POST', '/v1/sign-in/link', { secret: 'X' })
    const [noted] = await own.sql.query('SELECT place FROM audit')
    await own.close()
    return noted
  }
  expect(await placeOf(null, '192.0.2.7')).toEqual({ place: '192.0.2.7' })
  expect(await placeOf('192.0.2.1', '192.0.2.7')).toEqual({ place: '192.0.2.7' })
  expect(await placeOf('192.0.2.1', '192.0.2.1')).toEqual({ place: '203.0.113.9' })
})

test('build() says what it refused, of an attack some lines, and nothing of what was sent', async () => {
  const guess = 'Bearer guess-of-somebody'
  const headers = { authorization: guess, 'content-type': 'application/json' }
  const own = { ...headers, 'sec-fetch-site': 'same-origin' }
  const tries = [
    { method: 'GET' as const, url: '/v1/stores/s1/accounts?secret=hunter2', headers },
    { method: 'POST' as const, url: '/v1/sign-in/link', headers, payload: '{"secret":"hunter2"}' },
    { method: 'POST' as const, url: '/v1/sign-in/link', headers: own, payload: '{"secret":["hunter2"]}' },
    { method: 'GET' as const, url: '/v1/me' },
  ]
  const statuses = []
  for (const each of tries) statuses.push((await bench.app.inject({ ...each, remoteAddress: '192.0.2.7' })).statusCode)
  expect(statuses).toEqual([401, 403, 400, 401])
  const lines = () => bench.logged().trim().split('\n')
  const told = { msg: 'a request was refused', place: '192.0.2.7' }
  expect(lines().map((line) => JSON.parse(line))).toMatchObject([
    { ...told, code: 'WRONG_STORE_TOKEN', method: 'GET', route: '/v1/stores/:id/accounts' },
    { ...told, code: 'OTHER_SITE', method: 'POST', route: '/v1/sign-in/link' },
    { ...told, code: 'BAD_REQUEST', method: 'POST', route: '/v1/sign-in/link' },
  ])
  for (let i = 0; i < 100; i++) await call(bench.app, 'another guess', '/v1/stores/s1/accounts')
  expect(lines()).toHaveLength(31)
  expect(bench.logged()).not.toMatch(/hunter2|guess/)
})

test('build() counts what each person asks of each route, and gives export and the page of the provider seldom', async () => {
  const [anna, otto] = [await newShopper(bench, 'anna'), await newShopper(bench, 'otto')]
  const endings = new Set(['POST /v1/me/sign-out', 'DELETE /v1/me/sessions', 'DELETE /v1/me'])
  const headers = { cookie: `tillfree-account=${anna.token}`, 'sec-fetch-site': 'same-origin' }
  for (const { method, url, access } of bench.app.routeAccess) {
    if (access !== 'shopper' || endings.has(`${method} ${url}`)) continue
    const answer = await bench.app.inject({ method: method as 'GET', url: url.replaceAll(/:\w+/g, 'x'), headers })
    expect(Number(answer.headers['x-ratelimit-limit']), `${method} ${url}`).toBeGreaterThan(0)
  }
  const codeOf = ({ body }: { body: unknown }) => (body as { code?: string }).code
  const often = async (times: number, ask: () => Promise<{ body: unknown }>) => {
    for (let i = 0; i < times; i++) expect(codeOf(await ask()), `after ${i}`).not.toBe('TOO_OFTEN')
    expect(codeOf(await ask())).toBe('TOO_OFTEN')
  }
  // One of each was asked above.
  await often(9, () => call(bench.app, anna.token, '/v1/me/export'))
  expect((await bench.app.inject({ method: 'HEAD', url: '/v1/me/export', headers })).statusCode).toBe(404)
  await often(19, () => call(bench.app, anna.token, '/v1/me/payment-method/page', {}))
  await often(119, () => put(bench.app, anna.token, '/v1/me/name', { name: 'Anna' }))
  expect((await call(bench.app, otto.token, '/v1/me/export')).status).toBe(200)
  expect((await put(bench.app, otto.token, '/v1/me/name', { name: 'Otto' })).status).toBe(200)
})
