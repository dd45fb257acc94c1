import { describe, expect, test } from 'vitest'
import { parseStore } from '../../models/contracts/store.ts'
import { checkDigit, demoGtin } from './gtin.ts'
import { demoStore } from './store.ts'

describe('demoStore()', () => {
  const store = demoStore({ entry: 'gated', scales: 'plates' })
  const means = new Map(store.products.map(({ sku, massGrams }) => [sku, massGrams.mean]))

  test.each(['open', 'gated'] as const)('is a good store file with %s entry and either kind of scale', (entry) => {
    for (const scales of ['plates', 'shelves'] as const) {
      expect(parseStore(demoStore({ entry, scales }))).toMatchObject({ ok: true })
    }
  })

  test('has five gondolas of five shelves of twelve plates, some of them without a facing', () => {
    const shelves = store.fixtures.flatMap((fixture) => fixture.shelves)
    expect(shelves.map(({ cells }) => cells.length)).toEqual(new Array(25).fill(12))
    const covered = new Set(store.planogram.flatMap(({ cells }) => cells))
    expect(covered.size).toBe(store.planogram.flatMap(({ cells }) => cells).length)
    expect(300 - covered.size).toBeGreaterThan(20)
  })

  test('has neighbours on one shelf that a scale can hardly tell apart', () => {
    const shelfOf = (cell: string | undefined): string => cell?.replace(/-p\d+$/, '') ?? ''
    const pairs = store.planogram.flatMap((a, i) =>
      store.planogram
        .slice(i + 1)
        .filter((b) => shelfOf(a.cells[0]) === shelfOf(b.cells[0]) && a.sku !== b.sku)
        .map((b) => Math.abs((means.get(a.sku) ?? 0) - (means.get(b.sku) ?? 0))),
    )
    const near = pairs.filter((grams) => grams <= 10).length / pairs.length
    expect(near).toBeGreaterThan(0.2)
    expect(near).toBeLessThan(0.5)
  })

  test('has one product on neighbouring facings, and two tax rates', () => {
    const skus = store.planogram.map(({ sku }) => sku)
    expect(skus.some((sku, i) => sku === skus[i + 1])).toBe(true)
    expect(new Set(store.products.map(({ taxRate }) => taxRate)).size).toBe(2)
  })
})

test('checkDigit() agrees with the example of the GS1 General Specifications', () => {
  expect(checkDigit('629104150021')).toBe(3)
  expect(demoGtin(1)).toMatch(/^952\d{10}$/)
})
