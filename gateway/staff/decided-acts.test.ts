/** What is decided in the journal stands in the audit log once, whatever happens between the two; through the routes. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownSite } from '../../cloud-sync/people/own-site.ts'
import type { NewDecision, ReviewCase } from '../../models/contracts/reviews.ts'
import { openDatabase } from '../../models/platform/open-database.ts'
import { build } from '../http/server.ts'
import { testHttpDeps } from '../testing/http.ts'
import { openStaffBook, staffFile } from './staff-book.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-acts-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A journal, which outlives processes. `ended.by`: what ends them as soon as a decision is durable. */
function journal() {
  const decisions = new Map<string, NewDecision & { readonly reviewer: string; readonly ts: number }>()
  const ended = { by: null as Error | null }
  const reviews = {
    one: async (tripId: string) => ({ decision: decisions.get(tripId) ?? null }) as ReviewCase,
    async decide(tripId: string, decision: NewDecision & { readonly reviewer: string }) {
      const duplicate = decisions.has(tripId)
      if (!duplicate) decisions.set(tripId, { ...decision, ts: 0 })
      if (ended.by !== null) throw ended.by
      return { kind: 'decided' as const, totalMinor: 150, duplicate }
    },
  }
  return { reviews, decisions, ended }
}

/** A process with the store's data. */
async function started(reviews: ReturnType<typeof journal>['reviews'], who = 'marta') {
  const staff = await openStaffBook({ file: staffFile(folder), site: ownSite(null), now: Date.now })
  const door = { callerOf: async () => ({ subject: who, session: null, may: () => true }) }
  const app = await build(await testHttpDeps({ staff, reviews, door }))
  return {
    settle: async (tripId: string) => {
      const payload = { lines: [{ sku: 'water', quantity: 1 }] }
      const answer = await app.inject({ method: 'POST', url: `/api/reviews/${tripId}`, payload })
      return [answer.statusCode, answer.json().duplicate]
    },
    acts: async () => (await staff.people.audit.latest(10)).map((act) => [act.who, act.about, act.place, act.detail]),
    stop: async () => {
      await app.close()
      await staff.close()
    },
  }
}

/** Statements of somebody else at the same file. */
function sql(statement: string): void {
  const database = openDatabase(staffFile(folder))
  database.exec(statement)
  database.close()
}

const byMarta = ['marta', 'trip-1', '127.0.0.1', '1 x water']

describe('DecidedActs.run()', () => {
  test('has an act in the audit log whose row could not be written, once it is asked again', async () => {
    const store = await started(journal().reviews)
    sql(`CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
    expect(await store.settle('trip-1')).toEqual([500, undefined])
    sql('DROP TRIGGER full')
    for (let i = 0; i < 2; i++) expect(await store.settle('trip-1')).toEqual([200, true])
    expect(await store.acts()).toEqual([byMarta])
    await store.stop()
  })

  test('decides nothing that it cannot write down first', async () => {
    const { reviews, decisions } = journal()
    const store = await started(reviews)
    sql(`CREATE TRIGGER full BEFORE INSERT ON begun_act BEGIN SELECT RAISE(ABORT, 'disk is full'); END`)
    expect(await store.settle('trip-1')).toEqual([500, undefined])
    expect(decisions.size).toBe(0)
    await store.stop()
  })

  test('has one row of two who decide the same at once', async () => {
    const store = await started(journal().reviews)
    const answers = await Promise.all([store.settle('trip-1'), store.settle('trip-1')])
    expect(answers).toEqual([
      [200, false],
      [200, true],
    ])
    expect(await store.acts()).toEqual([byMarta])
    await store.stop()
  })

  test('has nothing in the log of who began and was killed before it was decided, when another decides', async () => {
    const { reviews } = journal()
    const before = await started({ ...reviews, decide: () => Promise.reject(new Error('killed')) })
    await before.settle('trip-1')
    const otto = await started(reviews, 'otto')
    expect(await otto.settle('trip-1')).toEqual([200, false])
    expect(await otto.acts()).toEqual([['otto', 'trip-1', '127.0.0.1', '1 x water']])
    await before.stop()
    await otto.stop()
  })
})

describe('DecidedActs.finish()', () => {
  test('has an act in the log after the next start, where the process was killed as soon as it was decided', async () => {
    const { reviews, ended } = journal()
    const killed = await started(reviews)
    ended.by = new Error('killed')
    await killed.settle('trip-1')
    expect(await killed.acts()).toEqual([])
    await killed.stop()
    ended.by = null
    for (let i = 0; i < 2; i++) {
      const again = await started(reviews)
      expect(await again.acts()).toEqual([byMarta])
      expect(await again.settle('trip-1')).toEqual([200, true])
      expect(await again.acts()).toEqual([byMarta])
      await again.stop()
    }
  })
})
