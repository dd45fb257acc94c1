import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { play, type Scene, store } from '../fixture.ts'
import type { Journal } from './journal.ts'
import { type JournalStore, openJournalStore } from './journal-store.ts'
import { createStoreRuntime } from './runtime.ts'

const scene: Scene = {
  durationMs: 30_000,
  changes: [
    [4000, 'p3', -351],
    [9000, 'p1', -540],
  ],
  people: [
    { id: 'anna', x: 0.3, reachAt: [4000], to: 12_000 },
    { id: 'bo', x: 0.15, reachAt: [9000], to: 18_000 },
  ],
}
const door = { id: 'door', kind: 'entry-exit' as const, polygon: square(-1, -2, 2, 0) }
const shop = { ...store, zones: [door] }
let folder = ''
const path = () => join(folder, 'store.db')

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tillfree-full-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function square(left: number, back: number, right: number, front: number): [number, number][] {
  return [
    [left, back],
    [right, back],
    [right, front],
    [left, front],
  ]
}

/** The journal in the caller's own thread, on a disk that can be full: SQLite refuses every transaction then. */
function disk() {
  const state = { isFull: false, refusals: 0 }
  const open = (path: string): Journal => {
    const journal = openJournalStore(path)
    const writing: ReadonlySet<PropertyKey> = new Set(['commit', 'acknowledge'])
    return new Proxy({} as Journal, {
      get:
        (_, method) =>
        async (...values: unknown[]) => {
          if (state.isFull && writing.has(method)) {
            state.refusals += 1
            throw new Error('database or disk is full')
          }
          return (journal[method as keyof JournalStore] as (...values: unknown[]) => unknown)(...values)
        },
    })
  }
  return { state, open }
}

/** Waits that end when told to. */
function pauses() {
  const waiting: (() => void)[] = []
  return {
    wait: () => new Promise<void>((resolve) => waiting.push(resolve)),
    end: () => {
      for (const resolve of waiting.splice(0)) resolve()
    },
    count: () => waiting.length,
  }
}

async function started(openJournal: (path: string) => Journal, wait: () => Promise<void>) {
  const said: string[] = []
  const log = { info: (words: string) => said.push(words), error: (words: string) => said.push(words) }
  const runtime = createStoreRuntime({ store: shop, path: path(), log, openJournal, wait })
  await runtime.start()
  return { runtime, said }
}

it('createStoreRuntime() keeps what it has while the disk is full, says so once, and writes it once when there is room', async () => {
  const undisturbed = await started(disk().open, async () => {})
  for (const event of play(scene)) {
    undisturbed.runtime.accept(event)
    undisturbed.runtime.advance(event.ts)
  }
  await undisturbed.runtime.stop()
  const whole = openJournalStore(path())
  const [bills, observations] = [whole.pending(10, 0).rows, whole.observations()]
  whole.close()
  expect(bills).toHaveLength(2)
  rmSync(folder, { recursive: true })
  folder = mkdtempSync(join(tmpdir(), 'tillfree-full-'))

  const { state, open } = disk()
  const { wait, end, count } = pauses()
  const { runtime, said } = await started(open, wait)
  const events = play(scene)
  for (const [i, event] of events.entries()) {
    if (i === 60) state.isFull = true
    runtime.accept(event)
    runtime.advance(event.ts)
    if (i % 20 === 0) await vi.waitUntil(() => state.refusals === 0 || count() > 0)
  }
  for (let tries = 0; tries < 5; tries++) {
    await vi.waitUntil(() => count() > 0)
    end()
  }
  await vi.waitUntil(() => count() > 0)
  expect(runtime.problem()).toBe('database or disk is full')
  expect(runtime.durableTime()).toBeLessThan(events.at(-1)?.ts ?? 0)
  expect(await runtime.decide({ tripId: 't', lines: [], reviewer: 'r' }, 0)).toMatchObject({ kind: 'not-now' })
  expect(await runtime.pending(10)).toEqual([])
  state.isFull = false
  end()
  await vi.waitUntil(() => runtime.problem() === null)
  await runtime.stop()
  expect(said).toEqual([
    'The journal could not be written, it is tried every second: database or disk is full',
    'The journal can be written again',
  ])
  const journal = openJournalStore(path())
  expect([journal.pending(10, 0).rows, journal.observations()]).toEqual([bills, observations])
  journal.close()
})
