/** `npm run bench:bills`: bills a second that the journal makes durable, beside bare SQLite with the same rows and durability. */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checksumOf } from '../../edge/runtime/checksum.ts'
import { startJournal } from '../../edge/runtime/journal.ts'
import { type Commit, openJournalStore } from '../../edge/runtime/journal-store.ts'
import { billCommit } from './journal-rows.ts'

const rounds = 40
/** A turn of each way: long enough that a thread which slept meanwhile is awake for nearly all of it. */
const billsATurn = 200
const atOnce = 20

/** The part of both libraries' `DatabaseSync` that is used here. */
interface Native {
  exec(sql: string): void
  prepare(sql: string): { run(...values: (string | number)[]): unknown }
  close(): void
}

interface Way {
  readonly name: string
  readonly billsACommit: number
  /** Each commit is waited for before the next; else they queue, as when people leave faster than the disk writes. */
  readonly oneByOne: boolean
  readonly commit: (one: Commit) => unknown
  readonly perSecond: number[]
  readonly cpuMs: number[]
}

const folder = mkdtempSync(join(tmpdir(), 'tillfree-bills-'))
const journal = startJournal(join(folder, 'journal.db'))
await journal.open('s1')
const store = openJournalStore(join(folder, 'store.db'))
store.open('s1')
const [bare, closeBare] = bareSqlite(join(folder, 'bare.db'))
const ways: Way[] = [
  way('bare SQLite, a transaction a bill', 1, bare),
  way('the journal without its thread, a commit a bill', 1, store.commit),
  { ...way(`the journal in its thread, a commit a bill, ${atOnce} queued`, 1, journal.commit), oneByOne: false },
  way('the journal in its thread, a commit a bill, each waited for', 1, journal.commit),
  way(`bare SQLite, ${atOnce} bills a transaction`, atOnce, bare),
  way(
    `the journal in its thread, ${atOnce} bills a commit, as a store writes what ended meanwhile`,
    atOnce,
    journal.commit,
  ),
]

let count = 0
// In turns, so that what else the machine does meets all of them.
for (let round = 0; round <= rounds; round++)
  for (const way of ways) {
    const commits = Array.from({ length: billsATurn / way.billsACommit }, (_, i) =>
      billCommit(count + i * way.billsACommit, way.billsACommit),
    )
    count += billsATurn
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
    if (way.oneByOne) for (const one of commits) await way.commit(one)
    else
      for (let n = 0; n < commits.length; n += atOnce)
        await Promise.all(commits.slice(n, n + atOnce).map((one) => way.commit(one)))
    const seconds = (performance.now() - startedAt) / 1000
    const { user, system } = process.cpuUsage(cpu)
    // The first round makes files and compiles.
    if (round === 0) continue
    way.perSecond.push(billsATurn / seconds)
    way.cpuMs.push((user + system) / 1000 / billsATurn)
  }
await journal.close()
store.close()
closeBare()
rmSync(folder, { recursive: true })

const [first] = ways
for (const { name, perSecond, cpuMs } of ways) {
  const ratio = median(perSecond.map((rate, i) => rate / (first?.perSecond[i] ?? Number.NaN)))
  const figures = [`${median(perSecond).toFixed(0)} bills a second`, `${median(cpuMs).toFixed(2)} ms of CPU each`]
  console.log(`${name}: ${figures.join(', ')}, ${ratio.toFixed(2)} of bare SQLite (median of ${rounds} rounds)`)
}

function way(name: string, billsACommit: number, commit: Way['commit']): Way {
  return { name, billsACommit, oneByOne: true, commit, perSecond: [], cpuMs: [] }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** The same three rows, index and durability (WAL, FULL), with nothing of ours. */
function bareSqlite(path: string): [(commit: Commit) => void, () => void] {
  const builtin = process.getBuiltinModule('node:sqlite' as string) as unknown
  const { DatabaseSync } = (builtin ?? createRequire(import.meta.url)('@photostructure/sqlite')) as {
    readonly DatabaseSync: new (path: string) => Native
  }
  const db = new DatabaseSync(path)
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE observation (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER) STRICT;
    CREATE TABLE shelf_event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE outbox (
      seq INTEGER PRIMARY KEY, trip_id TEXT NOT NULL, part TEXT NOT NULL, bill TEXT NOT NULL, purchase TEXT NOT NULL,
      delivered_at INTEGER, crc INTEGER, UNIQUE (trip_id, part)) STRICT;
    CREATE INDEX outbox_pending ON outbox (seq) WHERE delivered_at IS NULL`)
  const observe = db.prepare('INSERT INTO observation (body, crc) VALUES (?, ?)')
  const note = db.prepare('INSERT INTO shelf_event (body) VALUES (?)')
  const bill = db.prepare('INSERT INTO outbox (trip_id, part, bill, purchase, crc) VALUES (?, ?, ?, ?, ?)')
  const sum = checksumOf('any')
  const commit = ({ observations, events, bills }: Commit) => {
    db.exec('BEGIN IMMEDIATE')
    for (const body of observations) observe.run(body, sum)
    for (const body of events) note.run(body)
    for (const { tripId, part, bill: body, purchase } of bills) bill.run(tripId, part, body, purchase, sum)
    db.exec('COMMIT')
  }
  return [commit, () => db.close()]
}
