/** Any order of whatever can happen to a bill, with everything twice, against a model that knows six amounts. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Books, openBooks } from '../testing/books.ts'
import { billed } from '../testing/purchase.ts'
import { audit } from './audit.ts'
import { groupsLeft, refundGroups, type Step } from './bookings.ts'
import { type BillState, isOwed, isRefundable, nextState } from './states.ts'

const lines = [
  { sku: 'water', quantity: 3, unitPriceMinor: 149, taxRate: 0.1, totalMinor: 447 },
  { sku: 'wine', quantity: 1, unitPriceMinor: 899, taxRate: 0.22, totalMinor: 899 },
  { sku: 'stamp', quantity: 2, unitPriceMinor: 95, taxRate: 0, totalMinor: 190 },
]
const totalMinor = 1536

const simple = fc
  .constantFrom('attempted', 'authorised', 'captured', 'declined', 'refused', 'written-off')
  .map((kind) => ({ kind }))
const act = fc.oneof(
  { weight: 6, arbitrary: simple },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('refunded' as const),
      /** Shares of what is left at each rate. */
      shares: fc.tuple(...lines.map(() => fc.constantFrom(0, 0.01, 0.5, 1))),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('refund-sent', 'refund-returned', 'refund-paid-otherwise'),
      share: fc.constantFrom(0.5, 1),
    }),
  },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

interface Model {
  state: BillState
  soldMinor: number
  paidMinor: number
  payableMinor: number
  sentMinor: number
  otherwiseMinor: number
}

async function stepOf(books: Books, model: Model, one: Act): Promise<Step | null> {
  if ('share' in one) {
    const most = one.kind === 'refund-returned' ? model.sentMinor : model.payableMinor
    const amountMinor = Math.round(most * one.share)
    return amountMinor === 0 ? null : { kind: one.kind, amountMinor }
  }
  if (one.kind !== 'refunded') return { ...one, nextAt: 1, reason: 'insufficient-funds' } as Step
  const left = groupsLeft((await books.payment()).balances)
  const gross = new Map(left.map((group, i) => [group.taxRate, Math.round(group.grossMinor * (one.shares[i] ?? 0))]))
  const groups = refundGroups(left, gross)
  return groups.length === 0 ? null : { kind: 'refunded', groups, reason: 'returned' }
}

/** What the step makes of the model; null: it must be refused. */
function after(model: Model, step: Step): Model | null {
  if (step.kind === 'refunded') {
    if (!isRefundable(model.state)) return null
    const amount = step.groups.reduce((sum, { grossMinor }) => sum + grossMinor, 0)
    const soldMinor = model.soldMinor - amount
    const payableMinor = model.payableMinor + (model.state === 'paid' ? amount : 0)
    return { ...model, soldMinor, payableMinor, state: soldMinor === 0 ? 'refunded' : model.state }
  }
  const state = nextState(model.state, step.kind)
  if (state === null) return null
  if (step.kind === 'captured') return { ...model, state, paidMinor: model.soldMinor }
  if (!('amountMinor' in step)) return { ...model, state }
  const { amountMinor } = step
  if (step.kind === 'refund-paid-otherwise')
    return {
      ...model,
      state,
      otherwiseMinor: model.otherwiseMinor + amountMinor,
      payableMinor: model.payableMinor - amountMinor,
    }
  const sent = step.kind === 'refund-sent' ? amountMinor : -amountMinor
  return {
    ...model,
    state,
    paidMinor: model.paidMinor - sent,
    payableMinor: model.payableMinor - sent,
    sentMinor: model.sentMinor + sent,
  }
}

function amountsOf({ state, soldMinor, paidMinor, payableMinor, otherwiseMinor }: Model) {
  const debt = isOwed(state) ? soldMinor : 0
  return {
    receivable: state === 'written-off' ? 0 : debt,
    'bad-debt': state === 'written-off' ? debt : 0,
    provider: paidMinor,
    'refund-payable': 0 - payableMinor,
    'other-means': 0 - otherwiseMinor,
  }
}

async function check(books: Books, model: Model): Promise<void> {
  const { state, balances } = await books.payment()
  const amounts = amountsOf(model)
  const found = Object.fromEntries(Object.keys(amounts).map((account) => [account, 0 + (balances[account] ?? 0)]))
  expect({ state, ...found }).toEqual({ state: model.state, ...amounts })
  expect(groupsLeft(balances).reduce((sum, { grossMinor }) => sum + grossMinor, 0)).toBe(model.soldMinor)
}

async function live(acts: readonly Act[]): Promise<void> {
  const books = await openBooks(billed(lines))
  const none = { paidMinor: 0, payableMinor: 0, sentMinor: 0, otherwiseMinor: 0 }
  let model: Model = { state: 'due', soldMinor: totalMinor, ...none }
  try {
    for (const [i, one] of acts.entries()) {
      const step = await stepOf(books, model, one)
      if (step === null) continue
      const next = after(model, step)
      if (next === null)
        await expect(books.book(step, `act-${i}`)).rejects.toThrow(/cannot happen|would leave it wrong/)
      else expect([await books.book(step, `act-${i}`), await books.book(step, `act-${i}`)]).toEqual([true, false])
      model = next ?? model
      await check(books, model)
    }
    expect(await audit(books.sql)).toEqual([])
  } finally {
    await books.close()
  }
}

test('book() agrees with the model in any order of events, each of them told twice', async () => {
  await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 25 }), live))
})
