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
/** What was chosen on other pages than the first. */
let chosen: Map<string, string>
/** Pages of which the provider cannot say anything. */
const failing = new Set<string>()
beforeEach(async () => {
  sql = await emptyBooks()
  chosen = new Map()
  charged = []
})
afterEach(() => sql.close())

/** Has pages, on the first of which `new` is chosen; the card of before is declined. Remembers each key. */
function cardProvider(): PaymentProvider {
  const answers = new Map<string, Answer>()
  let opened = 0
  return {
    name: 'cards',
    defaultMethod: 'old',
    choices: [],
    enrolment: {
      begin: async () => {
        opened += 1
        return { reference: `page-${opened}`, url: 'https://cards.example/page' }
      },
      finish: async (reference) => {
        if (failing.has(reference)) throw new Error('no such page')
        return reference === 'page-1' ? 'new' : (chosen.get(reference) ?? null)
      },
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

const method = () =>
  sql.query('SELECT payment_method AS token, (SELECT COUNT(*) FROM open_enrolment) AS pages FROM account')
const token = async () => (await method())[0]?.token
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
    [{ token: 'new', pages: 0 }],
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

  test('takes what is chosen on any page that was opened, and of two the one chosen last', async () => {
    const { enrolments } = await chosenAfter('trip-1')
    await enrolments.begin('anna')
    await enrolments.finish('anna')
    expect(await method()).toEqual([{ token: 'new', pages: 1 }])
    chosen.set('page-2', 'newer')
    await enrolments.finish('anna')
    await enrolments.finish('anna')
    expect(await method()).toEqual([{ token: 'newer', pages: 0 }])
  })

  test('takes of several that were filled in meanwhile the page that was opened last, and never goes back', async () => {
    const { enrolments } = await chosenAfter('trip-1')
    await enrolments.begin('anna')
    chosen.set('page-2', 'newer')
    for (let i = 0; i < 2; i++) await enrolments.finish('anna')
    expect(await method()).toEqual([{ token: 'newer', pages: 0 }])
  })

  test('takes a page whose fellow the provider does not know', async () => {
    const { enrolments } = await chosenAfter('trip-1')
    await sql.run("INSERT INTO open_enrolment VALUES ('of-another-provider', 'anna', 99, ?)", [time])
    failing.add('of-another-provider')
    await enrolments.finish('anna')
    expect(await token()).toBe('new')
    await expect(enrolments.finish('anna')).rejects.toMatchObject({ code: 'PROVIDER_DOWN' })
  })

  test('asks after the five pages that were opened last, for four days', async () => {
    const { enrolments } = await chosenAfter('trip-1')
    for (let i = 0; i < 5; i++) await enrolments.begin('anna')
    expect(await method()).toEqual([{ token: null, pages: 5 }])
    chosen.set('page-2', 'newer')
    await sql.run('UPDATE open_enrolment SET opened_at = ?', [time - 4 * 86_400_000 - 1])
    await enrolments.finish('anna')
    expect(await token()).toBeNull()
    await enrolments.begin('anna')
    expect(await method()).toEqual([{ token: null, pages: 1 }])
  })

  test('sets the card and charges the other bills where the books of one are wrong', async () => {
    const { payments, enrolments, errors } = await chosenAfter('trip-1', 'trip-2')
    const [broken] = await sql.query<{ id: string }>("SELECT id FROM purchase WHERE trip_id = 's1/trip-1'")
    await sql.run("INSERT INTO ledger_entry VALUES (?, 9, 'receivable', 1)", [`bill/${broken?.id}`])
    await enrolments.finish('anna')
    expect(errors).toMatchObject([{ purchaseId: broken?.id, err: expect.any(LedgerError) }])
    await payments.run()
    expect([await method(), await states(), charged]).toEqual([
      [{ token: 'new', pages: 0 }],
      ['unpaid', 'paid'],
      ['new'],
    ])
  })
})

describe('useMethod()', () => {
  /** A provider that says of the old card what `fate` is, and takes whatever is charged to others; and a bill that it was asked for. */
  async function underWay() {
    const old: { fate: Answer } = { fate: { kind: 'pending' } }
    const provider: PaymentProvider = {
      ...cardProvider(),
      async send(order) {
        const method = order.kind === 'charge' ? order.method : ''
        charged.push(method)
        return method === 'old' ? old.fate : { kind: 'captured', reference: order.key }
      },
    }
    const payments = createPayments({ sql, provider, now, log: { info() {}, warn() {}, error() {} } })
    await createPurchases(sql, now).record(purchaseOf('trip-1', { account: 'anna' }))
    await payments.run()
    await sql.run("UPDATE account SET email = 'anna@example.com'")
    await sql.transaction((session) => payments.useMethod({ id: 'anna' }, 'new', session))
    return { payments, old }
  }

  test('useMethod() asks at once after a charge to another card, and charges nothing while it is not known', async () => {
    const { payments } = await underWay()
    await payments.run()
    expect([charged, await states()]).toEqual([['old', 'old'], ['paying']])
  })

  test('useMethod() has a bill charged to the new card as soon as the old one is declined, without a word of that', async () => {
    const { payments, old } = await underWay()
    old.fate = { kind: 'declined', reason: 'authentication-required' }
    await payments.run()
    expect([charged, await states()]).toEqual([['old', 'old', 'new'], ['paid']])
    expect(await sql.query('SELECT id FROM mail_outbox')).toEqual([])
    expect(await auditPayments(sql)).toEqual([])
  })

  test('useMethod() leaves a bill alone that the old card has paid', async () => {
    const { payments, old } = await underWay()
    old.fate = { kind: 'captured', reference: 'paid' }
    await payments.run()
    expect([charged, await states()]).toEqual([['old', 'old'], ['paid']])
  })

  test('useMethod() has no bill charged to one card more often than a shopper may have it', async () => {
    const { payments, old } = await underWay()
    for (let i = 0; i < 8; i++)
      await sql.run(
        `INSERT INTO attempt SELECT 'a' || ?, 'charge', id, NULL, 'cards', 'new', NULL, 1, 1, 0, ? FROM purchase`,
        [i, time],
      )
    old.fate = { kind: 'declined', reason: 'insufficient-funds' }
    await payments.run()
    expect([charged, await states()]).toEqual([['old', 'old'], ['declined']])
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
