import { describe, expect, test } from 'vitest'
import { drawnStore } from '../layout/drawn-store.ts'
import { scenarioOf } from '../testing.ts'
import { setShop } from './things.ts'

const shop = 'shop: { layout: drawn, planogramErrors: { swapped: [[one, twin]], missing: [large] } }'
const things = [
  'things:',
  '  one: {}',
  '  twin: { massLike: one }',
  '  large: { heavierThan: one }',
  '  beside: { beside: large }',
  '  near: { near: beside }',
  '  away: { otherShelf: near }',
]
const store = (seed: number) => drawnStore({ entry: 'open', facingScales: 0, shelfScales: 0 }, seed)
const drawn = (seed: number, ...shopLines: string[]) => setShop(scenarioOf(...shopLines, ...things), store(seed), seed)
const seeds = Array.from({ length: 20 }, (_, seed) => seed)

describe('setShop()', () => {
  test('draws things that are to each other as the scenario says', () => {
    for (const seed of seeds) {
      const shop = drawn(seed)
      const thing = (name: string) => {
        const found = shop.things.get(name)
        const product = shop.store.products.find(({ sku }) => sku === found?.sku)
        if (found === undefined || product === undefined) throw new Error(name)
        return { ...found, grams: product.massGrams.mean, middle: (found.slot.from + found.slot.to) / 2 }
      }
      expect(Math.abs(thing('one').grams - thing('twin').grams)).toBeLessThanOrEqual(10)
      expect(thing('large').grams).toBeGreaterThan(1.5 * thing('one').grams)
      expect(thing('beside').slot.shelf).toBe(thing('large').slot.shelf)
      expect(thing('near').slot.shelf).toBe(thing('beside').slot.shelf)
      expect(Math.abs(thing('near').middle - thing('beside').middle)).toBeLessThanOrEqual(0.55)
      expect(thing('away').slot.shelf).not.toBe(thing('near').slot.shelf)
      expect(new Set([...shop.things.values()].map(({ sku }) => sku)).size).toBe(6)
    }
  })

  test('draws others for another seed, the same for the same', () => {
    expect(drawn(1)).toEqual(drawn(1))
    expect(new Set(seeds.map((seed) => JSON.stringify([...drawn(seed).things]))).size).toBeGreaterThan(15)
  })

  test('makes the store file wrong where the scenario says so, and knows where things really are', () => {
    const right = drawn(4)
    const wrong = drawn(4, shop)
    const at = (from: typeof right, name: string) => from.things.get(name)?.cells
    expect(at(wrong, 'one')).toEqual(at(right, 'twin'))
    expect(at(wrong, 'twin')).toEqual(at(right, 'one'))
    expect(wrong.planogram).toContainEqual({ sku: right.things.get('one')?.sku, cells: at(right, 'twin') })
    expect(wrong.store.planogram).toContainEqual({ sku: right.things.get('one')?.sku, cells: at(right, 'one') })
    const large = right.things.get('large')?.sku
    expect(wrong.store.planogram.some(({ sku }) => sku === large)).toBe(false)
    expect(wrong.planogram.some(({ sku }) => sku === large)).toBe(true)
  })

  test('says so where a shop has nothing of the kind', () => {
    const scenario = scenarioOf('things: { one: { columns: 5 } }')
    expect(() => setShop(scenario, { ...store(1), planogram: [] }, 1)).toThrow('/things: found no products in store')
  })
})
