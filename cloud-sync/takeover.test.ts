/** The owner of an account that a store made comes while who was let in before is asking: nothing of theirs stays good. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { SignInLink } from '../models/contracts/people.ts'
import { newPhone } from '../models/entry/phone.ts'
import type { Sql } from './sql.ts'
import { softAuthenticator } from './testing/authenticator.ts'
import { type Bench, call, openBench, storeToken } from './testing/service.ts'
import { type Visitor, visitor } from './testing/visitor.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

const site = { origin: 'http://localhost:8081', domain: 'localhost' }
const emailOf = (id: string) => `${id}@shop.example`

async function linkFor(id: string): Promise<string> {
  const { body } = await call(bench.app, storeToken, `/v1/accounts/${id}/sign-in-link`, {})
  return (body as SignInLink).secret
}

const follow = (secret: string, by: Visitor) => by.ask('POST', '/v1/sign-in/link', { secret })

/** By the code that is mailed. */
async function signIn(by: Visitor, id: string): Promise<void> {
  const { body } = await by.ask('POST', '/v1/sign-in/email', { email: emailOf(id) })
  const code = /\d{4} \d{4}/.exec(bench.mails.at(-1)?.text ?? '')?.[0]
  const { status } = await by.ask('POST', '/v1/sign-in/email/code', { attempt: body.attempt, code })
  expect(status).toBe(204)
}

/** Has something done right after the nth thing from now on that is asked of a database. */
function afterNth(sql: Sql, nth: number, work: () => Promise<void>) {
  const { query, run, transaction } = sql
  let left = nth
  const counted =
    <Args extends unknown[], T>(ask: (...args: Args) => Promise<T>) =>
    async (...args: Args): Promise<T> => {
      const answer = await ask(...args)
      left -= 1
      if (left === 0) await work()
      return answer
    }
  Object.assign(sql, { query: counted(query), run: counted(run), transaction: counted(transaction) })
  return {
    /** False: so many were not asked. */
    end(): boolean {
      Object.assign(sql, { query, run, transaction })
      return left <= 0
    },
  }
}

/** Gets who has a link so far that one request is left to be made. */
type Plan = (stranger: Visitor, secret: string) => Promise<() => Promise<unknown>>

const question = async (by: Visitor, url: string) => (await by.ask('POST', url)).body as { challenge?: string }
async function madePasskey(stranger: Visitor) {
  const device = softAuthenticator(site)
  return { device, answer: device.make(await question(stranger, '/v1/me/passkeys/question')) }
}

const plans: readonly (readonly [string, Plan])[] = [
  ['follows the link', async (stranger, secret) => () => follow(secret, stranger)],
  [
    'signs in by a passkey',
    async (stranger, secret) => {
      await follow(secret, stranger)
      const { device, answer } = await madePasskey(stranger)
      await stranger.ask('POST', '/v1/me/passkeys', { name: 'Phone', answer })
      await stranger.ask('POST', '/v1/me/sign-out')
      const asked = device.answer(await question(stranger, '/v1/sign-in/passkey/question'))
      return () => stranger.ask('POST', '/v1/sign-in/passkey', { answer: asked })
    },
  ],
  [
    'adds a passkey',
    async (stranger, secret) => {
      await follow(secret, stranger)
      const { answer } = await madePasskey(stranger)
      return () => stranger.ask('POST', '/v1/me/passkeys', { name: 'Phone', answer })
    },
  ],
  [
    'registers a phone',
    async (stranger, secret) => {
      await follow(secret, stranger)
      return () => stranger.ask('POST', '/v1/me/phones', { publicKey: newPhone().publicKey, label: 'Phone' })
    },
  ],
]

/** False: the request was over before the nth thing that it asks of the database. */
async function comesAfter(nth: number, plan: Plan): Promise<boolean> {
  const id = `otto-${nth}`
  await call(bench.app, storeToken, '/v1/accounts', { id, name: 'Otto', email: emailOf(id) })
  const stranger = visitor(bench.app)
  const owner = visitor(bench.app)
  const request = await plan(stranger, await linkFor(id))
  const wait = afterNth(bench.sql, nth, () => signIn(owner, id))
  await request()
  if (!wait.end()) return false
  expect([nth, (await stranger.ask('GET', '/v1/me')).status]).toEqual([nth, 401])
  const { body: entry } = await owner.ask('GET', '/v1/me/entry')
  expect([nth, (await owner.ask('GET', '/v1/me/passkeys')).body, entry.phones]).toEqual([nth, [], []])
  return true
}

describe('sign-in by e-mail to an account that a store made', () => {
  test.each(plans)('leaves nothing to who %s at whatever same moment', async (_, plan) => {
    let nth = 1
    while (await comesAfter(nth, plan)) nth++
    // Fewer would mean that the moments are not found.
    expect(nth).toBeGreaterThan(2)
  })
})
