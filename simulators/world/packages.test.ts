import { describe, expect, test } from 'vitest'
import { demoStore } from '../layout/store.ts'
import { quantile } from '../testing.ts'
import { loadsOf, Packages, slotsOf, spreadOf } from './packages.ts'
import { shelvingOf } from './shelving.ts'

const store = demoStore({ entry: 'open', scales: 'plates' })
const shelving = shelvingOf(store)

describe('Packages', () => {
  const packages = new Packages(1)
  packages.stock(slotsOf(store, shelving))

  test('stock() fills every facing with at least three packages', () => {
    const kinds = new Set(packages.stocked.map(({ product }) => product.sku))
    expect(kinds.size).toBe(store.products.length)
    expect(packages.stocked.length).toBeGreaterThan(3 * store.planogram.length)
  })

  test('loadsOf() shares out exactly the mass of a package, over one plate or two', () => {
    const loads = packages.stocked.map((item) => ({
      item,
      loads: item.place === null ? [] : loadsOf(item, item.place),
    }))
    for (const { item, loads: shares } of loads) {
      expect(shares.reduce((sum, { grams }) => sum + grams, 0)).toBeCloseTo(item.massGrams, 9)
    }
    expect(loads.some(({ loads: shares }) => shares.length === 2)).toBe(true)
  })

  test('spreadOf() is as wide as measured where the shop does not know it: median 1.6 g, at most 19 g and 5 %', () => {
    const unknown = store.products.filter(({ massGrams }) => massGrams.sd === null && massGrams.mean > 150)
    const spreads = Array.from({ length: 20 }, (_, seed) => unknown.map((product) => spreadOf(product, seed))).flat()
    expect(quantile(spreads, 0.5)).toBeGreaterThan(1.3)
    expect(quantile(spreads, 0.5)).toBeLessThan(1.9)
    expect(quantile(spreads, 0.9)).toBeGreaterThan(4.5)
    expect(Math.max(...spreads)).toBeLessThanOrEqual(19)
  })
})
