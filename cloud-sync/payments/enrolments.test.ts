/** A card that was chosen on the provider's page is kept, and what is open is charged to it, whatever fails meanwhile. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LedgerError } from '../ledger/invariants.ts'
import { createPurchases } from '../purchases.ts'
import type { Sql } from '../sql.ts'
import { emptyBooks } from '../testing/books.ts'
import { type FaultMode, Faults, faultySql } from '../testing/faults.ts'
import { purchaseOf } from '../testing/purchase.ts'
import { auditPayments } from './audit.ts'
import { createEnrolments } from './enrolments.ts'
import { createPayments } from './payments.ts'
import type { Answer, PaymentProvider } from './provider.ts'

const time = Date.UTC(2026, 10, 21, 13)
const now = () => time

let sql: Sql
let charged: string[]
beforeEach(async () => {
  sql = await emptyBooks()
  charged = []
})
afterEach(() => sql.close())

/** Has a page on which `new` is chosen; the card of before is declined. Remembers each key. */
function cardProvider(): PaymentProvider {
  const answers = new Map<string, Answer>()
  return {
    name: 'cards',
    defaultMethod: 'old',
    choices: [],
    enrolment: {
      begin: async () => ({ reference: 'page', url: 'https://cards.example/page' }),
      finish: async () => 'new',
    },
    async send(order) {
      const method = order.kind === 'charge' ? order.method : ''
      const known = answers.get(order.key)
      if (known === undefined) charged.push(method)
      const answer: Answer =
        method === 'new' ? { kind: 'captured', reference: order.key } : { kind: 'declined', reason: 'method-unusable' }
      answers.set(order.key, known ?? answer)
      return known ?? answer
    },
  }
}

/** A service whose bills of those trips were declined, and whose shopper has come to the end of the provider's page. */
async function chosenAfter(...trips: readonly string[]) {
  const provider = cardProvider()
  const errors: object[] = []
  const log = { info() {}, warn() {}, error: (fields: object) => void errors.push(fields) }
  const start = (on: Sql) => {
    const payments = createPayments({ sql: on, provider, now, log })
    return { payments, enrolments: createEnrolments({ sql: on, provider, payments, now, log }) }
  }
  const { payments, enrolments } = start(sql)
  const purchases = createPurchases(sql, now)
  for (const trip of trips) await purchases.record(purchaseOf(trip, { account: 'anna' }))
  await payments.run()
  await enrolments.begin('anna')
  charged = []
  return { start, payments, enrolments, errors }
}

const method = () => sql.query('SELECT payment_method AS token, enrolment FROM account')
const states = async () =>
  (
    await sql.query<{ state: string }>(
      'SELECT state FROM bill_payment JOIN purchase ON purchase_id = id ORDER BY trip_id',
    )
  ).map(({ state }) => state)

/** False: it was over before the nth thing happened. */
async function finishes(nth: number, mode: FaultMode): Promise<boolean> {
  const { start } = await chosenAfter('trip-1', 'trip-2')
  const faults = new Faults(nth, mode)
  const failed = await start(faultySql(sql, faults))
    .enrolments.finish('anna')
    .catch((error: unknown) => error)
  if (failed !== undefined) expect(String(failed)).toMatch(/fault at|is dead/)
  const { payments, enrolments } = start(sql)
  await enrolments.finish('anna')
  await payments.run()
  expect([nth, await method(), await states(), charged]).toEqual([
    nth,
    [{ token: 'new', enrolment: null }],
    ['paid', 'paid'],
    ['new', 'new'],
  ])
  expect(await auditPayments(sql)).toEqual([])
  return faults.struck
}

describe('finish()', () => {
  test.each<FaultMode>(['once', 'crash'])('asked again does what a fault has kept it from, %s', async (mode) => {
    let nth = 1
    for (; await finishes(nth, mode); nth++) {
      await sql.close()
      sql = await emptyBooks()
    }
    expect(nth).toBeGreaterThan(20)
  })

  test('sets the card and charges the other bills where the books of one are wrong', async () => {
    const { payments, enrolments, errors } = await chosenAfter('trip-1', 'trip-2')
    const [broken] = await sql.query<{ id: string }>("SELECT id FROM purchase WHERE trip_id = 's1/trip-1'")
    await sql.run("INSERT INTO ledger_entry VALUES (?, 9, 'receivable', 1)", [`bill/${broken?.id}`])
    await enrolments.finish('anna')
    expect(errors).toMatchObject([{ purchaseId: broken?.id, err: expect.any(LedgerError) }])
    await payments.run()
    expect([await method(), await states(), charged]).toEqual([
      [{ token: 'new', enrolment: null }],
      ['unpaid', 'paid'],
      ['new'],
    ])
  })
})

test('begin() tells the shopper that the provider does not answer, and the log alone what it said', async () => {
  const said = "The key 'rk_live_7f3c' has no access to account acct_1ABC"
  const fail = () => Promise.reject(new Error(said))
  const provider = { ...cardProvider(), enrolment: { begin: fail, finish: fail } }
  const lines: object[] = []
  const log = { info() {}, error() {}, warn: (fields: object) => void lines.push(fields) }
  const payments = createPayments({ sql, provider, now, log })
  const refused = createEnrolments({ sql, provider, payments, now, log }).begin('anna')
  await expect(refused).rejects.toMatchObject({ code: 'PROVIDER_DOWN', message: expect.not.stringContaining('7f3c') })
  expect(lines).toEqual([{ why: said }])
})
