import { describe, expect, it } from 'vitest'
import type { Bill } from '../../models/contracts/bills.ts'
import { billsSaid, linesSaid, reliability, type Said } from './calibration.ts'

const said = (count: number, confidence: number, right: boolean, final = true): Said[] =>
  Array.from({ length: count }, () => ({ confidence, right, final }))

describe('reliability()', () => {
  it('counts the wrong ones among what was charged without a look and with 0.99 or more', () => {
    const list = [...said(598, 0.99, true), ...said(2, 1, false), ...said(9, 1, false, false), ...said(9, 0.98, false)]
    expect(reliability(list).sure).toEqual({ count: 600, wrong: 2 })
  })

  it('has no error where nine in ten of 0.9 are right', () => {
    const { ece, brier } = reliability([...said(9, 0.9, true), ...said(1, 0.9, false)])
    expect(ece).toBeCloseTo(0)
    expect(brier).toBeCloseTo(0.9 * 0.1 ** 2 + 0.1 * 0.9 ** 2)
  })

  it('weighs the error of each bin by how many are in it', () => {
    const { ece, bins } = reliability([...said(3, 0.6, false), ...said(1, 1, true)])
    expect(ece).toBeCloseTo((3 * 0.6 + 0) / 4)
    expect(bins.filter(({ count }) => count > 0)).toEqual([
      { from: 0.5, to: 0.7, count: 3, meanConfidence: expect.closeTo(0.6), rightShare: 0 },
      { from: 0.999, to: 1, count: 1, meanConfidence: 1, rightShare: 1 },
    ])
  })

  it('says zero of nothing', () => {
    expect(reliability([])).toMatchObject({ count: 0, brier: 0, ece: 0, sure: { count: 0, wrong: 0 } })
  })
})

const bill = (shopper: string, items: [string, number][], status: Bill['status'] = 'final'): Bill => ({
  shopper,
  aliases: [],
  account: null,
  status,
  items: items.map(([sku, quantity]) => ({ sku, quantity, confidence: 0.9 })),
  currency: 'EUR',
  totalMinor: 0,
  confidence: 0.8,
})
const truth = { shoppers: { anna: { items: [{ sku: 'tea', quantity: 2 }] } }, events: [] }

describe('linesSaid()', () => {
  it('calls a line right when its shopper owes exactly so many', () => {
    const rights = (bills: Bill[]) => linesSaid(truth, bills).map(({ right }) => right)
    expect(
      rights([
        bill('anna', [
          ['tea', 2],
          ['gum', 1],
        ]),
      ]),
    ).toEqual([true, false])
    expect(rights([bill('anna', [['tea', 1]])])).toEqual([false])
    expect(rights([bill('nobody', [['tea', 2]])])).toEqual([false])
  })
})

describe('billsSaid()', () => {
  it('calls a bill right when its shopper is not among the wrong ones', () => {
    const bills = [bill('anna', [['tea', 2]], 'review'), bill('nobody', [])]
    expect(billsSaid(truth, bills, new Set())).toEqual([
      { confidence: 0.8, right: true, final: false },
      { confidence: 0.8, right: true, final: true },
    ])
    expect(billsSaid(truth, bills, new Set(['anna'])).map(({ right }) => right)).toEqual([false, true])
  })
})
