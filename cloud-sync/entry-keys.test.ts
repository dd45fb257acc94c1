import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { EntryView } from '../models/contracts/entry.ts'
import type { Account } from '../models/contracts/recording.ts'
import { storeTag } from '../models/entry/keys.ts'
import { newPhone } from '../models/entry/phone.ts'
import { type Bench, call, newShopper, openBench, storeToken } from './testing/service.ts'

let bench: Bench
let token = ''
beforeEach(async () => {
  bench = await openBench()
  token = await newAccount('anna')
})
afterEach(() => bench.close())

async function newAccount(id: string): Promise<string> {
  return (await newShopper(bench, id, id)).token
}
const register = (publicKey: string, as = token, url = '/v1/me/phones') =>
  call(bench.app, as, url, { publicKey, label: 'Phone' })
const view = async () => (await call(bench.app, token, '/v1/me/entry')).body as EntryView
const accountsOfStore = async (query = '') =>
  (await call(bench.app, storeToken, `/v1/stores/s1/accounts${query}`)).body as Account[]

describe('POST /v1/me/phones', () => {
  test('POST /v1/me/phones tells stores the public key, once', async () => {
    const { keyId: id, publicKey } = newPhone()
    const before = await call(bench.app, storeToken, '/v1/stores/s1/accounts')
    const first = await register(publicKey)
    const again = await register(publicKey)
    expect([first.status, first.body]).toEqual([201, { id, label: 'Phone', addedAt: expect.any(Number) }])
    expect(again.body).toEqual(first.body)
    expect(await accountsOfStore()).toEqual([{ id: 'anna', codes: [], entryKeys: [{ id, publicKey }], staff: false }])
    const after = await call(bench.app, storeToken, '/v1/stores/s1/accounts')
    expect(after.headers.etag).not.toBe(before.headers.etag)
    expect((await view()).phones.map((phone) => phone.id)).toEqual([id])
  })

  test('POST /v1/me/phones refuses what is no key, and a key of somebody else', async () => {
    const { publicKey } = newPhone()
    const point = Buffer.from(publicKey, 'base64url')
    point[64] = (point[64] ?? 0) ^ 1
    await register(publicKey, await newAccount('otto'))
    const answers = [await register('B'), await register(point.toString('base64url')), await register(publicKey)]
    const none = await call(bench.app, null, '/v1/me/phones', { publicKey, label: 'Phone' })
    expect([...answers, none].map(({ status, body }) => [status, (body as { code: string }).code])).toEqual([
      [400, 'BAD_REQUEST'],
      [422, 'BAD_KEY'],
      [409, 'OTHER_KEY'],
      [401, 'SIGN_IN'],
    ])
  })

  test('POST /v1/me/phones makes room for a ninth by the one that was added first', async () => {
    const phones = Array.from({ length: 9 }, newPhone)
    for (const { publicKey } of phones) await register(publicKey)
    expect((await view()).phones.map(({ id }) => id)).toEqual(phones.slice(1).map(({ keyId }) => keyId))
    const [gone] = await bench.sql.query("SELECT about, detail FROM audit WHERE what = 'phone-removed'")
    expect(gone).toEqual({ about: phones[0]?.keyId, detail: 'for another, of 8 at most' })
  })

  test('POST /v1/accounts/:id/phones does the same for the server of the store that made the account', async () => {
    const { keyId, publicKey } = newPhone()
    expect((await register(publicKey, storeToken, '/v1/accounts/anna/phones')).status).toBe(201)
    expect((await register(publicKey, storeToken, '/v1/accounts/ghost/phones')).status).toBe(404)
    expect((await register(publicKey, token, '/v1/accounts/anna/phones')).status).toBe(401)
    expect((await view()).phones[0]?.id).toBe(keyId)
  })
})

describe('DELETE /v1/me/phones/:id', () => {
  test('DELETE /v1/me/phones/:id takes a phone from its own account only', async () => {
    const { keyId, publicKey } = newPhone()
    await register(publicKey)
    const remove = (as: string) =>
      bench.app.inject({
        method: 'DELETE',
        url: `/v1/me/phones/${keyId}`,
        headers: { cookie: `tillfree-account=${as}`, 'sec-fetch-site': 'same-origin' },
      })
    expect((await remove(await newAccount('otto'))).statusCode).toBe(204)
    const anna = async () => (await accountsOfStore()).find(({ id }) => id === 'anna')
    expect((await anna())?.entryKeys).toHaveLength(1)
    expect((await remove(token)).statusCode).toBe(204)
    expect(await anna()).toEqual({ id: 'anna', codes: [], staff: false })
  })
})

describe('GET /v1/me/entry', () => {
  test('GET /v1/me/entry knows the stores that have asked, by their latest names', async () => {
    await accountsOfStore()
    await accountsOfStore('?name=Via%20Roma%201')
    const { stores, now } = await view()
    expect(stores).toEqual([{ id: 's1', name: 'Via Roma 1', tag: storeTag('s1') }])
    expect(Math.abs(now - bench.now())).toBeLessThan(1000)
  })
})
