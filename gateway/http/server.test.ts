import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get as httpGet, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { parseBillsFile } from '../../models/contracts/bills.ts'
import { LiveViewSchema } from '../../models/contracts/http.ts'
import { parseStore } from '../../models/contracts/store.ts'
import { compile } from '../../models/contracts/validate.ts'
import { testHttpDeps } from '../testing/http.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import { build, type HttpDeps } from './server.ts'

const running: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop()
})

async function start(changes: Partial<HttpDeps> = {}) {
  const app = await build(await testHttpDeps(changes))
  running.push(() => app.close())
  const get = async (url: string) => app.inject({ method: 'GET', url })
  return { app, get }
}

describe('build()', () => {
  test('answers what it is asked, by the contracts', async () => {
    const { get } = await start()
    expect(parseStore((await get('/api/store')).json())).toEqual({ ok: true, value: testStore() })
    expect(compile(LiveViewSchema)((await get('/api/live.json')).json())).toMatchObject({ ok: true })
    expect(parseBillsFile((await get('/api/bills-file')).json())).toMatchObject({ ok: true })
    expect((await get('/api/devices')).json()).toHaveLength(testStore().devices.length)
    expect((await get('/api/bills?limit=5')).json()).toEqual([])
    expect((await get('/metrics')).body).toBe('tillfree_messages 0\n')
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' })
  })

  test('says why it is not ready', async () => {
    const { get } = await start({ problems: () => ['there is no connection to the MQTT broker'] })
    const answer = await get('/readyz')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toEqual({
      statusCode: 503,
      code: 'NOT_READY',
      message: 'the gateway cannot do its work now: there is no connection to the MQTT broker',
    })
  })

  test.each([
    ['/nowhere', 404, 'NOT_FOUND'],
    ['/api/bills?limit=0', 400, 'BAD_REQUEST'],
    ['/api/bills?limit=many', 400, 'BAD_REQUEST'],
  ])('answers %s with %i %s', async (url, statusCode, code) => {
    const answer = await (await start()).get(url)
    expect(answer.json()).toMatchObject({ statusCode, code })
  })

  test('tells the caller nothing of what broke inside', async () => {
    const { get } = await start({ billsFile: () => Promise.reject(new Error('secret path')) })
    const answer = await get('/api/bills-file')
    expect(answer.statusCode).toBe(500)
    expect(answer.body).not.toContain('secret')
  })

  test('guards every answer with headers', async () => {
    const { get } = await start()
    for (const url of ['/', '/api/live.json', '/nowhere', '/docs/']) {
      const { headers } = await get(url)
      expect(headers['content-security-policy'], url).toContain("frame-ancestors 'none'")
      expect(headers['x-content-type-options'], url).toBe('nosniff')
    }
  })

  test('describes itself at /docs without anything from elsewhere', async () => {
    const { get } = await start()
    const page = await get('/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/(src|href)="https?:/)
    expect((await get('/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200)
  })

  test('serves the pages, or says how to build them', async () => {
    expect((await (await start()).get('/')).body).toContain('npm run build:pages')
    const pages = await mkdtemp(join(tmpdir(), 'tillfree-pages-'))
    running.push(() => rm(pages, { recursive: true }))
    await writeFile(join(pages, 'index.html'), '<p>plan</p>')
    expect((await (await start({ pages })).get('/')).body).toBe('<p>plan</p>')
  })

  test('is described by the committed openapi.json (npm run docs:contracts writes it)', async () => {
    const document = (await (await start()).get('/openapi.json')).json()
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('../openapi.json')
  })
})

/** Opens the live feed over a real socket. */
async function watch(port: number): Promise<{ response: IncomingMessage; text: () => string; close: () => void }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    httpGet({ port, host: '127.0.0.1', path: '/api/live', agent: false }, resolve).on('error', reject)
  })
  let text = ''
  response.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  response.on('error', () => {})
  return { response, text: () => text, close: () => response.destroy() }
}

async function listening(changes: Partial<HttpDeps> = {}) {
  const { app } = await start(changes)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  return { app, port: typeof address === 'object' && address !== null ? address.port : 0 }
}

describe('GET /api/live', () => {
  const made = testHttpDeps()
  const live = async () => (await made).live()

  test('sends a whole picture at once, and another when something changed', async () => {
    let waitingBills = 0
    const { port } = await listening({ live: async () => ({ ...(await live()), waitingBills }) })
    const page = await watch(port)
    expect(page.response.headers['content-type']).toBe('text/event-stream')
    await until(() => page.text().endsWith('\n\n'))
    expect(page.text().match(/event: live/g)).toHaveLength(1)
    waitingBills = 3
    await until(() => page.text().includes('"waitingBills":3'))
    expect(page.text().match(/event: live/g)).toHaveLength(2)
    page.close()
  })

  test('begins again for the next page after the last has gone', async () => {
    const counted = vi.fn(live)
    const { port } = await listening({ live: counted })
    const page = await watch(port)
    await until(() => counted.mock.calls.length > 2)
    const closed = new Promise((resolve) => page.response.once('close', resolve))
    page.close()
    await closed
    const again = await watch(port)
    await until(() => again.text() !== '')
    again.close()
  })

  test('refuses the page that is one too many, in words', async () => {
    const { port } = await listening()
    const pages = await Promise.all(Array.from({ length: 100 }, () => watch(port)))
    const late = await watch(port)
    await until(() => late.text() !== '')
    expect(late.response.statusCode).toBe(503)
    expect(late.text()).toContain('TOO_MANY_VIEWERS')
    for (const page of pages) page.close()
  })

  test('drops a page that does not read, and no other', async () => {
    let [clock, pictures] = [0, 0]
    const filler = 'x'.repeat(4_000_000)
    const big = async () => ({ ...(await live()), storeId: `${pictures++}${filler}` })
    const { port } = await listening({ live: big, now: () => clock })
    const [stuck, good] = [await watch(port), await watch(port)]
    stuck.response.pause()
    const dropped = new Promise((resolve) => stuck.response.once('close', resolve))
    // Time goes on when the good page has begun to read another picture, however slow the machine is.
    for (let read = 0; clock < 60_000; clock += 6000) {
      await until(() => good.text().includes('event: live', read))
      read = good.text().indexOf('event: live', read) + 1
    }
    stuck.response.resume()
    await dropped
    expect(good.response.destroyed).toBe(false)
    good.close()
  })

  test('ends with the server', async () => {
    const { app, port } = await listening()
    const page = await watch(port)
    const ended = new Promise((resolve) => page.response.once('end', resolve))
    await app.close()
    await ended
  })
})
