import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AccountBills, AccountView, Purchase, PurchaseAnswer } from '../models/contracts/http.ts'
import { auditPayments } from './payments/audit.ts'
import { hashOf } from './secrets.ts'
import { nameIn } from './stores/own-key.ts'
import { billed, purchaseOf } from './testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, storeToken } from './testing/service.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
afterEach(() => bench.close())

const post = (url: string, body: unknown, token: string | null = storeToken) => call(bench.app, token, url, body)
const get = (url: string, token: string | null) => call(bench.app, token, url)
const newAccount = (id: string, name = 'Anna') => newShopper(bench, id, name)

const water = { sku: '632565000012', quantity: 1, unitPriceMinor: 150, taxRate: 0.1, totalMinor: 150 }
const decidedAt = purchaseOf('').tripEndTime + 600_000

/** JSON with the keys of each object in order. */
function inOrder(value: object): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

function inReview(trip: string, account: string | null): Purchase {
  const purchase = purchaseOf(trip, { account })
  return { ...purchase, bill: { ...purchase.bill, status: 'review' } }
}

function decidedOn(review: Purchase, lines: Parameters<typeof billed>[0]): Purchase {
  const { bill, cartItems } = billed(lines)
  return { ...review, cartItems, bill: { ...bill, checkedAt: decidedAt } }
}

describe('POST /v1/purchases', () => {
  test('POST /v1/purchases bills a trip once, whatever the number of attempts, over a restart', async () => {
    const purchase = purchaseOf('trip-1')
    const first = await post('/v1/purchases', purchase)
    const { bill, ...rest } = purchase
    const retry = await post('/v1/purchases', { bill, ...rest, requestId: 'another attempt' })
    bench = await bench.reopen()
    const later = await post('/v1/purchases', purchase)
    expect([first.status, retry.status, later.status]).toEqual([201, 200, 200])
    const { purchaseId } = first.body as PurchaseAnswer
    expect(first.body).toEqual({ purchaseId, duplicate: false })
    expect([retry.body, later.body]).toEqual(Array(2).fill({ purchaseId, duplicate: true }))
    expect(await bench.sql.query('SELECT COUNT(*) AS n FROM purchase')).toEqual([{ n: 1 }])
  })

  test('POST /v1/purchases bills a trip whose store and shopper have the longest ids, and it can be refunded', async () => {
    const { body } = await call(bench.app, storeToken, '/v1/accounts', { name: 'Anna' })
    const trip = `${'s'.repeat(64)}.1795266000000.${'t'.repeat(64)}~2`
    const account = (body as { id: string }).id
    expect((await call(bench.app, storeToken, '/v1/purchases', purchaseOf(trip, { account }))).status).toBe(201)
    const refund = { idempotentRefundId: 'r', reason: 'goodwill' }
    expect(await call(bench.app, storeToken, `/v1/purchases/${trip}/refunds`, refund)).toMatchObject({ status: 201 })
  })

  test('POST /v1/purchases bills once when attempts overlap', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, () => post('/v1/purchases', purchaseOf('trip-1'))))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(7).fill(200), 201])
  })

  test('POST /v1/purchases refuses the same trip with another content and keeps the first', async () => {
    await post('/v1/purchases', purchaseOf('trip-1'))
    const other = await post('/v1/purchases', purchaseOf('trip-1', billed([])))
    expect(other.status).toBe(409)
    expect(other.body).toEqual({
      statusCode: 409,
      code: 'OTHER_CONTENT',
      message:
        'the trip was billed already with another content; the first one stays: trip trip-1, found a total of 0 EUR, kept a total of 1199 EUR',
    })
    expect(await bench.sql.query('SELECT total_minor FROM purchase')).toEqual([{ total_minor: 1199 }])
  })

  test('POST /v1/purchases keeps what a purchase has and no more, however deep, and knows again what was kept with more', async () => {
    const purchase = purchaseOf('trip-1')
    const more = { ...purchase, customer: 'anna@shop.example', bill: { ...purchase.bill, phone: '+39 055' } }
    expect((await post('/v1/purchases', more)).status).toBe(201)
    const kept = () =>
      bench.sql.query<{ body: string; content_hash: string }>('SELECT body, content_hash FROM purchase')
    expect(JSON.parse((await kept())[0]?.body ?? '')).toEqual(purchase)
    for (const again of [purchase, more]) expect((await post('/v1/purchases', again)).status).toBe(200)
    // As it was kept with all that was sent.
    const { requestId: _, ...content } = more
    await bench.sql.run('UPDATE purchase SET content_hash = ?', [hashOf(inOrder(content))])
    expect((await post('/v1/purchases', more)).status).toBe(200)
    const deep = `${JSON.stringify(purchaseOf('trip-2')).slice(0, -1)},"x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const headers = { authorization: `Bearer ${storeToken}`, 'content-type': 'application/json' }
    for (const status of [201, 200])
      expect(
        (await bench.app.inject({ method: 'POST', url: '/v1/purchases', headers, payload: deep })).statusCode,
      ).toBe(status)
  })

  test('POST /v1/purchases owes what is final, of a shopper, and more than nothing', async () => {
    await newAccount('anna')
    await post('/v1/accounts', { id: 'otto', name: 'Otto', staff: true })
    await post('/v1/purchases', purchaseOf('trip-of-anna', { account: 'anna' }))
    await post('/v1/purchases', inReview('trip-in-review', 'anna'))
    await post('/v1/purchases', purchaseOf('trip-of-nothing', { account: 'anna', ...billed([]) }))
    await post('/v1/purchases', purchaseOf('trip-of-nobody'))
    await post('/v1/purchases', purchaseOf('trip-of-staff', { account: 'otto' }))
    const states = await bench.sql.query<{ trip_id: string; state: string }>(
      'SELECT trip_id, state FROM bill_payment JOIN purchase ON purchase.id = bill_payment.purchase_id',
    )
    expect(Object.fromEntries(states.map(({ trip_id, state }) => [nameIn('s1', trip_id), state]))).toEqual({
      'trip-of-anna': 'due',
      'trip-in-review': 'review',
      'trip-of-nothing': 'nothing-due',
      'trip-of-nobody': 'nothing-due',
      'trip-of-staff': 'nothing-due',
    })
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('POST /v1/purchases settles a bill in review once, by what a person decided', async () => {
    const { token } = await newAccount('anna')
    const review = inReview('trip-1', 'anna')
    const decided = decidedOn(review, [water])
    const other = decidedOn(review, [])
    const statuses = []
    for (const purchase of [review, review, decided, decided, review, other])
      statuses.push((await post('/v1/purchases', { ...purchase, requestId: 'attempt' })).status)
    expect(statuses).toEqual([201, 200, 201, 200, 200, 409])
    const { bills } = (await get('/v1/me/bills', token)).body as AccountBills
    expect(bills).toMatchObject([{ tripId: 'trip-1', status: 'final', totalMinor: 150, checkedAt: decidedAt }])
  })

  test('POST /v1/purchases settles nothing in another currency than that of the review', async () => {
    const review = inReview('trip-1', null)
    const decided = decidedOn(review, [water])
    await post('/v1/purchases', review)
    const lek = { ...decided, bill: { ...decided.bill, currency: 'ALL' } }
    expect(await post('/v1/purchases', lek)).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining('found a total of 150 ALL, kept a total of 1199 EUR in review') },
    })
    expect((await post('/v1/purchases', decided)).status).toBe(201)
  })

  test('POST /v1/purchases takes a decision before its review, and settles once when attempts overlap', async () => {
    const review = inReview('trip-1', null)
    const decided = decidedOn(review, [water])
    const all = [decided, review, decided, review]
    const answers = await Promise.all(all.map((purchase) => post('/v1/purchases', purchase)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201])
    expect(await bench.sql.query('SELECT status, total_minor FROM purchase')).toEqual([
      { status: 'final', total_minor: 150 },
    ])
  })

  test('POST /v1/purchases settles nothing without a person, or for somebody else', async () => {
    await newAccount('anna')
    const review = inReview('trip-1', null)
    const decided = decidedOn(review, [water])
    const { checkedAt: _, ...unchecked } = decided.bill
    await post('/v1/purchases', review)
    for (const wrong of [
      { ...decided, bill: unchecked },
      { ...decided, account: 'anna' },
      { ...decided, tripEndTime: decided.tripEndTime - 1 },
    ])
      expect((await post('/v1/purchases', wrong)).body).toMatchObject({
        code: 'OTHER_CONTENT',
        message: expect.stringContaining('found a total of 150 EUR, kept a total of 1199 EUR in review'),
      })
    const checkedReview = {
      ...review,
      idempotentShoppingTripId: 'trip-2',
      bill: { ...review.bill, checkedAt: decidedAt },
    }
    expect((await post('/v1/purchases', checkedReview)).body).toHaveProperty(
      'message',
      expect.stringMatching(/\/bill\/checkedAt: found \d+, wanted nothing in a bill that is in review/),
    )
  })

  test('POST /v1/purchases refuses a bill that does not add up, with where, found and wanted', async () => {
    const good = purchaseOf('trip-1')
    const wrong = { ...good, bill: { ...good.bill, totalMinor: 1200 } }
    const answer = await post('/v1/purchases', wrong)
    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({
      code: 'WRONG_SUM',
      message: 'the bill does not add up: /bill/totalMinor: found 1200, wanted 1199',
    })
  })

  test('POST /v1/purchases refuses an account that does not exist, and keeps a trip of nobody', async () => {
    const stranger = await post('/v1/purchases', purchaseOf('trip-1', { account: 'ghost' }))
    const nobody = await post('/v1/purchases', purchaseOf('trip-1'))
    expect([stranger.status, nobody.status]).toEqual([422, 201])
    expect(stranger.body).toMatchObject({
      code: 'UNKNOWN_ACCOUNT',
      message:
        'the purchase names an account that does not exist: /account: found "ghost", wanted the id of an account or null',
    })
  })

  test('POST /v1/purchases says what is wrong with a body', async () => {
    const noStore = await post('/v1/purchases', { ...purchaseOf('trip-1'), storeId: 'no spaces' })
    const huge = await post('/v1/purchases', { ...purchaseOf('trip-1'), note: 'x'.repeat(1_100_000) })
    const noJson = await bench.app.inject({
      url: '/v1/purchases',
      method: 'POST',
      headers: { authorization: `Bearer ${storeToken}`, 'content-type': 'application/json' },
      payload: '{"requestId": ',
    })
    expect(noStore).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } })
    expect(noStore.body).toHaveProperty('message', expect.stringMatching(/\/storeId: found "no spaces", wanted text/))
    expect(huge).toMatchObject({ status: 413, body: { code: 'TOO_LARGE' } })
    expect(noJson.json()).toMatchObject({ statusCode: 400, code: 'BAD_REQUEST' })
  })

  test('POST /v1/purchases wants the credential of a store', async () => {
    const none = await post('/v1/purchases', purchaseOf('trip-1'), null)
    const wrong = await post('/v1/purchases', purchaseOf('trip-1'), 'guess')
    const shopper = await post('/v1/purchases', purchaseOf('trip-1'), (await newAccount('anna')).token)
    expect([none, wrong, shopper].map(({ status, body }) => [status, (body as { code: string }).code])).toEqual([
      [401, 'NO_TOKEN'],
      [401, 'WRONG_STORE_TOKEN'],
      [401, 'WRONG_STORE_TOKEN'],
    ])
  })
})

describe('POST /v1/accounts', () => {
  test('POST /v1/accounts makes an account once; what it is called is its owner’s to change', async () => {
    const first = await post('/v1/accounts', { id: 'anna', name: 'Anna', email: 'Anna@shop.example' })
    const account = first.body as AccountView
    expect(first.status).toBe(201)
    expect(account).toEqual({ id: 'anna', name: 'Anna', staff: false, email: 'anna@shop.example' })
    const { token } = await newShopper(bench, 'anna')
    expect((await put(bench.app, token, '/v1/me/name', { name: 'Annie' })).body).toMatchObject({ name: 'Annie' })
    const again = await post('/v1/accounts', { id: 'anna', name: 'Anna' })
    expect([again.status, again.body]).toEqual([200, { ...account, name: 'Annie' }])
    const staff = (await post('/v1/accounts', { id: 'otto', name: 'Otto', staff: true })).body as AccountView
    expect(staff.entryCode).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/)
  })

  test('POST /v1/accounts refuses another role or e-mail address, and one that is somebody else’s', async () => {
    await post('/v1/accounts', { id: 'anna', name: 'Anna', email: 'anna@shop.example' })
    for (const [body, code] of [
      [{ id: 'anna', name: 'Anna', staff: true }, 'OTHER_ACCOUNT'],
      [{ id: 'anna', name: 'Anna', email: 'other@shop.example' }, 'OTHER_ACCOUNT'],
      [{ id: 'otto', name: 'Otto', email: 'ANNA@shop.example' }, 'OTHER_EMAIL'],
    ])
      expect(await post('/v1/accounts', body)).toMatchObject({ status: 409, body: { code } })
    expect((await post('/v1/accounts', { name: 'Otto', email: 'no address' })).status).toBe(400)
    expect(bench.logged()).not.toMatch(/Anna|@shop/)
  })
})

describe('GET /v1/stores/:id/accounts', () => {
  test('GET /v1/stores/:id/accounts lists codes of cards, and says 304 until an account changes', async () => {
    await newAccount('anna')
    await post('/v1/accounts', { id: 'otto', name: 'Otto', staff: true })
    const first = await get('/v1/stores/s1/accounts', storeToken)
    const etag = String(first.headers.etag)
    const ask = () =>
      bench.app.inject({
        url: '/v1/stores/s1/accounts',
        headers: { authorization: `Bearer ${storeToken}`, 'if-none-match': etag },
      })
    const same = await ask()
    await newAccount('carla')
    const changed = await ask()
    expect(first.body).toEqual([
      { id: 'anna', codes: [], staff: false },
      { id: 'otto', codes: [expect.any(String)], staff: true },
    ])
    expect([same.statusCode, same.body, changed.statusCode]).toEqual([304, '', 200])
    expect(changed.json()).toHaveLength(3)
  })
})

describe('GET /v1/me/bills', () => {
  test('GET /v1/me/bills pages newest first through the own bills only', async () => {
    const { token } = await newAccount('anna')
    await newAccount('otto')
    const start = purchaseOf('').tripStartTime
    for (const [i, account] of ['anna', 'anna', 'otto', 'anna', null].entries())
      await post('/v1/purchases', purchaseOf(`trip-${i}`, { account, tripEndTime: start + (i === 3 ? 1 : i) * 1000 }))
    const first = (await get('/v1/me/bills?limit=2', token)).body as AccountBills
    const second = (await get(`/v1/me/bills?limit=2&cursor=${first.next}`, token)).body as AccountBills
    const bills = [...first.bills, ...second.bills]
    expect(bills.map(({ endedAt }) => endedAt - start)).toEqual([1000, 1000, 0])
    expect(bills.map(({ tripId }) => tripId).sort()).toEqual(['trip-0', 'trip-1', 'trip-3'])
    expect([first.bills.length, second.next]).toEqual([2, null])
    expect(bills[0]).toMatchObject({ storeId: 's1', totalMinor: 1199, taxes: [{ taxMinor: 27 }, { taxMinor: 162 }] })
    expect(bills[0]?.vatBreakdown[1]).toEqual({
      vatCategoryTaxableAmountMinor: 737,
      vatCategoryTaxAmountMinor: 162,
      vatCategoryCode: 'S',
      vatCategoryRatePercent: 22,
    })
  })

  test('GET /v1/me/bills says of a bill what it is known by here, and leaves out one that cannot be read', async () => {
    const { token } = await newAccount('anna')
    for (const trip of ['trip-1', 'trip-2']) await post('/v1/purchases', purchaseOf(trip, { account: 'anna' }))
    const more = { id: 'other', tripId: 'other', storeId: 's2', startedAt: 'x', endedAt: {}, lines: 7 }
    const { lines: _, ...sent } = more
    const { bill, ...purchase } = purchaseOf('trip-1', { account: 'anna' })
    const bodies = [{ ...purchase, bill: { ...bill, ...sent } }, { bill: more }].map((body) => JSON.stringify(body))
    for (const [i, body] of bodies.entries())
      await bench.sql.run('UPDATE purchase SET body = ? WHERE trip_id = ?', [body, `s1/trip-${i + 1}`])
    const { bills } = (await get('/v1/me/bills', token)).body as AccountBills
    expect(bills).toMatchObject([
      { tripId: 'trip-1', storeId: 's1', startedAt: purchase.tripStartTime, endedAt: purchase.tripEndTime },
    ])
    expect(bills[0]?.id).not.toBe('other')
    expect((await get('/v1/me/export', token)).body).toMatchObject({ bills })
    expect(bench.logged()).toContain('a bill is left out of the others')
  })

  test('GET /v1/me/bills/:id shows an own bill and nobody elses', async () => {
    const { token } = await newAccount('anna')
    const other = await newAccount('otto')
    const { purchaseId } = (await post('/v1/purchases', purchaseOf('t', { account: 'anna' }))).body as PurchaseAnswer
    expect((await get(`/v1/me/bills/${purchaseId}`, token)).body).toMatchObject({ id: purchaseId, tripId: 't' })
    expect((await get(`/v1/me/bills/${purchaseId}`, other.token)).status).toBe(404)
  })

  test('GET /v1/me/bills refuses a limit or cursor that makes no sense', async () => {
    const { token } = await newAccount('anna')
    for (const query of ['limit=0', 'limit=101', 'limit=many', "cursor=1' OR 1=1"])
      expect((await get(`/v1/me/bills?${query}`, token)).status).toBe(400)
  })
})

describe('build()', () => {
  test('build() answers health, readiness and unknown addresses', async () => {
    expect((await get('/healthz', null)).body).toEqual({ status: 'ok' })
    expect((await get('/readyz', null)).body).toEqual({ status: 'ok' })
    expect(await get('/v1/nothing', null)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } })
  })

  test('build() is described by the committed openapi.json', async () => {
    const document = `${JSON.stringify((await get('/openapi.json', null)).body, null, 2)}\n`
    await expect(document).toMatchFileSnapshot('./openapi.json')
  })
})
