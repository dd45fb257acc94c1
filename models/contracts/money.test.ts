import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { taxInside, vatBreakdown } from './money.ts'

const rate = fc.constantFrom(0.04, 0.055, 0.07, 0.1, 0.19, 0.22, 0.27)
const gross = fc.integer({ min: 0, max: 10_000_000 })

/** The group that a gross amount at a rate makes. */
function groupOf(grossMinor: number, taxRate: number) {
  const [group] = vatBreakdown([{ taxRate, grossMinor, taxMinor: taxInside(grossMinor, taxRate) }])
  if (group === undefined) throw new Error('one rate makes one group')
  return group
}

describe('taxInside()', () => {
  test.each([
    [300, 0.1, 27],
    [899, 0.22, 162],
    // 3 at 100 % is 1.5 of tax: half a minor unit goes up.
    [3, 1, 2],
    [21, 0.05, 1],
    [100, 0, 0],
  ])('taxInside() of %d at %d is %d', (grossMinor, taxRate, taxMinor) => {
    expect(taxInside(grossMinor, taxRate)).toBe(taxMinor)
  })

  test('taxInside() is nowhere further than half a minor unit from the exact tax, and grows with the amount', () => {
    fc.assert(
      fc.property(gross, rate, (grossMinor, taxRate) => {
        const tax = taxInside(grossMinor, taxRate)
        const next = taxInside(grossMinor + 1, taxRate)
        return Math.abs(tax - (grossMinor * taxRate) / (1 + taxRate)) <= 0.5 + 1e-6 && next >= tax && next <= tax + 1
      }),
    )
  })
})

describe('vatBreakdown()', () => {
  test('vatBreakdown() names what EN 16931-1 names, percent for the rate', () => {
    expect([groupOf(899, 0.22), groupOf(100, 0), groupOf(211, 0.055)]).toEqual([
      {
        vatCategoryTaxableAmountMinor: 737,
        vatCategoryTaxAmountMinor: 162,
        vatCategoryCode: 'S',
        vatCategoryRatePercent: 22,
      },
      {
        vatCategoryTaxableAmountMinor: 100,
        vatCategoryTaxAmountMinor: 0,
        vatCategoryCode: 'Z',
        vatCategoryRatePercent: 0,
      },
      {
        vatCategoryTaxableAmountMinor: 200,
        vatCategoryTaxAmountMinor: 11,
        vatCategoryCode: 'S',
        vatCategoryRatePercent: 5.5,
      },
    ])
  })

  test('vatBreakdown() adds up to what was paid, and is within a minor unit of the tax of the taxable amount', () => {
    fc.assert(
      fc.property(gross, rate, (grossMinor, taxRate) => {
        const group = groupOf(grossMinor, taxRate)
        const ofTaxable = group.vatCategoryTaxableAmountMinor * taxRate
        return (
          group.vatCategoryTaxableAmountMinor + group.vatCategoryTaxAmountMinor === grossMinor &&
          Math.abs(group.vatCategoryTaxAmountMinor - ofTaxable) < 1
        )
      }),
    )
  })

  test('vatBreakdown() could not do better: some prices are no taxable amount with its rounded tax', () => {
    const reached = new Set(Array.from({ length: 100 }, (_, taxable) => taxable + Math.round(taxable * 0.22)))
    expect(Array.from({ length: 100 }, (_, i) => i).filter((price) => !reached.has(price))).toContain(3)
  })
})
