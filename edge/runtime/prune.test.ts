import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../models/platform/open-database.ts'
import { type Commit, type JournalStore, openJournalStore } from './journal-store.ts'
import { mostPruned } from './prune.ts'

let folder = ''
let journal: JournalStore
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-prune-'))
  journal = openJournalStore(join(folder, 's1.db'))
  journal.open('s1')
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true })
})

const dayMs = 86_400_000
const limits = (before: number) => ({
  observations: before,
  events: before,
  bills: before,
  evidence: before,
  reviews: before,
  lateCases: before,
})

/** One day of a store: an observation, an event, a bill; `case`: it goes to review. */
function day(
  n: number,
  more: { readonly engine?: string; readonly inReview?: boolean; readonly account?: string } = {},
) {
  const { engine = null, inReview = false, account = null } = more
  const ts = n * dayMs
  const body = JSON.stringify({ ts, n })
  const commit: Commit = {
    observations: [body],
    events: [body],
    bills: [{ tripId: `trip-${n}`, part: 'bill', bill: '{}', purchase: JSON.stringify({ account }) }],
    reviews: {
      evidence: [{ change: `change-${n}`, body: '{"people":[]}' }],
      cases: inReview
        ? [{ tripId: `trip-${n}`, body: JSON.stringify({ endedAt: ts, account }), changes: [`change-${n}`] }]
        : [],
      decisions: [],
      open: [],
    },
    late: { cases: [], decisions: [] },
    snapshot: { sensing: '{}', parts: [], allParts: false, engine },
  }
  journal.commit(commit)
}

const deliver = (upTo: number) => {
  for (let seq = 1; seq <= upTo; seq++) journal.acknowledge(seq, seq * dayMs)
}
const decide = (tripId: string, ts: number) =>
  journal.commit({
    observations: [],
    events: [],
    bills: [],
    reviews: { evidence: [], cases: [], decisions: [{ tripId, body: JSON.stringify({ ts }) }], open: [] },
    late: { cases: [], decisions: [] },
    snapshot: null,
  })

describe('prune()', () => {
  it('lets old observations go as far as the snapshot of the engine holds them, and a new process has the same state', () => {
    for (let n = 0; n < 10; n++) day(n, n === 6 ? { engine: '{"engine":6}' } : {})
    const before = journal.open('s1')
    expect(journal.prune(limits(4 * dayMs)).observations).toBe(4)
    expect(journal.prune(limits(100 * dayMs)).observations).toBe(2)
    expect(journal.open('s1')).toEqual({ ...before, latestEvents: [] })
    expect(journal.observations()).toHaveLength(4)
    // Numbers go on: what is written next is after the snapshot.
    day(10)
    expect(journal.open('s1').tail).toHaveLength(before.tail.length + 1)
  })

  it('never takes the last observation that the snapshot stands for, so that a damaged snapshot is not taken for a new shop', () => {
    day(0, { engine: '{}' })
    day(1, { engine: '{}' })
    expect(journal.prune(limits(100 * dayMs)).observations).toBe(1)
    const db = openDatabase(join(folder, 's1.db'))
    db.exec(`UPDATE snapshot SET engine = '{"changed":1}'`)
    db.close()
    expect(() => journal.open('s1')).toThrow('the snapshot')
  })

  it('keeps bills that were not delivered, or are in review, or are the newest', () => {
    for (let n = 0; n < 5; n++) day(n, { inReview: n === 1 })
    deliver(4)
    expect(journal.prune(limits(3.5 * dayMs)).bills).toBe(2)
    expect(journal.recent(10).map(({ tripId }) => tripId)).toEqual(['trip-1', 'trip-3', 'trip-4'])
    expect(journal.pending(10, 0).rows.map(({ tripId }) => tripId)).toEqual(['trip-4'])
    decide('trip-1', 6 * dayMs)
    deliver(5)
    expect(journal.prune(limits(100 * dayMs)).bills).toBe(2)
    expect(journal.recent(10)).toHaveLength(1)
  })

  it('takes the evidence of an old case and leaves the case, and takes a decided one after its time', () => {
    day(0, { inReview: true })
    expect(journal.review('trip-0')?.evidence).toContain('people')
    expect(journal.prune(limits(dayMs))).toMatchObject({ evidence: 1, reviews: 0 })
    expect(journal.openReviews(10)).toMatchObject({ count: 1, rows: [{ evidence: '{}' }] })
    decide('trip-0', 5 * dayMs)
    expect(journal.prune(limits(5 * dayMs)).reviews).toBe(0)
    expect(journal.prune(limits(6 * dayMs)).reviews).toBe(1)
    expect(journal.review('trip-0')).toBe(null)
  })

  it('lets go of what a clock made that was ahead, with what came after it', () => {
    for (const n of [0, 400, 401, 1, 2, 3, 9]) day(n, { engine: '{}' })
    expect(journal.prune(limits(dayMs)).observations).toBe(1)
    expect(journal.prune(limits(dayMs)).observations).toBe(0)
    expect(journal.prune(limits(3.5 * dayMs)).observations).toBe(5)
    expect(journal.prune(limits(3.5 * dayMs)).observations).toBe(0)
    expect(journal.observations()).toHaveLength(1)
  })

  it('takes no row that was changed on the disk for a reason to keep all others', () => {
    for (let n = 0; n < 4; n++) day(n, { inReview: true, account: 'anna' })
    for (const n of [0, 1]) decide(`trip-${n}`, n * dayMs)
    const db = openDatabase(join(folder, 's1.db'))
    db.exec(`UPDATE review SET decision = '{"ts' WHERE trip_id = 'trip-0'`)
    db.exec(`UPDATE review SET body = '{"endedAt' WHERE trip_id = 'trip-2'`)
    db.exec(`UPDATE shelf_event SET body = '{"ts' WHERE seq = 1`)
    db.exec(`INSERT INTO late_case (id, body, decision) VALUES ('late', '{}', '{"ts')`)
    db.close()
    const before = 10 * dayMs
    expect(journal.prune(limits(before))).toMatchObject({ evidence: 2, reviews: 2, events: 4, lateCases: 1 })
    expect(journal.openReviews(10).count).toBe(2)
    expect(journal.forget(['anna'])).toBe(0)
  })

  it('does a bounded part at a time', () => {
    const bodies = Array.from({ length: mostPruned + 5 }, (_, n) => JSON.stringify({ ts: n }))
    const nothing = { evidence: [], cases: [], decisions: [], open: [] }
    journal.commit({
      observations: bodies,
      events: bodies,
      bills: [],
      reviews: nothing,
      late: { cases: [], decisions: [] },
      snapshot: null,
    })
    day(9, { engine: '{}' })
    const parts = [1, 2, 3].map(() => journal.prune(limits(dayMs)))
    expect(parts.map(({ observations, events }) => [observations, events])).toEqual([
      [mostPruned, mostPruned],
      [5, 5],
      [0, 0],
    ])
  })
})

describe('forgetAccounts()', () => {
  it('takes what is settled of an account, and nothing of others', () => {
    for (let n = 0; n < 4; n++) day(n, { account: n % 2 === 0 ? 'anna' : 'bo', inReview: n < 2 })
    day(4)
    deliver(5)
    expect(journal.forget(['anna'])).toBe(2)
    expect(journal.recent(10).map(({ tripId }) => tripId)).toEqual(['trip-0', 'trip-1', 'trip-3', 'trip-4'])
    expect(['trip-0', 'trip-1'].map((trip) => journal.review(trip)?.evidence !== '{}')).toEqual([false, true])
    decide('trip-0', dayMs)
    expect([journal.forget(['anna']), journal.forget(['anna'])]).toEqual([2, 0])
    expect(journal.review('trip-0')).toBe(null)
  })
})
