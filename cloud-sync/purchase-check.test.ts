import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeFault } from '../models/contracts/validate.ts'
import { checkPurchase } from './purchase-check.ts'
import { billed, purchaseOf } from './testing/purchase.ts'

const good = purchaseOf('trip-1')
const check = (changes: Partial<typeof good>) => checkPurchase({ ...good, ...changes }).map(describeFault)

describe('checkPurchase()', () => {
  test('checkPurchase() finds nothing wrong with a right bill, an empty one included', () => {
    expect(check({})).toEqual([])
    expect(check(billed([]))).toEqual([])
  })

  test('checkPurchase() finds a line that is not quantity times price', () => {
    const [first, ...rest] = good.bill.lines
    if (first === undefined) throw new Error('the purchase has lines')
    expect(check({ bill: { ...good.bill, lines: [{ ...first, totalMinor: 150 }, ...rest] } })).toEqual([
      '/bill/lines/0/totalMinor: found 150, wanted 300',
      '/bill/totalMinor: found 1199, wanted 1049',
      '/bill/taxes: found at 0.1 gross 300 tax 27; at 0.22 gross 899 tax 162, wanted at 0.1 gross 150 tax 14; at 0.22 gross 899 tax 162',
    ])
  })

  test('checkPurchase() finds a missing tax group and takes groups in any order', () => {
    const taxes = [...good.bill.taxes].reverse()
    expect(check({ bill: { ...good.bill, taxes } })).toEqual([])
    expect(check({ bill: { ...good.bill, taxes: taxes.slice(1) } })).toHaveLength(1)
  })

  test('checkPurchase() finds a cart that is not what was billed, and a trip that ends before it starts', () => {
    expect(check({ cartItems: good.cartItems.slice(1), tripEndTime: good.tripStartTime - 1 })).toEqual([
      `/tripEndTime: found ${good.tripStartTime - 1}, wanted a time not before tripStartTime (${good.tripStartTime})`,
      '/cartItems: found 0 of 632565000012, wanted 2, as billed',
    ])
  })

  test('checkPurchase() agrees with any bill priced by the shared rules', () => {
    const line = fc
      .record({
        sku: fc.stringMatching(/^[a-z]{1,4}$/),
        quantity: fc.integer({ min: 1, max: 50 }),
        unitPriceMinor: fc.integer({ min: 0, max: 100_000 }),
        taxRate: fc.constantFrom(0, 0.04, 0.07, 0.1, 0.19, 0.22),
      })
      .map((priced) => ({ ...priced, totalMinor: priced.quantity * priced.unitPriceMinor }))
    fc.assert(fc.property(fc.array(line, { maxLength: 20 }), (lines) => check(billed(lines)).length === 0))
  })
})
