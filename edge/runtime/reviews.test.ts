import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ReviewCaseSchema } from '../../models/contracts/reviews.ts'
import { compile } from '../../models/contracts/validate.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { play, type Scene, doorShop as shop, t0 } from '../fixture.ts'
import type { StoreRuntime } from './port.ts'
import { createStoreRuntime, type RuntimeOptions } from './runtime.ts'

/** Anna or Bo took tea, nobody can say who; Anna leaves. */
const scene: Scene = {
  durationMs: 30_000,
  changes: [[4000, 'p6', -542]],
  people: [
    { id: 'anna', x: 0.6, reachAt: [4000], to: 12_000 },
    { id: 'bo', x: 0.6, reachAt: [4000] },
  ],
}
const log = { info: () => {}, error: () => {} }
const tripId = `s1.${t0}.anna`
const now = t0 + 60_000
const tea = { tripId, lines: [{ sku: 'tea', quantity: 1 }], reviewer: 'marta' }
const nothing = { tripId, lines: [], reviewer: 'otto' }
let folder = ''
const running: StoreRuntime[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-reviews-'))
})
afterEach(async () => {
  for (const runtime of running.splice(0)) await runtime.stop()
  rmSync(folder, { recursive: true })
})

async function started(path = folder, to: RuntimeOptions['log'] = log): Promise<StoreRuntime> {
  const runtime = createStoreRuntime({ store: shop, path: join(path, 'store.db'), log: to })
  await runtime.start()
  running.push(runtime)
  return runtime
}

/** A store in which Anna's bill is in review, on disk. */
async function inReview(): Promise<StoreRuntime> {
  const runtime = await started()
  for (const event of play(scene)) {
    runtime.accept(event)
    runtime.advance(event.ts)
  }
  await new Promise((resolve) => setImmediate(resolve))
  const durable = new Promise<void>((resolve) => runtime.onChange(resolve))
  runtime.advance(t0 + 40_000)
  await durable
  return runtime
}

/** What a kill at this instant would leave on the disk. */
function killed(): string {
  const left = mkdtempSync(join(folder, 'killed-'))
  for (const name of ['store.db', 'store.db-wal', 'store.db-shm'])
    cpSync(join(folder, name), join(left, name), { force: true })
  return left
}

async function billsOf(runtime: StoreRuntime) {
  const rows = await runtime.pending(100)
  return rows.map(({ purchase: { bill } }) => [bill.status, bill.lines.map(({ sku }) => sku).join(), bill.checkedAt])
}

describe('StoreRuntime.openReviews()', () => {
  it('leaves out what was changed on the disk, and says so once', async () => {
    await inReview()
    const left = killed()
    const db = openDatabase(join(left, 'store.db'))
    db.exec(`INSERT INTO review (trip_id, body, evidence) VALUES ('cut', '{"tripId":"cu', '{}')`)
    db.close()
    const errors: string[] = []
    const runtime = await started(left, { info: () => {}, error: (words) => errors.push(words) })
    for (let look = 0; look < 2; look++)
      expect((await runtime.openReviews(10)).reviews.map((review) => review.tripId)).toEqual([tripId])
    expect(errors).toEqual(['A case of the journal was changed on the disk, nobody can decide it: {"tripId":"cu'])
  })
})

describe('StoreRuntime.review()', () => {
  it('lays a case before a person, by the contract, with weights and people', async () => {
    const runtime = await inReview()
    expect(await runtime.openReviews(10)).toMatchObject({
      count: 1,
      reviews: [{ tripId, shopper: 'anna', totalMinor: 0 }],
    })
    const found = await runtime.review(tripId)
    expect(compile(ReviewCaseSchema)(found)).toMatchObject({ ok: true })
    expect(found?.explanations).toMatchObject([{ lines: [] }, { lines: [{ sku: 'tea', quantity: 1 }] }])
    expect(found?.doubts[0]?.evidence?.weights[0]?.cell).toBe('p6')
    expect(found?.doubts[0]?.evidence?.people.map(({ shopper }) => shopper).sort()).toEqual(['anna', 'bo'])
    expect(await runtime.review('nobody')).toBe(null)
  })
})

describe('StoreRuntime.decide()', () => {
  it('issues the bill once, as decided, and takes the decision as evidence about who is still inside', async () => {
    const runtime = await inReview()
    expect(await runtime.decide(tea, now)).toEqual({ kind: 'decided', totalMinor: 610, duplicate: false })
    expect(await runtime.decide({ ...tea, reviewer: 'otto' }, now)).toMatchObject({ duplicate: true })
    expect(await runtime.decide(nothing, now)).toMatchObject({
      kind: 'other-decision',
      decision: { reviewer: 'marta' },
    })
    expect(await billsOf(runtime)).toEqual([
      ['review', '', undefined],
      ['final', 'tea', now],
    ])
    expect((await runtime.history()).bills).toMatchObject([{ shopper: 'anna', status: 'final', totalMinor: 610 }])
    expect(await runtime.openReviews(10)).toEqual({ count: 0, reviews: [] })
    expect(await runtime.review(tripId)).toMatchObject({
      decision: { reviewer: 'marta' },
      doubts: [{ evidence: null }],
    })
    expect(runtime.view().shoppers.find(({ id }) => id === 'bo')?.items).toEqual([])
  })

  it('settles no trip before it ends, where the clock was set back since', async () => {
    await (await inReview()).stop()
    const runtime = await started()
    runtime.advance(t0 - 3_600_000)
    await runtime.decide(tea, t0 - 3_600_000)
    const [, decided] = await runtime.pending(100)
    expect(decided?.purchase.bill.checkedAt).toBe(decided?.purchase.tripEndTime)
  })

  it('takes one of two decisions that come in the same moment', async () => {
    const runtime = await inReview()
    const outcomes = await Promise.all([runtime.decide(tea, now), runtime.decide(nothing, now)])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['decided', 'other-decision'])
    expect(await billsOf(runtime)).toHaveLength(2)
  })

  it('says what is wrong with a decision', async () => {
    const runtime = await inReview()
    const wrong = { tripId, lines: [{ sku: 'rum', quantity: 1 }], reviewer: 'marta' }
    expect(await runtime.decide(wrong, now)).toMatchObject({ where: '/lines/0/sku', found: 'rum' })
    const twice = { ...tea, lines: [...tea.lines, ...tea.lines] }
    expect(await runtime.decide(twice, now)).toMatchObject({ kind: 'wrong-line', where: '/lines/1/sku' })
    expect(await runtime.decide({ ...tea, tripId: 'x' }, now)).toEqual({ kind: 'no-such-case', found: 'x' })
    expect(await billsOf(runtime)).toHaveLength(1)
  })

  it('bills once whenever the process is killed, and the case lasts until it is decided', async () => {
    const runtime = await inReview()
    const copies = [killed()]
    const decision = runtime.decide(tea, now)
    for (let i = 0; i < 4; i++) {
      copies.push(killed())
      await new Promise((resolve) => setImmediate(resolve))
    }
    await decision
    copies.push(killed())
    const firstAnswers = []
    for (const copy of copies) {
      const after = await started(copy)
      firstAnswers.push(await after.decide(tea, now + 1000))
      expect(await after.decide(nothing, now + 2000)).toMatchObject({ kind: 'other-decision' })
      const bills = await billsOf(after)
      expect(bills.map(([status, skus]) => [status, skus])).toEqual([
        ['review', ''],
        ['final', 'tea'],
      ])
    }
    expect(firstAnswers[0]).toMatchObject({ duplicate: false })
    expect(firstAnswers.at(-1)).toMatchObject({ duplicate: true })
  })

  it('delivers the decision apart from the review, however late the first is acknowledged', async () => {
    const runtime = await inReview()
    const [review] = await runtime.pending(10)
    await runtime.decide(tea, now)
    await runtime.acknowledge(review?.seq ?? 0, now)
    expect(await billsOf(runtime)).toEqual([['final', 'tea', now]])
  })
})
