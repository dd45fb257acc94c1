import { afterEach, expect, test } from 'vitest'
import { testHttpDeps } from '../../testing/http.ts'
import { build, type HttpDeps } from '../server.ts'

const running: { close(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const app of running.splice(0)) await app.close()
})

async function ask(still: HttpDeps['still'], camera = 'cam1') {
  const app = await build(await testHttpDeps({ still }))
  running.push(app)
  return app.inject({ method: 'GET', url: `/api/cameras/${camera}/still` })
}

const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x80])

test('GET /api/cameras/:camera/still gives the picture as it is, which nobody may keep', async () => {
  const answer = await ask(async () => ({ jpeg, tsMs: 1234, view: 'AAAA' }))
  expect(answer.rawPayload).toEqual(jpeg)
  expect(answer.headers).toMatchObject({
    'content-type': 'image/jpeg',
    'cache-control': 'no-store',
    'x-taken-at': '1234',
    'x-view': 'AAAA',
  })
})

test.each<[string, HttpDeps['still'], RegExp]>([
  ['none came', async () => null, /none came from cam1 since the gateway started/],
  ['it is damaged', () => Promise.reject(new Error('premature end')), /cannot be decoded: premature end/],
])('GET /api/cameras/:camera/still says that %s', async (_, still, words) => {
  const answer = await ask(still)
  expect(answer.json()).toMatchObject({ statusCode: 404, code: 'NO_STILL', message: expect.stringMatching(words) })
})
