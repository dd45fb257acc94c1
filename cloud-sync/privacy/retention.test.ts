import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { before, dayMs, serviceRetention } from '../../models/privacy/retention.ts'
import { auditPayments } from '../payments/audit.ts'
import { billed, purchaseOf } from '../testing/purchase.ts'
import { type Bench, call, newShopper, openBench, put, signInFragment, storeToken } from '../testing/service.ts'
import { removeOld } from './retention.ts'

let bench: Bench
let token = ''
beforeEach(async () => {
  bench = await openBench()
  token = await newAccount('anna-rossi', 'Anna Rossi')
})
afterEach(() => bench.close())

const newAccount = async (id: string, name: string) => (await newShopper(bench, id, name)).token
const buy = async (trip: string, changes: Parameters<typeof purchaseOf>[1] = {}) => {
  await call(bench.app, storeToken, '/v1/purchases', purchaseOf(trip, { account: 'anna-rossi', ...changes }))
  await bench.payments.run()
}

describe('removeOld()', () => {
  const log = { info: () => {}, error: () => {} }
  const removeAt = async (now: number) => {
    const said: string[] = []
    const options = {
      sql: bench.sql,
      now: () => now,
      log: { ...log, info: (_: object, text: string) => said.push(text) },
    }
    while (await removeOld(options));
    return said
  }

  test('removeOld() takes names off receipts after ten years, but not of who owes, and leaves the books right', async () => {
    await buy('paid')
    await newAccount('otto', 'Otto')
    const otto = await newAccount('bruno', 'Bruno')
    await put(bench.app, otto, '/v1/me/payment-method', { token: 'test-declined' })
    await buy('owed', { account: 'bruno' })
    const { tripEndTime } = purchaseOf('')
    expect(await removeAt(tripEndTime + 3652 * dayMs)).not.toContainEqual(expect.stringContaining('whose a bill was'))
    expect(await removeAt(tripEndTime + 3654 * dayMs)).toContain(
      '1 older than 3653 days were removed: whose a bill was',
    )
    expect(await bench.sql.query('SELECT trip_id, account_id FROM purchase ORDER BY trip_id')).toEqual([
      { trip_id: 's1/owed', account_id: 'bruno' },
      { trip_id: 's1/paid', account_id: null },
    ])
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('removeOld() leaves the name on a receipt of today from a store whose clock was back at its beginning', async () => {
    const tripStartTime = Date.UTC(2000, 0, 1)
    await buy('trip-1', { tripStartTime, tripEndTime: tripStartTime + 60_000 })
    await removeAt(bench.now() + dayMs)
    expect(await bench.sql.query('SELECT account_id FROM purchase')).toEqual([{ account_id: 'anna-rossi' }])
  })

  test('removeOld() takes the name off a receipt from a store whose clock was years ahead, and what was in review there', async () => {
    const tripStartTime = Date.UTC(2090, 0, 1)
    const times = { tripStartTime, tripEndTime: tripStartTime + 60_000 }
    const { bill, ...cart } = billed([])
    await buy('trip-1', { ...cart, ...times, bill: { ...bill, status: 'review' } })
    await buy('trip-1', { ...cart, ...times, bill: { ...bill, checkedAt: times.tripEndTime } })
    const left = () => bench.sql.query('SELECT account_id, review_body IS NULL AS bare FROM purchase')
    await removeAt(bench.now() + 89 * dayMs)
    expect(await left()).toEqual([{ account_id: 'anna-rossi', bare: 0 }])
    await removeAt(bench.now() + 91 * dayMs)
    expect(await left()).toEqual([{ account_id: 'anna-rossi', bare: 1 }])
    await removeAt(bench.now() + 3654 * dayMs)
    expect(await left()).toEqual([{ account_id: null, bare: 1 }])
  })

  test('removeOld() leaves nothing of a sign-in that came to nothing', async () => {
    const post = (url: string, body: object) => call(bench.app, storeToken, url, body)
    expect((await post('/v1/sign-in/email', { email: 'stranger@example.org' })).status).toBe(202)
    expect((await post('/v1/sign-in/passkey/question', {})).status).toBe(200)
    await signInFragment(bench, 'anna-rossi')
    const left = async () => {
      const tables = ['email_code', 'passkey_challenge', 'sign_in_link']
      const rows = await Promise.all(tables.map((table) => bench.sql.query(`SELECT 1 FROM ${table}`)))
      return rows.map(({ length }) => length)
    }
    expect(await left()).toEqual([1, 1, 1])
    await removeAt(bench.now() + 2 * 3_600_000)
    expect(await left()).toEqual([0, 0, 1])
    await removeAt(bench.now() + 2 * dayMs)
    expect(await left()).toEqual([0, 0, 0])
  })

  test('removeOld() takes tokens off old attempts, what was in review, and ids of those long erased', async () => {
    await put(bench.app, token, '/v1/me/payment-method', { token: 'test-ok' })
    const { bill, ...cart } = billed([])
    await buy('trip-1', { ...cart, bill: { ...bill, status: 'review' } })
    await buy('trip-1', { ...cart, bill: { ...bill, checkedAt: purchaseOf('').tripEndTime } })
    await buy('trip-2')
    const now = bench.now()
    await bench.sql.run('INSERT INTO erased_account VALUES (?, ?)', ['old', now - 91 * dayMs])
    await bench.sql.run('INSERT INTO erased_account VALUES (?, ?)', ['new', now - 89 * dayMs])
    await removeAt(now + 541 * dayMs - 451 * dayMs)
    const left = async (sqlText: string) => (await bench.sql.query(sqlText)).length
    expect(await left('SELECT 1 FROM purchase WHERE review_body IS NOT NULL')).toBe(0)
    expect(await left('SELECT 1 FROM attempt WHERE method IS NOT NULL')).toBe(1)
    await removeAt(now + 541 * dayMs)
    expect(await left('SELECT 1 FROM attempt WHERE method IS NOT NULL')).toBe(0)
    expect(await left('SELECT 1 FROM erased_account')).toBe(0)
    expect(await auditPayments(bench.sql)).toEqual([])
  })

  test('an attempt can lose its token and nothing else', async () => {
    await buy('trip-1')
    await expect(bench.sql.run(`UPDATE attempt SET method = 'other'`)).rejects.toThrow('only ever added to')
    await expect(bench.sql.run('UPDATE attempt SET method = NULL, amount_minor = 1')).rejects.toThrow('only ever')
  })

  test('before() gives the end of each period', () => {
    expect(before({ a: { days: 1 }, b: { days: 0 } }, 2 * dayMs)).toEqual({ a: dayMs, b: 2 * dayMs })
    expect(Object.values(serviceRetention).every(({ days, why }) => days > 0 && why.length > 20)).toBe(true)
  })
})
