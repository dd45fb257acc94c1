import { describe, expect, it } from 'vitest'
import type { Product } from '../../models/contracts/store.ts'
import { type Offer, offeredIn } from './offers.ts'

const offer = (since: number, prices: Readonly<Record<string, number>>, currency = 'EUR'): Offer => {
  const product = (sku: string, priceMinor: number): Product => ({
    sku,
    name: sku,
    priceMinor,
    taxRate: 0,
    massGrams: { mean: 1, sd: null },
  })
  return {
    since,
    currency,
    products: new Map(Object.entries(prices).map(([sku, minor]) => [sku, product(sku, minor)])),
  }
}
const offers = [
  offer(0, { tea: 600, gum: 90 }),
  offer(100, { tea: 700, gum: 80, milk: 110 }),
  offer(200, { tea: 500 }, 'CHF'),
]
const pricesIn = (from: number, to: number) => {
  const { currency, products } = offeredIn(offers, from, to)
  return [currency, Object.fromEntries([...products].map(([sku, { priceMinor }]) => [sku, priceMinor]))]
}

describe('offeredIn()', () => {
  it('is what was for sale then', () => {
    expect(pricesIn(10, 90)).toEqual(['EUR', { tea: 600, gum: 90 }])
    expect(pricesIn(110, 150)).toEqual(['EUR', { tea: 700, gum: 80, milk: 110 }])
    expect(pricesIn(210, Infinity)).toEqual(['CHF', { tea: 500 }])
    expect(pricesIn(-50, -10)).toEqual(['EUR', { tea: 600, gum: 90 }])
  })

  it('is the lower price where it was changed meanwhile', () => {
    expect(pricesIn(90, 110)).toEqual(['EUR', { tea: 600, gum: 80, milk: 110 }])
  })

  it('keeps to the currency of who came in before it was changed', () => {
    expect(pricesIn(150, Infinity)).toEqual(['EUR', { tea: 700, gum: 80, milk: 110 }])
  })
})
