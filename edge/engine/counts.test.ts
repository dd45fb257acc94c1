import { describe, expect, it } from 'vitest'
import type { Belief } from './belief.ts'
import { countsIn } from './counts.ts'
import { cartOf, slotOf, type Thing } from './hypothesis.ts'

const anna = cartOf('anna')
const tea = (grams: number): Thing => ({ sku: 'tea', grams, sdGrams: 1, cell: 'p1' })

/** So many things of the same SKU, each hers with a chance of 62 in 100, independent of each other. */
function doubted(number: number): Belief {
  const clusters = Array.from({ length: number }, (_, i) => {
    const slot = slotOf(anna, String(i))
    const logWeight = Math.log(38 / 62)
    return {
      keys: [slot],
      hypotheses: [
        { logWeight: 0, places: { [slot]: [tea(500 + i)] }, choices: {} },
        { logWeight, places: { [slot]: [] }, choices: {} },
      ],
    }
  })
  return { certain: {}, clusters }
}

describe('countsIn()', () => {
  it.each([1, 5, 10, 20])('keeps the expected number of %i independent doubts', (number) => {
    const expected = countsIn(doubted(number), anna).reduce(
      (sum, one) => sum + (one.counts.tea ?? 0) * one.probability,
      0,
    )
    expect(expected).toBeCloseTo(0.62 * number, 6)
  })

  it('joins contents that differ in grams alone, likeliest first', () => {
    const [first, ...others] = countsIn(doubted(2), anna)
    expect(first).toEqual({ counts: { tea: 1 }, probability: expect.closeTo(2 * 0.62 * 0.38, 6) })
    expect(others).toHaveLength(2)
  })
})
