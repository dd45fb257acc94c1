import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taxGroups } from '../../models/contracts/money.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { refundGroups } from '../ledger/bookings.ts'
import { planRefund, type RefundableBill } from './refund-plan.ts'

const water = { sku: 'water', quantity: 2, unitPriceMinor: 150, taxRate: 0.1, totalMinor: 300 }
const wine = { sku: 'wine', quantity: 1, unitPriceMinor: 899, taxRate: 0.22, totalMinor: 899 }
const cheaper = { sku: 'water', quantity: 1, unitPriceMinor: 90, taxRate: 0.1, totalMinor: 90 }
const bag = { sku: 'bag', quantity: 1, unitPriceMinor: 0, taxRate: 0.22, totalMinor: 0 }
const bill = (changes: Partial<RefundableBill> = {}): RefundableBill => {
  const lines = changes.lines ?? [water, wine]
  return { lines, left: taxGroups(lines), refunded: new Map(), ...changes }
}
const planned = (...args: Parameters<typeof planRefund>) => {
  const plan = planRefund(...args)
  return plan.ok ? Object.fromEntries(plan.grossByRate) : describeFault(plan.fault)
}

describe('planRefund()', () => {
  test('planRefund() gives back products at their price, all that is left, or an amount spread over the rates', () => {
    expect(planned({ lines: [{ sku: 'water', quantity: 1 }] }, bill())).toEqual({ 0.1: 150 })
    expect(planned({}, bill())).toEqual({ 0.1: 300, 0.22: 899 })
    expect(planned({ amountMinor: 100 }, bill())).toEqual({ 0.1: 25, 0.22: 75 })
    expect(planned({ amountMinor: 1199 }, bill())).toEqual({ 0.1: 300, 0.22: 899 })
  })

  test('planRefund() takes pieces of one product in the order of the lines', () => {
    const lines = [water, cheaper]
    expect(planned({ lines: [{ sku: 'water', quantity: 3 }] }, bill({ lines }))).toEqual({ 0.1: 390 })
    const refunded = new Map([['water', 1]])
    expect(planned({ lines: [{ sku: 'water', quantity: 2 }] }, bill({ lines, refunded }))).toEqual({ 0.1: 240 })
  })

  test.each([
    [
      { lines: [{ sku: 'tea', quantity: 1 }] },
      {},
      '/lines/0: found 1 of tea, wanted at most 0, as billed and not refunded',
    ],
    [
      {
        lines: [
          { sku: 'water', quantity: 1 },
          { sku: 'water', quantity: 1 },
        ],
      },
      { refunded: new Map([['water', 1]]) },
      '/lines/1: found 1 of water, wanted at most 0, as billed and not refunded',
    ],
    [
      { lines: [{ sku: 'wine', quantity: 1 }] },
      { left: [{ taxRate: 0.22, grossMinor: 800, taxMinor: 144 }] },
      '/lines: found 899 to give back, wanted at most 800, which is left at this tax rate',
    ],
    [
      { lines: [{ sku: 'bag', quantity: 1 }] },
      { lines: [water, bag] },
      '/lines: found 0 to give back, wanted products that cost something',
    ],
    [{ amountMinor: 1200 }, {}, '/amountMinor: found 1200, wanted at most 1199, which is left of the bill'],
    [{ amountMinor: 1, lines: [] }, {}, '/amountMinor: found 1, wanted nothing beside lines'],
  ])('planRefund() refuses %j', (wanted, changes, words) => {
    expect(planned(wanted, bill(changes))).toBe(words)
  })

  test('planRefund() spreads an amount to the minor unit, never over what is left; in parts as much tax as at once', () => {
    const line = fc
      .record({
        sku: fc.stringMatching(/^[a-z]{3}$/),
        quantity: fc.integer({ min: 1, max: 9 }),
        unitPriceMinor: fc.integer({ min: 1, max: 5000 }),
        taxRate: fc.constantFrom(0, 0.04, 0.1, 0.19, 0.22),
      })
      .map((each) => ({ ...each, totalMinor: each.quantity * each.unitPriceMinor }))
    const parts = fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 8 })
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), parts, (lines, amounts) => {
        let left = taxGroups(lines)
        const taxBefore = left.reduce((sum, { taxMinor }) => sum + taxMinor, 0)
        let taxBack = 0
        for (const amountMinor of [...amounts, null]) {
          const plan = planRefund(amountMinor === null ? {} : { amountMinor }, bill({ lines, left }))
          if (!plan.ok) continue
          const back = refundGroups(left, plan.grossByRate)
          if (amountMinor !== null) expect(back.reduce((sum, { grossMinor }) => sum + grossMinor, 0)).toBe(amountMinor)
          taxBack += back.reduce((sum, { taxMinor }) => sum + taxMinor, 0)
          left = left.map((group) => {
            const { grossMinor = 0, taxMinor = 0 } = back.find(({ taxRate }) => taxRate === group.taxRate) ?? {}
            const after = { ...group, grossMinor: group.grossMinor - grossMinor, taxMinor: group.taxMinor - taxMinor }
            expect(
              Math.min(after.grossMinor, after.taxMinor, after.grossMinor - after.taxMinor),
            ).toBeGreaterThanOrEqual(0)
            return after
          })
        }
        expect(taxBack).toBe(taxBefore)
      }),
    )
  })
})
