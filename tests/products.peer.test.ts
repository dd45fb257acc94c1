/** Pictures of groceries in shops, of which the product network learnt none. */
import { describe, expect, it } from 'vitest'
import { lookAtVal, scoreProducts } from './evaluation/vision/products.ts'

describe('scoreProducts()', () => {
  it('names at least 75 % of 81 products, as sure as it is right, and tells alike ones apart', async () => {
    const { top1, honesty, shelves } = await scoreProducts(await lookAtVal())
    expect(top1.count).toBe(296)
    expect(top1.value).toBeGreaterThanOrEqual(0.75)
    expect(honesty.error).toBeLessThanOrEqual(0.05)
    expect(honesty.floorAtMost).toBeCloseTo(0.068, 2)
    expect(shelves.map(({ candidates }) => candidates)).toEqual([2, 3, 5, 8])
    expect(shelves[0]?.right.value).toBeGreaterThanOrEqual(0.8)
  })
})
