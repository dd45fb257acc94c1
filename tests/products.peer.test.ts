/** Pictures of groceries in shops, of which the product network learnt none. */
import { describe, expect, it } from 'vitest'
import { lookAtVal, scoreProducts } from './evaluation/vision/products.ts'

/** On 296 pictures a perfectly honest network shows 0.050, and 95 of 100 times less than this (drawn 2,000 times). */
const honestAtMost = 0.069

describe('scoreProducts()', () => {
  it('names at least 75 % of 81 products, as sure as it is right, and tells alike ones apart', async () => {
    const { top1, calibrationError, shelves } = await scoreProducts(await lookAtVal())
    expect(top1.count).toBe(296)
    expect(top1.value).toBeGreaterThanOrEqual(0.75)
    expect(calibrationError).toBeLessThanOrEqual(honestAtMost)
    expect(shelves.map(({ candidates }) => candidates)).toEqual([2, 3, 5, 8])
    expect(shelves[0]?.right.value).toBeGreaterThanOrEqual(0.8)
  })
})
