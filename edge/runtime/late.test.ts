import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LateCaseSchema } from '../../models/contracts/late.ts'
import { compile } from '../../models/contracts/validate.ts'
import type { SensorEvent } from '../events.ts'
import { play, doorShop as shop, t0 } from '../fixture.ts'
import type { StoreRuntime } from './port.ts'
import { createStoreRuntime } from './runtime.ts'

/** The cola says nothing by itself: it reports. */
const withoutCola = (event: SensorEvent): SensorEvent => {
  if (event.kind !== 'weight') return event
  const { p3: _, ...cells } = event.cells
  return { ...event, cells }
}
/** Anna and Bo stand at the cola; Anna leaves after 12 s. */
const visits = play({
  durationMs: 30_000,
  people: [
    { id: 'anna', x: 0.3, to: 12_000 },
    { id: 'bo', x: 0.4 },
  ],
}).map(withoutCola)
const said: SensorEvent = {
  kind: 'late-change',
  device: 'g1',
  ts: t0 + 31_000,
  cell: 'p3',
  deltaGrams: -351,
  sdGrams: 2,
  from: t0 + 5000,
  to: t0 + 5300,
  told: 'b1 7',
  isTimeKnown: true,
}
const now = t0 + 60_000
const nobody = { outcome: 'nobody-pays' as const, tripId: null, reviewer: 'marta', count: 1 }
const annas = `s1.${t0}.anna`
let folder = ''
const running: StoreRuntime[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-late-'))
})
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.stop()
  rmSync(folder, { recursive: true })
})

async function started(path = folder): Promise<StoreRuntime> {
  const runtime = createStoreRuntime({ store: shop, path: join(path, 'store.db'), log: { info() {}, error() {} } })
  await runtime.start()
  running.push(runtime)
  return runtime
}

async function upTo(runtime: StoreRuntime, time: number): Promise<void> {
  const durable = new Promise<void>((resolve) => runtime.onChange(resolve))
  runtime.advance(time)
  await durable
}

/** A store in which the cola has said too late that something went. */
async function saidLate(): Promise<StoreRuntime> {
  const runtime = await started()
  for (const event of [...visits, said]) {
    runtime.accept(event)
    runtime.advance(event.ts)
  }
  await new Promise((resolve) => setImmediate(resolve))
  await upTo(runtime, t0 + 40_000)
  return runtime
}

/** What a kill at this instant would leave on the disk. */
function killed(): string {
  const left = mkdtempSync(join(folder, 'killed-'))
  for (const name of ['store.db', 'store.db-wal', 'store.db-shm'])
    cpSync(join(folder, name), join(left, name), { force: true })
  return left
}

const idOf = async (runtime: StoreRuntime) => (await runtime.openLate(10)).late[0]?.id ?? expect.fail()

describe('StoreRuntime.lateCase()', () => {
  it('lays before a person what it was, whose visits it may concern, and what became of their bills', async () => {
    const runtime = await saidLate()
    expect(await runtime.openLate(10)).toMatchObject({ count: 1, late: [{ shelf: 'a', ts: t0 + 31_000, count: 1 }] })
    const found = await runtime.lateCase(await idOf(runtime))
    expect(compile(LateCaseSchema)(found)).toMatchObject({ ok: true })
    expect(found?.changes).toMatchObject([
      {
        ways: [{ acts: [{ kind: 'pick', sku: 'cola', quantity: 1 }] }],
        people: [
          { name: 'anna', tripId: annas, bill: 'final' },
          { name: 'bo', tripId: null, bill: 'none' },
        ],
      },
    ])
    expect(await runtime.lateCase('nothing')).toBe(null)
  })

  it('is there once, whenever the process is killed and however often it is said again', async () => {
    const runtime = await saidLate()
    for (const copy of [killed(), killed()]) {
      const after = await started(copy)
      for (const ts of [now, now + 90_000]) {
        after.accept({ ...said, ts })
        await upTo(after, ts + 8000)
      }
      expect((await after.openLate(10)).late).toMatchObject([{ count: 1 }])
    }
    expect(await runtime.openLate(10)).toMatchObject({ count: 1 })
  })

  it('tells of two things of one kind, which a shelf whose clock was never set says at once', async () => {
    const runtime = await started()
    runtime.advance(t0)
    for (const [told, at] of [
      ['b1 7', 5000],
      ['b1 8', 30_000],
    ] as const)
      runtime.accept({ ...said, told, from: at, to: at + 300, isTimeKnown: false })
    await upTo(runtime, t0 + 40_000)
    const found = await runtime.lateCase(await idOf(runtime))
    expect([found?.count, found?.changes.map(({ cells }) => cells[0]?.deltaGrams)]).toEqual([2, [-351, -351]])
  })

  it('sends the bill of who is still inside to review, which says why', async () => {
    const runtime = await saidLate()
    const id = await idOf(runtime)
    await runtime.stop()
    const after = await started()
    // Bo is gone by then.
    await upTo(after, t0 + 20 * 60_000)
    const [summary] = (await after.openReviews(10)).reviews
    expect(summary).toMatchObject({ shopper: 'bo', totalMinor: 0 })
    const bos = summary?.tripId ?? ''
    expect(await after.review(bos)).toMatchObject({ late: [id] })
    expect((await after.lateCase(id))?.changes[0]?.people).toMatchObject([{}, { tripId: bos, bill: 'review' }])
    await after.decide({ tripId: bos, lines: [{ sku: 'cola', quantity: 1 }], reviewer: 'marta' }, now + 1e6)
    expect((await after.lateCase(id))?.changes[0]?.people[1]).toMatchObject({ bill: 'decided' })
    const billed = { ...nobody, outcome: 'billed' as const, lateCase: id }
    expect(await after.settleLate({ ...billed, tripId: annas }, now + 2e6)).toMatchObject({ kind: 'wrong-trip' })
    expect(await after.settleLate({ ...billed, tripId: bos }, now + 2e6)).toEqual({ kind: 'settled', duplicate: false })
  })
})

describe('StoreRuntime.settleLate()', () => {
  it('closes a case once, and nobody is charged', async () => {
    const runtime = await saidLate()
    const lateCase = await idOf(runtime)
    const bills = await runtime.recentBills(10)
    const both = [nobody, { ...nobody, outcome: 'no-goods' as const }]
    const answers = await Promise.all(both.map((one) => runtime.settleLate({ ...one, lateCase }, now)))
    expect(answers).toMatchObject([{ kind: 'settled', duplicate: false }, { kind: 'other-outcome' }])
    expect(await runtime.settleLate({ ...nobody, lateCase }, now)).toEqual({ kind: 'settled', duplicate: true })
    expect(await runtime.openLate(10)).toEqual({ count: 0, late: [] })
    expect((await runtime.lateCase(lateCase))?.decision).toMatchObject({ outcome: 'nobody-pays', reviewer: 'marta' })
    expect(await runtime.recentBills(10)).toEqual(bills)
    const after = await started(killed())
    expect(await after.settleLate({ ...nobody, lateCase }, now)).toEqual({ kind: 'settled', duplicate: true })
  })

  it('says what is wrong', async () => {
    const runtime = await saidLate()
    const lateCase = await idOf(runtime)
    const settle = (more: object) => runtime.settleLate({ ...nobody, lateCase, ...more }, now)
    expect(await settle({ lateCase: 'x' })).toEqual({ kind: 'no-such-case', found: 'x' })
    expect(await settle({ count: 2 })).toEqual({ kind: 'more-came', found: 2, wanted: 1 })
    expect(await settle({ outcome: 'billed' })).toMatchObject({ kind: 'wrong-trip', found: 'null' })
    expect(await settle({ tripId: annas })).toMatchObject({ kind: 'wrong-trip', found: annas })
    expect(await runtime.openLate(10)).toMatchObject({ count: 1 })
  })

  it('joins what comes next to the case that is open, and begins another after it was closed', async () => {
    const runtime = await saidLate()
    const lateCase = await idOf(runtime)
    const again = async (told: string, ts: number) => {
      runtime.accept({ ...said, ts, told })
      await upTo(runtime, ts + 6000)
    }
    await again('b1 8', t0 + 50_000)
    expect(await runtime.openLate(10)).toMatchObject({ count: 1, late: [{ id: lateCase, count: 2 }] })
    await runtime.settleLate({ ...nobody, lateCase, count: 2 }, now)
    await again('b1 9', t0 + 70_000)
    expect(await runtime.openLate(10)).toMatchObject({ count: 1, late: [{ count: 1 }] })
    expect((await runtime.prune({ ...limits, lateCases: now + 1 })).lateCases).toBe(1)
    expect(await runtime.lateCase(lateCase)).toBe(null)
  })
})

const limits = { observations: 0, events: 0, bills: 0, evidence: 0, reviews: 0, lateCases: 0 }
