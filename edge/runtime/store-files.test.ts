import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../models/contracts/store.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { play, doorShop as shop, t0 } from '../fixture.ts'
import type { StoreRuntime } from './port.ts'
import { createStoreRuntime } from './runtime.ts'

/** Anna takes cola; Bo or Carl takes tea, nobody can say who. They leave at 14, 22 and 24 s. */
const events = play({
  durationMs: 60_000,
  changes: [
    [4000, 'p3', -350],
    [6000, 'p6', -542],
  ],
  people: [
    { id: 'anna', x: 0.3, reachAt: [4000], to: 14_000 },
    { id: 'bo', x: 0.6, reachAt: [6000], to: 22_000 },
    { id: 'carl', x: 0.6, reachAt: [6000], to: 24_000 },
  ],
})
const dearer: Store = { ...shop, products: shop.products.map((one) => ({ ...one, priceMinor: 2 * one.priceMinor })) }
const without = (sku: string): Store => ({
  ...shop,
  products: shop.products.filter((one) => one.sku !== sku),
  planogram: shop.planogram.filter((one) => one.sku !== sku),
})
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-store-files-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

async function started(store: Store, path = folder): Promise<StoreRuntime> {
  const runtime = createStoreRuntime({ store, path: join(path, 's1.db'), log: { info() {}, error() {} } })
  await runtime.start()
  return runtime
}

async function playInto(runtime: StoreRuntime, from: number, to: number): Promise<void> {
  for (const event of events.filter(({ ts }) => ts - t0 >= from && ts - t0 < to)) {
    runtime.accept(event)
    runtime.advance(event.ts)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What a kill at this instant would leave on the disk. */
function killed(): string {
  const left = mkdtempSync(join(folder, 'killed-'))
  for (const name of ['s1.db', 's1.db-wal']) cpSync(join(folder, name), join(left, name))
  return left
}

/** What everybody is charged when the store file is another one from a time on. */
async function chargedWith(next: Store, cutMs: number, kill = false) {
  const before = await started(shop)
  await playInto(before, 0, cutMs)
  const copy = kill ? killed() : null
  await before.stop()
  const after = await started(next, copy ?? folder)
  await playInto(after, cutMs, 60_000)
  await after.stop()
  const reader = await started(next, copy ?? folder)
  const bills = await reader.pending(10)
  await reader.stop()
  return Object.fromEntries(
    bills.map(({ purchase: { bill } }) => [
      bill.shopper,
      [bill.status, bill.currency, ...bill.lines.map(({ sku, totalMinor }) => `${sku} ${totalMinor}`)].join(' '),
    ]),
  )
}

describe('a store file that was changed while people are inside', () => {
  it.each([false, true])(
    'charges them no more than what they could read as they took it (killed: %s)',
    async (kill) => {
      expect(await chargedWith(dearer, 10_000, kill)).toMatchObject({ anna: 'final EUR cola 120' })
    },
  )

  it('charges them for what is no longer for sale', async () => {
    expect(await chargedWith(without('cola'), 10_000)).toMatchObject({ anna: 'final EUR cola 120' })
  })

  it('leaves their bills in the currency that they came in under', async () => {
    expect(await chargedWith({ ...dearer, currency: 'JPY' }, 10_000)).toMatchObject({ anna: 'final EUR cola 120' })
  })

  it('reads what was observed before a kill by the one of then', async () => {
    const swapped: Store = {
      ...shop,
      products: [
        ...shop.products,
        { sku: 'wine', name: 'wine', priceMinor: 1900, taxRate: 0.1, massGrams: { mean: 350, sd: 3 } },
      ],
      planogram: shop.planogram.map((one) => (one.sku === 'cola' ? { ...one, sku: 'wine' } : one)),
    }
    expect(await chargedWith(swapped, 10_000, true)).toMatchObject({ anna: 'final EUR cola 120' })
  })
})

describe('a review that was opened under another store file', () => {
  it('is shown and settled at the prices of then, whatever is for sale since', async () => {
    const before = await started(shop)
    await playInto(before, 0, 60_000)
    await before.stop()
    const after = await started({ ...without('tea'), currency: 'JPY' })
    const { reviews } = await after.openReviews(10)
    const [{ tripId } = { tripId: '' }] = reviews
    expect(await after.review(tripId)).toMatchObject({
      currency: 'EUR',
      formerProducts: [{ sku: 'tea', name: 'tea', priceMinor: 610 }],
    })
    const tea = { tripId, lines: [{ sku: 'tea', quantity: 1 }], reviewer: 'marta' }
    expect(await after.decide(tea, t0 + 70_000)).toMatchObject({ kind: 'decided', totalMinor: 610 })
    const sent = (await after.pending(10)).at(-1)?.purchase.bill
    expect([sent?.currency, sent?.totalMinor]).toEqual(['EUR', 610])
    await after.stop()
  })
})

describe('the journal', () => {
  it('keeps a former store file as long as it matters to anybody', async () => {
    const kept = () => {
      const db = openDatabase(join(folder, 's1.db'))
      const count = db.prepare('SELECT count(*) AS n FROM store_file').get<{ n: number }>()?.n
      db.close()
      return count
    }
    const counts: (number | undefined)[] = []
    const cuts = [1000, 2000, 10_000, 60_000, 60_000, 60_000]
    for (const [i, to] of cuts.entries()) {
      const runtime = await started({ ...shop, name: `Shop ${i}` })
      await playInto(runtime, cuts[i - 1] ?? 0, to)
      for (const { tripId } of i < 3 ? [] : (await runtime.openReviews(10)).reviews)
        await runtime.decide({ tripId, lines: [], reviewer: 'marta' }, t0 + 70_000)
      runtime.advance(t0 + to + i * 1000)
      await runtime.stop()
      counts.push(kept())
    }
    expect(counts).toEqual([1, 2, 3, 4, 2, 2])
  })
})
