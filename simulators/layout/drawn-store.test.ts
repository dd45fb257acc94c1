import { describe, expect, test } from 'vitest'
import { parseStore } from '../../models/contracts/store.ts'
import { mean } from '../testing.ts'
import { standAt } from '../world/shelving.ts'
import { World } from '../world/world.ts'
import { drawnStore } from './drawn-store.ts'

const narrow = { entry: 'open', facingScales: 0, shelfScales: 0 } as const
const stores = Array.from({ length: 30 }, (_, seed) => drawnStore(narrow, seed))
const worlds = stores.map((store, seed) => new World(store, seed, 0))

describe('drawnStore()', () => {
  test('is a good store file, the same for the same seed and another for another', () => {
    for (const store of stores) expect(parseStore(store)).toMatchObject({ ok: true })
    expect(drawnStore(narrow, 3)).toEqual(stores[3])
    const shapes = new Set(stores.map(({ fixtures }) => JSON.stringify(fixtures)))
    expect(shapes.size).toBe(stores.length)
  })

  test('has 2 to 5 gondolas with 50 to 110 plates', () => {
    expect(new Set(stores.map(({ fixtures }) => fixtures.length))).toEqual(new Set([2, 3, 4, 5]))
    for (const { shelving } of worlds) {
      expect(shelving.plates.length).toBeGreaterThanOrEqual(50)
      expect(shelving.plates.length).toBeLessThanOrEqual(110)
    }
  })

  test('lets people stand before every place and walk there from the door', () => {
    for (const { shelving, floor, door } of worlds) {
      for (const shelf of shelving.shelves) {
        for (const u of [shelf.from, (shelf.from + shelf.to) / 2, shelf.to]) {
          const stand = standAt(shelf, u, 0.5)
          expect(floor.isFree(stand)).toBe(true)
          expect(
            floor
              .route(stand, door.inner)
              .slice(0, -1)
              .every((point) => floor.isFree(point)),
          ).toBe(true)
        }
      }
    }
  })

  test('has as many neighbours of like mass as measured: about 37 % of the pairs of a shelf within 10 g', () => {
    const near = stores.flatMap(({ products, planogram }) => {
      const massOf = new Map(products.map(({ sku, massGrams }) => [sku, massGrams.mean]))
      const shelfOf = (cell: string | undefined): string => cell?.replace(/-p\d+$/, '') ?? ''
      return planogram.flatMap((a, i) =>
        planogram
          .slice(i + 1)
          .filter((b) => shelfOf(a.cells[0]) === shelfOf(b.cells[0]))
          .map((b) => (Math.abs((massOf.get(a.sku) ?? 0) - (massOf.get(b.sku) ?? 0)) <= 10 ? 1 : 0)),
      )
    })
    expect(mean(near)).toBeGreaterThan(0.3)
    expect(mean(near)).toBeLessThan(0.45)
  })

  test('gives shelves one scale a facing or one in all, as often as it is asked to', () => {
    const cells = (options: { facingScales: number; shelfScales: number }) =>
      drawnStore({ entry: 'gated', ...options }, 1).fixtures.flatMap(({ shelves }) =>
        shelves.map((shelf) => shelf.cells.length),
      )
    expect(cells({ facingScales: 0, shelfScales: 1 }).every((count) => count === 1)).toBe(true)
    const { planogram } = drawnStore({ entry: 'gated', facingScales: 1, shelfScales: 0 }, 1)
    expect(new Set(planogram.map((facing) => facing.cells.length))).toEqual(new Set([1]))
    expect(new Set(planogram.flatMap((facing) => facing.cells)).size).toBe(planogram.length)
  })
})
