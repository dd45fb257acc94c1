import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Joint } from '../../models/contracts/messages.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { defaultPolicy } from '../engine/receipt.ts'
import { play, type Scene, store, t0 } from '../fixture.ts'
import { openJournalStore } from './journal-store.ts'
import type { StoreRuntime } from './port.ts'
import { createStoreRuntime, fold } from './runtime.ts'

const scene: Scene = {
  durationMs: 30_000,
  changes: [
    [4000, 'p3', -351],
    [9000, 'p1', -540],
  ],
  people: [
    { id: 'anna', x: 0.3, reachAt: [4000], to: 12_000 },
    { id: 'bo', x: 0.15, reachAt: [9000] },
  ],
}
/** As the fixture's shop, with its door where the people stand, so that who vanishes has left. */
const shop = {
  ...store,
  zones: [
    {
      id: 'door',
      kind: 'entry-exit' as const,
      polygon: [
        [-1, -2],
        [2, -2],
        [2, 0],
        [-1, 0],
      ] as [number, number][],
    },
  ],
}
const log = { info: () => {}, error: () => {} }
let folder = ''
const path = () => join(folder, 'store.db')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-runtime-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

async function started(): Promise<StoreRuntime> {
  const runtime = createStoreRuntime({ store: shop, path: path(), log })
  await runtime.start()
  return runtime
}

async function playInto(runtime: StoreRuntime, from: number, to: number): Promise<void> {
  for (const event of play(scene).slice(from, to)) {
    runtime.accept(event)
    runtime.advance(event.ts)
  }
}

async function reopenedBills() {
  const runtime = await started()
  const bills = await runtime.pending(10)
  await runtime.stop()
  return bills
}

describe('createStoreRuntime()', () => {
  it('writes a bill to the outbox once, whatever is restarted when', async () => {
    const whole = await started()
    await playInto(whole, 0, 600)
    await whole.stop()
    const reopened = await started()
    const expected = await reopened.pending(10)
    await reopened.stop()
    expect(expected.map(({ purchase }) => [purchase.bill.shopper, purchase.cartItems[0]?.sku])).toEqual([
      ['anna', 'cola'],
    ])
    for (const cut of [30, 75, 90, 110, 185, 250, 330]) {
      rmSync(path(), { force: true })
      const first = await started()
      await playInto(first, 0, cut)
      await first.stop()
      const second = await started()
      await playInto(second, cut, 600)
      await second.stop()
      const third = await started()
      expect(await third.pending(10)).toEqual(expected)
      await third.stop()
    }
  })

  it('keeps carts over a restart and shows them', async () => {
    const first = await started()
    await playInto(first, 0, 400)
    await first.stop()
    const second = await started()
    const bo = second.view().shoppers.find(({ id }) => id === 'bo')
    expect(bo?.items.map(({ sku }) => sku)).toEqual(['water'])
    await second.stop()
  })

  it('loses nothing that was given in the same turn in which it is stopped', async () => {
    const runtime = await started()
    for (const event of play(scene)) {
      runtime.accept(event)
      runtime.advance(event.ts)
    }
    await runtime.stop()
    const reopened = await started()
    expect(await reopened.pending(10)).toHaveLength(1)
    await reopened.stop()
  })

  it('is a fold over the journal', async () => {
    const runtime = await started()
    await playInto(runtime, 0, 600)
    await runtime.stop()
    const journal = openJournalStore(path())
    const { snapshot } = journal.open(shop.id)
    expect(JSON.stringify(fold(shop, defaultPolicy, journal.observations()))).toBe(snapshot?.engine)
    journal.close()
  })

  it('bills who was inside once where the snapshot was damaged, whether they are seen again or not', async () => {
    const damage = () => {
      const db = openDatabase(path())
      db.exec("UPDATE snapshot SET sensing = sensing || ' '")
      db.close()
    }
    for (const isSeenAgain of [true, false]) {
      rmSync(path(), { force: true })
      const first = await started()
      await playInto(first, 0, 190)
      expect([first.view().shoppers.length, first.wasDamaged()]).toEqual([2, false])
      await first.stop()
      damage()
      const second = await started()
      expect([second.view().shoppers.length, second.wasDamaged()]).toEqual([2, true])
      for (const event of play(scene).slice(190)) {
        if (event.kind === 'targets') second.accept(isSeenAgain ? event : { ...event, targets: [] })
        second.advance(event.ts)
      }
      await second.stop()
      const bills = await reopenedBills()
      const lines = bills.map(({ purchase }) => [purchase.bill.shopper, purchase.cartItems.map(({ sku }) => sku)])
      const ofBo = isSeenAgain ? [] : [['bo', []]]
      expect(lines).toEqual(expect.arrayContaining([['anna', ['cola']], ...ofBo]))
      expect(lines).toHaveLength(1 + ofBo.length)
    }
  })

  it('never offers a bill again once it is acknowledged', async () => {
    const runtime = await started()
    await playInto(runtime, 0, 600)
    await runtime.stop()
    const second = await started()
    const [bill] = await second.pending(1)
    await second.acknowledge(bill?.seq ?? 0, 1)
    expect(await second.pending(10)).toEqual([])
    expect(await second.recentBills(10)).toHaveLength(1)
    await second.stop()
  })

  it('counts time anew where the clock was set back before a restart', async () => {
    const first = await started()
    await playInto(first, 0, 400)
    await first.stop()
    const second = await started()
    const now = second.view().time - 20_000
    expect(now).toBeGreaterThan(0)
    const [event] = play(scene)
    if (event !== undefined) second.accept({ ...event, ts: now - 100 })
    second.advance(now)
    expect(second.view().time).toBe(now)
    // What is kept until the journal has it is not let go of.
    expect(second.durableTime()).toBeLessThanOrEqual(now)
    await second.stop()
    const third = await started()
    expect(third.view().time).toBeLessThanOrEqual(now)
    await third.stop()
  })

  it('loses nothing when the state cannot be written down for once', async () => {
    const whole = await started()
    await playInto(whole, 0, 600)
    await whole.stop()
    const expected = await reopenedBills()
    rmSync(path())
    const said: string[] = []
    const runtime = createStoreRuntime({ store: shop, path: path(), log: { ...log, error: (text) => said.push(text) } })
    await runtime.start()
    let tries = 0
    const boot = {
      toJSON: () => {
        tries++
        if (tries === 1) throw new Error('too long')
        return 'b'
      },
    }
    const [first] = play(scene)
    await playInto(runtime, 0, 300)
    runtime.accept({ kind: 'boot', device: 'g1', ts: (first?.ts ?? 0) + 15_000, boot: boot as unknown as string })
    await playInto(runtime, 300, 600)
    await vi.waitFor(() => expect(tries).toBeGreaterThan(0))
    await runtime.stop()
    expect(said).toEqual(['The journal could not be written, it is tried every second: too long'])
    expect(await reopenedBills()).toEqual(expected)
  })

  it('says once that trackers say more people than can be followed', async () => {
    const said: string[] = []
    const runtime = createStoreRuntime({ store: shop, path: path(), log: { ...log, error: (text) => said.push(text) } })
    await runtime.start()
    for (const ts of [t0, t0 + 100, t0 + 200]) {
      const neck: Joint = [0, -1, 1.5, 0.9]
      const targets = Array.from({ length: 500 }, (_, i) => ({ id: `${ts} ${i}`, joints: { neck } }))
      runtime.accept({ kind: 'targets', device: 'trk', ts, targets })
      runtime.advance(ts)
    }
    await runtime.stop()
    expect(said).toEqual([
      'Trackers say more people than can be followed, 400: newcomers are left out until some have left',
    ])
  })

  it("refuses another store's journal", async () => {
    const runtime = await started()
    await runtime.stop()
    const other = createStoreRuntime({ store: { ...shop, id: 's2' }, path: path(), log })
    await expect(other.start()).rejects.toThrow('The journal is of store "s1", wanted one of "s2"')
  })
})
