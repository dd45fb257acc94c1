/** What no request gets from the pages' server, whoever asks. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { testHttpDeps } from '../testing/http.ts'
import { build } from './server.ts'

let folder: string
let app: Awaited<ReturnType<typeof build>>
const logged: string[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-hardening-'))
  const pages = join(folder, 'dist')
  await mkdir(join(pages, 'assets'), { recursive: true })
  await mkdir(join(pages, '.git'))
  await writeFile(join(folder, 'secret.json'), 'hunter2')
  await writeFile(join(pages, '.git', 'config'), 'hunter2')
  await writeFile(join(pages, 'index.html'), '<p>plan</p>')
  const log = pino({}, { write: (line: string) => void logged.push(line) })
  const billsFile = () => Promise.reject(new Error('broke\n{"level":30,"msg":"made up"}'))
  app = await build(await testHttpDeps({ pages, log, billsFile }))
})
afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true })
})

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers })

test('build() has every answer say what it is, where it may be shown and that it is not kept', async () => {
  for (const url of [
    '/',
    '/api/live.json',
    '/%61pi/live.json',
    '/api/nothing',
    '/metrics',
    '/openapi.json',
    '/docs/',
    '/api/%',
    '/%ff',
  ]) {
    const { headers } = await get(url, { origin: 'https://evil.example' })
    expect(headers['content-type'], url).toMatch(/; ?charset=utf-8$/i)
    expect(headers['content-security-policy'], url).toMatch(
      /base-uri 'none'.*frame-ancestors 'none'; object-src 'none'/,
    )
    expect(headers, url).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    expect(headers, url).not.toHaveProperty('access-control-allow-origin')
    if (/^\/(a|%61)pi\//.test(url)) expect(headers['cache-control'], url).toBe('no-store')
  }
})

test('build() gives no file but those of the pages, and no list of them', async () => {
  for (const url of [
    '/assets/',
    '/.git/config',
    '/../secret.json',
    '/%2e%2e/secret.json',
    '/..%2fsecret.json',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.json',
    '/%00',
  ]) {
    const { statusCode, body } = await get(url)
    expect(statusCode, url).toBeGreaterThanOrEqual(400)
    expect(body, url).not.toContain('hunter2')
  }
})

test('build() answers no TRACE, and takes a request of two lengths for none', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const say = (request: string) =>
    new Promise<string>((resolve) => {
      let answer = ''
      const socket = connect(port, '127.0.0.1').on('data', (chunk: Buffer) => {
        answer += chunk.toString()
      })
      socket.on('close', () => resolve(answer))
      socket.write(`${request}\r\nHost: x\r\nConnection: close\r\n\r\n`)
    })
  expect(await say('TRACE /healthz HTTP/1.1\r\nX-Secret: hunter2')).not.toMatch(/^HTTP\/1.1 2|hunter2/)
  const twoLengths = 'POST /healthz HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'
  expect(await say(twoLengths)).toMatch(/^HTTP\/1.1 400 /)
})

test('build() writes one line for one fault, whatever stands in it', async () => {
  logged.length = 0
  expect((await get('/api/bills-file')).statusCode).toBe(500)
  const lines = logged.join('').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 50, msg: 'a request failed', time: expect.any(Number) },
  ])
})

test('build() takes no text that a database would cut', async () => {
  const headers = { 'sec-fetch-site': 'same-origin' }
  const link = await app.inject({ method: 'POST', url: '/api/sign-in/link', headers, payload: { secret: 'a\0' } })
  expect(link.json()).toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining('U+0000') })
  expect((await get('/api/reviews/a%00')).statusCode).toBe(400)
})

test('build() says in the log what it refused', async () => {
  logged.length = 0
  expect((await get('/api/bills?limit=hunter2')).statusCode).toBe(400)
  expect(JSON.parse(logged.join(''))).toMatchObject({ code: 'BAD_REQUEST', route: '/api/bills', place: '127.0.0.1' })
  expect(logged.join('')).not.toContain('hunter2')
})

test('build() counts what each person asks of each address', async () => {
  const counted = app.routeAccess.filter(({ method, access }) => method === 'GET' && access !== 'anyone')
  expect(counted.length).toBeGreaterThan(10)
  for (const { url } of counted) {
    if (url === '/api/live') continue
    const { headers } = await get(url.replaceAll(/:\w+/g, 'x').replace('*', ''))
    expect(Number(headers['x-ratelimit-limit']), url).toBeGreaterThan(0)
  }
})
