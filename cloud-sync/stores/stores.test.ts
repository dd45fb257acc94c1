/** Two stores at one account service, each by its own credential: neither reaches what is the other's. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountView, PurchaseAnswer } from '../../models/contracts/http.ts'
import type { Account } from '../../models/contracts/recording.ts'
import { newPhone } from '../../models/entry/phone.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, letIn, openBench, storeToken } from '../testing/service.ts'
import { isOfStores } from './store-access.ts'
import { createStoreCredentials } from './store-credentials.ts'

const dayMs = 86_400_000
const otherToken = 'store-token-of-another-store'
let bench: Bench
beforeEach(async () => {
  bench = await openBench()
  await letIn(bench.sql, 's2', otherToken, bench.now())
})
afterEach(() => bench.close())

const one = (url: string, body?: unknown) => call(bench.app, storeToken, url, body)
const other = (url: string, body?: unknown) => call(bench.app, otherToken, url, body)
const accountsOf = async (token: string, store: string) =>
  (await call(bench.app, token, `/v1/stores/${store}/accounts`)).body as Account[]
const phone = () => ({ publicKey: newPhone().publicKey, label: 'Phone' })
const refund = { idempotentRefundId: 'r-1', reason: 'faulty', amountMinor: 100 }
/** All that is kept but what may change: who was last heard of when, and the audit log. */
async function everything(): Promise<unknown> {
  const tables = ['account', 'entry_key', 'sign_in_link', 'purchase', 'bill_event', 'ledger_entry', 'refund', 'store']
  return Promise.all(tables.map((table) => bench.sql.query(`SELECT * FROM ${table}`)))
}
const refusals = async () =>
  (await bench.sql.query("SELECT who, about, detail FROM audit WHERE what = 'not-allowed'")) as unknown[]

/** What the first store has; it is asked for by the other one, route by route. */
const reaching: Readonly<Record<string, () => Promise<{ status: number; body: unknown }>>> = {
  'POST /v1/purchases': () => other('/v1/purchases', purchaseOf('trip-2', { account: 'anna' })),
  'POST /v1/purchases/:tripId/refunds': () => other('/v1/purchases/trip-1/refunds', refund),
  'GET /v1/stores/:id/failed-refunds': () => other('/v1/stores/s1/failed-refunds'),
  'POST /v1/purchases/:tripId/refunds/:refundId/send-again': () =>
    other('/v1/purchases/trip-1/refunds/r-1/send-again', {}),
  'POST /v1/purchases/:tripId/refunds/:refundId/paid-otherwise': () =>
    other('/v1/purchases/trip-1/refunds/r-1/paid-otherwise', {}),
  'POST /v1/accounts': () => other('/v1/accounts', { id: 'otto', name: 'Mine', staff: true }),
  'POST /v1/accounts/:id/sign-in-link': () => other('/v1/accounts/anna/sign-in-link', {}),
  'POST /v1/accounts/:id/phones': () => other('/v1/accounts/anna/phones', phone()),
  'GET /v1/stores/:id/accounts': () => other('/v1/stores/s1/accounts?name=Taken'),
}

describe('a store', () => {
  beforeEach(async () => {
    await one('/v1/accounts', { id: 'anna', name: 'Anna', email: 'anna@mail.example' })
    await one('/v1/accounts', { id: 'otto', name: 'Otto', staff: true })
    await one('/v1/stores/s1/accounts?name=Via%20Roma')
    await one('/v1/purchases', purchaseOf('trip-1', { account: 'anna' }))
  })

  test('is refused in words what is of another one, on every route of stores; nothing changes, and it is noted', async () => {
    const routes = bench.app.routeAccess.filter(({ access, method }) => isOfStores(access) && method !== 'HEAD')
    expect(Object.keys(reaching).sort()).toEqual(routes.map(({ method, url }) => `${method} ${url}`).sort())
    const before = await everything()
    const answers: unknown[] = []
    for (const ask of Object.values(reaching)) {
      const { status, body } = await ask()
      answers.push([status, (body as { message: string }).message])
      expect(JSON.stringify(body)).not.toMatch(/Anna|Otto|mail\.example|1199/)
    }
    expect(answers).toEqual([
      [403, 'the credential is that of another store: found "s1", wanted "s2"'],
      [404, 'this store has billed no such trip: trip-1'],
      [403, 'the credential is that of another store: found "s1", wanted "s2"'],
      [404, 'this store has billed no such trip: trip-1'],
      [404, 'this store has billed no such trip: trip-1'],
      [403, 'the account was not made by this store, which may not change it: otto'],
      [403, 'the account was not made by this store, which may not change it: anna'],
      [403, 'the account was not made by this store, which may not change it: anna'],
      [403, 'the credential is that of another store: found "s1", wanted "s2"'],
    ])
    expect(await everything()).toEqual(before)
    expect(await refusals()).toMatchObject([
      { who: 'store s2', about: 'POST /v1/purchases', detail: expect.stringContaining('found "s1"') },
      { who: 'store s2', about: 'POST /v1/purchases/trip-1/refunds' },
      { who: 'store s2', about: 'GET /v1/stores/s1/failed-refunds' },
      { who: 'store s2', about: 'POST /v1/purchases/trip-1/refunds/r-1/send-again' },
      { who: 'store s2', about: 'POST /v1/purchases/trip-1/refunds/r-1/paid-otherwise' },
      { who: 'store s2', about: 'POST /v1/accounts', detail: expect.stringContaining('otto') },
      { who: 'store s2', about: 'POST /v1/accounts/anna/sign-in-link' },
      { who: 'store s2', about: 'POST /v1/accounts/anna/phones' },
      { who: 'store s2', about: 'GET /v1/stores/s1/accounts' },
    ])
  })

  test('cannot fill the audit log by asking again and again', async () => {
    for (let i = 0; i < 100; i++) await other('/v1/stores/s1/accounts')
    expect(await refusals()).toHaveLength(30)
    bench.advance(3_600_000)
    await other('/v1/stores/s1/accounts')
    expect(await refusals()).toHaveLength(31)
  })

  test('names trips and refunds as it likes, whatever others call theirs', async () => {
    const { status, body } = await other('/v1/purchases', purchaseOf('trip-1', { storeId: 's2', account: 'anna' }))
    expect([status, (body as PurchaseAnswer).duplicate]).toEqual([201, false])
    expect((await other('/v1/purchases/trip-1/refunds', refund)).body).toMatchObject({ refund: { id: 'r-1' } })
    const mine = await one('/v1/purchases/trip-1/refunds', { ...refund, amountMinor: 50 })
    expect(mine).toMatchObject({ status: 201, body: { refund: { id: 'r-1', amountMinor: 50 }, duplicate: false } })
    const again = await other('/v1/purchases/trip-1/refunds', refund)
    expect(again).toMatchObject({ status: 200, body: { refund: { amountMinor: 100 }, duplicate: true } })
  })

  test('is not given a refund again that it was granted before names were its own', async () => {
    await one('/v1/purchases/trip-1/refunds', refund)
    await bench.sql.run(
      `INSERT INTO refund SELECT 'old', purchase_id, content_hash, amount_minor, reason, note, lines, groups, waived,
         created_at FROM refund`,
    )
    const old = { ...refund, idempotentRefundId: 'old' }
    expect((await one('/v1/purchases/trip-1/refunds', old)).body).toMatchObject({
      refund: { id: 'old' },
      duplicate: true,
    })
    await other('/v1/purchases', purchaseOf('trip-1', { storeId: 's2', account: 'anna' }))
    expect((await other('/v1/purchases/trip-1/refunds', old)).body).toMatchObject({ duplicate: false })
  })

  test('has cards of its own staff alone; who works elsewhere is a shopper, and pays', async () => {
    const inOne = (await accountsOf(storeToken, 's1')).find(({ id }) => id === 'otto')
    const inOther = (await accountsOf(otherToken, 's2')).find(({ id }) => id === 'otto')
    expect([inOne?.staff, inOne?.codes.length, inOther?.staff, inOther?.codes]).toEqual([true, 1, false, []])
    await one('/v1/purchases', purchaseOf('at-work', { account: 'otto' }))
    await other('/v1/purchases', purchaseOf('off-work', { storeId: 's2', account: 'otto' }))
    const bills = await bench.sql.query<{ store_id: string; state: string }>(
      `SELECT store_id, state FROM purchase JOIN bill_payment ON bill_payment.purchase_id = purchase.id
       WHERE account_id = 'otto' ORDER BY store_id`,
    )
    expect(bills.map(({ store_id, state }) => `${store_id} ${state}`)).toEqual(['s1 nothing-due', 's2 due'])
  })

  test('may not change an account that its owner made', async () => {
    const sql = bench.sql
    await sql.run("UPDATE account SET made_by = NULL WHERE id = 'anna'")
    expect((await one('/v1/accounts', { id: 'anna', name: 'Anna' })).body).toMatchObject({ code: 'OTHER_MAKER' })
    expect((await one('/v1/accounts/anna/sign-in-link', {})).status).toBe(403)
  })
})

describe("a store's credential", () => {
  const credentials = () => createStoreCredentials(bench.sql, bench.now)
  const ask = async (token: string) =>
    (await call(bench.app, token, '/v1/stores/s3/accounts')) as {
      status: number
      body: { code: string; message: string }
      headers: Readonly<Record<string, unknown>>
    }

  test('of a gateway delivers bills and asks who may come in, and no more', async () => {
    const { token } = await credentials().add('s1', 'gateway', 365)
    const gateway = (url: string, body?: unknown) => call(bench.app, token, url, body)
    expect((await gateway('/v1/purchases', purchaseOf('trip-1'))).status).toBe(201)
    expect((await gateway('/v1/stores/s1/accounts')).status).toBe(200)
    for (const [url, body] of [
      ['/v1/purchases/trip-1/refunds', refund],
      ['/v1/accounts', { id: 'otto', name: 'Otto', staff: true }],
      ['/v1/accounts/otto/sign-in-link', {}],
      ['/v1/accounts/otto/phones', phone()],
    ] as const)
      expect((await gateway(url, body)).body).toMatchObject({ statusCode: 403, code: 'NOT_ALLOWED' })
    expect(await refusals()).toHaveLength(4)
    expect(await bench.sql.query('SELECT id FROM account')).toEqual([])
  })

  test('is kept as a digest, has a second one beside it, and is good no more once it is revoked', async () => {
    const first = await credentials().add('s3', 'gateway', 365)
    expect(JSON.stringify(await bench.sql.query('SELECT * FROM store_credential'))).not.toContain(first.token)
    const second = await credentials().add('s3', 'gateway', 365)
    expect([(await ask(first.token)).status, (await ask(second.token)).status]).toEqual([200, 200])
    await expect(credentials().add('s3', 'gateway', 365)).rejects.toThrow(
      's3 has 2 credentials of role gateway; revoke the one',
    )
    expect(await credentials().revoke(first.credential.id)).toMatchObject({ storeId: 's3' })
    expect(await credentials().revoke(first.credential.id)).toBeNull()
    expect((await ask(first.token)).body).toMatchObject({ statusCode: 401, code: 'WRONG_STORE_TOKEN' })
    expect((await ask(second.token)).status).toBe(200)
  })

  test('ends, is said to with every answer before, and in words after', async () => {
    const { token, credential } = await credentials().add('s3', 'gateway', 30)
    const { headers } = await ask(token)
    expect(headers['credential-ends']).toBe(new Date(credential.endsAt).toISOString())
    bench.advance(30 * dayMs)
    const { body } = await ask(token)
    expect(body).toMatchObject({ statusCode: 401, code: 'STORE_TOKEN_ENDED' })
    expect(body.message).toContain('has ended: make another one')
    expect((await ask((await credentials().add('s3', 'gateway', 30)).token)).status).toBe(200)
    expect((await credentials().list()).filter(({ storeId }) => storeId === 's3')).toHaveLength(1)
  })

  test('says when it was used last, to the minute', async () => {
    const { token } = await credentials().add('s3', 'gateway', 30)
    const used = async () => (await credentials().list()).find(({ storeId }) => storeId === 's3')?.usedAt ?? null
    expect(await used()).toBeNull()
    await ask(token)
    const first = await used()
    await ask(token)
    expect([first === null, await used()]).toEqual([false, first])
    bench.advance(61_000)
    await ask(token)
    expect(await used()).toBeGreaterThan((first ?? 0) + 60_000)
  })

  test.each([
    ['a/b', 30, 'wanted the id of a store'],
    ['s3', 0, 'found 0 days, wanted 1 to 730'],
    ['s3', 731, 'found 731 days, wanted 1 to 730'],
  ])('is not made for %s and %d days', async (store, days, words) => {
    await expect(credentials().add(store, 'gateway', days)).rejects.toThrow(words)
  })
})

test('an account is made by one store; the other one makes its own under another name', async () => {
  const made = (await one('/v1/accounts', { id: 'anna', name: 'Anna' })).body as AccountView
  expect((await other('/v1/accounts', { id: 'anna-2', name: 'Anna' })).status).toBe(201)
  expect((await one('/v1/accounts', { id: 'anna', name: 'Anna' })).body).toEqual(made)
})
