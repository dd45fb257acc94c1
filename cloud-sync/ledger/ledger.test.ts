import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Books, openBooks } from '../testing/books.ts'
import { billed } from '../testing/purchase.ts'
import { audit } from './audit.ts'
import { groupsLeft, refundGroups, type Step } from './bookings.ts'
import { book } from './ledger.ts'

let books: Books
beforeEach(async () => {
  books = await openBooks()
})
afterEach(() => books.close())

const later = Date.UTC(2026, 10, 22)
const steps = async (...list: readonly Step['kind'][]) => {
  for (const [i, kind] of list.entries()) {
    const step = { kind, nextAt: later, reason: 'insufficient-funds' } as Step
    expect(await books.book(step, `${i}-${kind}`)).toBe(true)
  }
}
const state = async () => (await books.payment()).state
const balances = async () =>
  Object.fromEntries(Object.entries((await books.payment()).balances).filter(([, amountMinor]) => amountMinor !== 0))
const giveBack = async (gross: Readonly<Record<number, number>>): Promise<Step> => {
  const byRate = new Map(Object.entries(gross).map(([rate, amountMinor]) => [Number(rate), amountMinor]))
  const groups = refundGroups(groupsLeft((await books.payment()).balances), byRate)
  return { kind: 'refunded', groups, reason: 'returned' }
}
/** Another purchase with no bill in the books yet. */
const addOther = (totalMinor: number) =>
  books.sql.run(
    `INSERT INTO purchase (id, trip_id, content_hash, store_id, ended_at, received_at, total_minor, currency, status, body)
     VALUES ('other', 'trip-2', 'hash', 's1', 0, 0, ?, 'EUR', 'final', '{}')`,
    [totalMinor],
  )
const bookOther = (step: Step, key: string) =>
  books.sql.transaction((session) => book(session, { purchaseId: 'other', key, at: later, step }))
const sold = { 'sales:0.1': -273, 'tax:0.1': -27, 'sales:0.22': -737, 'tax:0.22': -162 }

describe('book()', () => {
  test('book() has a bill owed by its shopper, sales without tax and tax by rate', async () => {
    expect(await balances()).toEqual({ receivable: 1199, ...sold })
    expect(await books.payment()).toMatchObject({ state: 'due', failures: 0, nextAt: Date.UTC(2026, 10, 21, 13) })
  })

  test('book() moves what was paid from the shopper to the provider', async () => {
    await steps('attempted', 'authorised', 'captured')
    expect(await balances()).toEqual({ provider: 1199, ...sold })
    expect(await books.payment()).toMatchObject({ state: 'paid', nextAt: null })
  })

  test('book() takes a refund out of sales and tax of its rate, and owes it until it is sent', async () => {
    await steps('attempted', 'captured')
    await books.book(await giveBack({ 0.1: 150 }), 'refund-1')
    expect(await balances()).toEqual({
      ...sold,
      provider: 1199,
      'refund-payable': -150,
      'sales:0.1': -136,
      'tax:0.1': -14,
    })
    await books.book({ kind: 'refund-sent', amountMinor: 150 }, 'sent-1')
    await books.book(await giveBack({ 0.1: 150, 0.22: 899 }), 'refund-2')
    await books.book({ kind: 'refund-sent', amountMinor: 1049 }, 'sent-2')
    expect([await state(), await balances()]).toEqual(['refunded', {}])
  })

  test('book() lets a refund before the payment lower what is owed', async () => {
    await steps('attempted', 'declined')
    await books.book(await giveBack({ 0.22: 899 }), 'refund-1')
    expect(await balances()).toMatchObject({ receivable: 300 })
    await books.book(await giveBack({ 0.1: 300 }), 'refund-2')
    expect([await state(), await balances(), (await books.payment()).nextAt]).toEqual(['refunded', {}, null])
  })

  test('book() writes a bad debt off, and owes it again when somebody pays after all', async () => {
    await steps('attempted', 'refused', 'written-off')
    expect(await balances()).toEqual({ 'bad-debt': 1199, ...sold })
    await books.book({ kind: 'attempted' }, 'again')
    expect(await balances()).toEqual({ receivable: 1199, ...sold })
    await books.book({ kind: 'captured' }, 'paid')
    expect([await state(), await balances()]).toEqual(['paid', { provider: 1199, ...sold }])
  })

  test('book() has one effect for a key, and refuses the key of another bill', async () => {
    await steps('attempted')
    expect(await books.book({ kind: 'captured' }, 'answer-1')).toBe(true)
    expect(await books.book({ kind: 'captured' }, 'answer-1')).toBe(false)
    expect(await balances()).toMatchObject({ provider: 1199 })
    await addOther(1199)
    await expect(bookOther({ kind: 'captured' }, 'answer-1')).rejects.toThrow(/answer-1 is of bill .*, not of other/)
  })

  test('book() counts failures and remembers since when', async () => {
    await steps('attempted', 'declined', 'attempted', 'refused')
    expect(await books.payment()).toMatchObject({ failures: 2, failedSince: Date.UTC(2026, 10, 21, 13), nextAt: later })
  })

  test('book() refuses what cannot happen, and leaves no trace of it', async () => {
    const before = await books.payment()
    await expect(books.book({ kind: 'captured' }, 'x')).rejects.toThrow(/captured cannot happen to it while it is due/)
    const tooMuch: Step = {
      kind: 'refunded',
      groups: [{ taxRate: 0.1, grossMinor: 301, taxMinor: 27 }],
      reason: 'returned',
    }
    await expect(books.book(tooMuch, 'y')).rejects.toThrow(
      /would leave it wrong: due: more was given back than was sold/,
    )
    await steps('attempted', 'captured')
    await expect(books.book({ kind: 'refund-sent', amountMinor: 1 }, 'z')).rejects.toThrow(/would leave it wrong/)
    const half: Step = {
      kind: 'refunded',
      groups: [{ taxRate: 0.1, grossMinor: 0.5, taxMinor: 0 }],
      reason: 'returned',
    }
    await expect(books.book(half, 'h')).rejects.toThrow(/found -0.5, wanted an integer/)
    expect(before.state).toBe('due')
    expect(await books.sql.query('SELECT COUNT(*) AS n FROM bill_event')).toEqual([{ n: 3 }])
  })

  test('book() refuses lines that do not sum to the bill', async () => {
    await addOther(1200)
    const step: Step = { kind: 'billed', groups: billed([]).bill.taxes }
    await expect(bookOther(step, 'bill/other')).rejects.toThrow(/0 would be owed, its total is 1200/)
  })
})

describe('bill_event, ledger_entry', () => {
  test.each(['bill_event', 'ledger_entry'])('%s is only ever added to', async (table) => {
    const column = table === 'bill_event' ? 'at' : 'amount_minor'
    await expect(books.sql.run(`UPDATE ${table} SET ${column} = 1`)).rejects.toThrow(`${table} is only ever added to`)
    await expect(books.sql.run(`DELETE FROM ${table}`)).rejects.toThrow(`${table} is only ever added to`)
  })
})

describe('audit()', () => {
  test('audit() finds nothing wrong with books that were kept by book()', async () => {
    await steps('attempted', 'captured')
    expect(await audit(books.sql)).toEqual([])
  })

  test.each([
    [
      "INSERT INTO ledger_entry SELECT key, 9, 'provider', 5 FROM bill_event",
      [
        'the entries of this event do not balance: bill/',
        'the books of this currency do not balance: EUR',
        'provider is at 5, wanted 0',
      ],
    ],
    [
      "UPDATE bill_payment SET state = 'paid'",
      ['not that of its latest event', 'paid: receivable is at 1199, wanted 0'],
    ],
    ['UPDATE purchase SET total_minor = 1', ['with another amount than its total']],
    ['DELETE FROM bill_payment', ['this purchase has no bill in the books']],
  ])('audit() finds what %s did', async (damage, words) => {
    await books.sql.run(damage)
    const problems = await audit(books.sql)
    for (const each of words) expect(problems.join('\n')).toContain(each)
  })
})
