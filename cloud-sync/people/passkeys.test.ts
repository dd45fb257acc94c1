import { afterEach, beforeEach, expect, test } from 'vitest'
import { softAuthenticator } from '../testing/authenticator.ts'
import { type Bench, call, newShopper, openBench } from '../testing/service.ts'

let bench: Bench
let token = ''
beforeEach(async () => {
  bench = await openBench()
  token = (await newShopper(bench, 'anna')).token
})
afterEach(() => bench.close())

const site = { origin: 'http://localhost:8081', domain: 'localhost' }
const post = (url: string, payload?: object) => {
  const headers = { cookie: `tillfree-account=${token}`, 'sec-fetch-site': 'same-origin', host: 'localhost:8081' }
  return bench.app.inject({ method: 'POST', url, headers, ...(payload === undefined ? {} : { payload }) })
}
const ask = async () => (await post('/v1/me/passkeys/question')).json<object>()
const take = async (answer: object) => (await post('/v1/me/passkeys', { name: 'Phone', answer })).statusCode

test.each([['usb'], [7], [null], [{}], [[[['usb']]]], [['x'.repeat(900_000)]]])(
  'finishAdding() keeps nothing of how a device says it can be reached, case %#',
  async (transports) => {
    const made = softAuthenticator(site).make(await ask()) as { readonly response: object }
    expect(await take({ ...made, response: { ...made.response, transports } })).toBe(201)
    expect(await bench.sql.query('SELECT transports FROM passkey')).toEqual([{ transports: '' }])
  },
)

test('finishAdding() keeps twenty of one person, however many were begun', async () => {
  const questions = []
  for (let i = 0; i < 22; i++) questions.push(await ask())
  const statuses = []
  for (const question of questions) statuses.push(await take(softAuthenticator(site).make(question)))
  expect(statuses).toEqual([...Array(20).fill(201), 409, 409])
  expect((await call(bench.app, token, '/v1/me/passkeys')).body).toHaveLength(20)
})
