/** The journal's tables and transactions, synchronous: for the journal's own thread, and for tests. */
import { type Database, type DatabaseOptions, openDatabase } from '../../models/platform/open-database.ts'
import { checksumOf, DamagedJournalError, isWhole } from './checksum.ts'
import { type LateCommit, type LateRow, lateTables, type TripState, writeLate } from './late-tables.ts'
import { forgetAccounts, type Pruned, type PruneLimits, prune } from './prune.ts'
import { type ReviewCommit, type ReviewRow, reviewTables, writeReviews } from './review-tables.ts'
import type { Snapshot, StatePart } from './snapshot.ts'
import { type Kept, type NewStoreFile, readStoreFiles, storeFilesSchema, writeStoreFile } from './store-files.ts'

/** What one commit makes durable, all of it or nothing. Bodies are JSON texts. */
export interface Commit {
  readonly observations: readonly string[]
  readonly events: readonly string[]
  readonly bills: readonly BillRow[]
  readonly reviews: ReviewCommit
  readonly late: LateCommit
  readonly snapshot: Snapshot | null
  /** Another store file than the latest, with a snapshot of the engine: what was observed before is read by those before. */
  readonly storeFile?: NewStoreFile
}

interface BillRow {
  readonly tripId: string
  /** The bill that the engine made, or the one that a person decided on afterwards: one of each a trip, for ever. */
  readonly part: 'bill' | 'decision'
  readonly bill: string
  readonly purchase: string
}

export interface Opened extends Kept {
  readonly snapshot: { readonly sensing: string; readonly parts: readonly StatePart[]; readonly engine: string } | null
  readonly latestEvents: readonly string[]
  /** What was changed on the disk and could be done without, in words; null: nothing. */
  readonly damage: string | null
}

export interface OutboxRow {
  /** Of the entry, for ever: a trip may have two, its bill and what a person decided about it. */
  readonly seq: number
  readonly tripId: string
  readonly purchase: string
  readonly deliveredAt: number | null
}

export interface Pending {
  readonly rows: OutboxRow[]
  /** Entries among them that were changed on the disk: they cannot be sent. */
  readonly damaged: number[]
}

/** Raised with every change of the tables; a newer file than this is refused. */
const schemaVersion = 6
/** What came before lasted for two days, and for no shop. */
const oldestVersion = 3
/** As many as the live view shows. */
const latestEvents = 50
/** Observations that the engine's snapshot holds are kept for looking into what happened: some days of a busy shop. */
const keptObservations = 100_000

const schema = `
  CREATE TABLE IF NOT EXISTS observation (seq INTEGER PRIMARY KEY, body TEXT NOT NULL, crc INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS snapshot (
    id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, sensing TEXT NOT NULL, engine TEXT NOT NULL,
    crc INTEGER, engine_crc INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS state_part (name TEXT PRIMARY KEY, body TEXT NOT NULL, crc INTEGER) STRICT;
  CREATE TABLE IF NOT EXISTS shelf_event (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS outbox (
    seq INTEGER PRIMARY KEY, trip_id TEXT NOT NULL, part TEXT NOT NULL, bill TEXT NOT NULL, purchase TEXT NOT NULL,
    delivered_at INTEGER, crc INTEGER, UNIQUE (trip_id, part)) STRICT;
  CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (seq) WHERE delivered_at IS NULL;
  ${reviewTables.schema}
  ${lateTables.schema}
  ${storeFilesSchema}
`

/** Until version 3 rows had no checksums. */
const sums = [
  ['observation', 'crc'],
  ['snapshot', 'crc'],
  ['snapshot', 'engine_crc'],
  ['state_part', 'crc'],
  ['outbox', 'crc'],
] as const

export interface JournalStore {
  /** Throws a DamagedJournalError where the state cannot be told any more. */
  open(storeId: string): Opened
  commit(commit: Commit): void
  /** Undelivered after the entry `after`, oldest first; each is checked here and not at the start, which a month's bills would hold up for seconds. */
  pending(limit: number, after: number): Pending
  recent(limit: number): OutboxRow[]
  acknowledge(seq: number, deliveredAt: number): void
  /** What was acknowledged in that time is undelivered again; how many. */
  offerAgain(from: number, to: number): number
  /** Bills in review that nobody has decided, oldest first, and how many there are. */
  openReviews(limit: number): { rows: ReviewRow[]; count: number }
  review(tripId: string): ReviewRow | null
  /** Cases of what was said too late that nobody has closed, oldest first, and how many there are. */
  openLate(limit: number): { rows: LateRow[]; count: number }
  late(id: string): LateRow | null
  /** What became of the bills of those trips that have one. */
  trips(tripIds: readonly string[]): Record<string, TripState>
  history(): { bills: string[]; events: string[] }
  /** All observations, oldest first: what the state is a fold over. */
  observations(): string[]
  /** Lets go of what is settled and old, a part of it at a time. */
  prune(limits: PruneLimits): Pruned
  /** Lets go of what is settled of these accounts; how many rows. */
  forget(accounts: readonly string[]): number
  close(): void
}

/** Opens or makes the journal. Throws when the file belongs to another store, or is of a newer version or too old. */
export function openJournalStore(path: string, options: DatabaseOptions = {}): JournalStore {
  const db = openDatabase(path, options)
  return {
    open: (storeId) => {
      db.transaction(() => bringUpToDate(db, checkOwner(db, storeId)))
      return readOpened(db)
    },
    commit: (commit) => db.transaction(() => write(db, commit)),
    pending: (limit, after) => pending(db, limit, after),
    recent: (limit) =>
      (
        db.prepare(`${outboxColumns} WHERE ${isLatest} ORDER BY seq DESC LIMIT ?`).all(limit) as unknown as OutboxRow[]
      ).reverse(),
    acknowledge: (seq, deliveredAt) => {
      db.prepare('UPDATE outbox SET delivered_at = ? WHERE seq = ? AND delivered_at IS NULL').run(deliveredAt, seq)
    },
    offerAgain: (from, to) =>
      db.prepare('UPDATE outbox SET delivered_at = NULL WHERE delivered_at BETWEEN ? AND ?').run(from, to).changes,
    openReviews: (limit) => reviewTables.open(db, limit),
    review: (tripId) => reviewTables.one(db, tripId),
    openLate: (limit) => lateTables.open(db, limit),
    late: (id) => lateTables.one(db, id),
    trips: (tripIds) => lateTables.trips(db, tripIds),
    history: () => ({
      bills: texts(db, `SELECT bill AS body FROM outbox WHERE ${isLatest} ORDER BY seq`),
      events: texts(db, 'SELECT body FROM shelf_event ORDER BY seq'),
    }),
    observations: () => texts(db, 'SELECT body FROM observation ORDER BY seq'),
    prune: (limits) => db.transaction(() => prune(db, limits)),
    forget: (accounts) => db.transaction(() => forgetAccounts(db, accounts)),
    close: () => db.close(),
  }
}

/** What a person decided takes the place of what was in review. */
const isLatest =
  'NOT EXISTS (SELECT 1 FROM outbox AS later WHERE later.trip_id = outbox.trip_id AND later.seq > outbox.seq)'
const outboxColumns = 'SELECT seq, trip_id AS tripId, purchase, delivered_at AS deliveredAt FROM outbox'

/** A copy of something else that was restored here by mistake would be taken for a journal in which nothing stands yet. */
function requireOwn(db: Database): void {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all<{ name: string }>()
  const names = rows.map(({ name }) => name)
  if (names.length === 0 || names.includes('owner')) return
  throw new Error(`The file is no journal: it has the tables ${names.slice(0, 5).join(', ')}. Restore the right copy.`)
}

/** The version of the tables that are there; 0: none yet. */
function checkOwner(db: Database, storeId: string): number {
  requireOwn(db)
  db.exec('CREATE TABLE IF NOT EXISTS owner (store TEXT NOT NULL, version INTEGER NOT NULL) STRICT')
  const owner = db.prepare('SELECT store, version FROM owner').get<{ store: string; version: number }>()
  if (owner === undefined) {
    db.prepare('INSERT INTO owner (store, version) VALUES (?, ?)').run(storeId, schemaVersion)
    return 0
  }
  if (owner.store !== storeId)
    throw new Error(`The journal is of store "${owner.store}", wanted one of "${storeId}": use another data folder.`)
  if (owner.version < oldestVersion)
    throw new Error(
      `The journal has version ${owner.version}, wanted at least ${oldestVersion}: it is from before the first release and cannot be taken over, use another data folder.`,
    )
  if (owner.version > schemaVersion)
    throw new Error(`The journal has version ${owner.version}, wanted at most ${schemaVersion}: use a newer Tillfree.`)
  return owner.version
}

function bringUpToDate(db: Database, version: number): void {
  if (version === schemaVersion) return
  db.exec(schema)
  for (const [table, column] of sums) {
    const there = db.prepare('SELECT name FROM pragma_table_info(?) WHERE name = ?').get(table, column)
    if (there === undefined) db.exec(`ALTER TABLE ${table} ADD COLUMN ${column} INTEGER`)
  }
  db.prepare('UPDATE owner SET version = ?').run(schemaVersion)
}

function readOpened(db: Database): Opened {
  const row = db
    .prepare('SELECT seq, sensing, engine, crc, engine_crc FROM snapshot')
    .get<{ seq: number; sensing: string; engine: string; crc: number | null; engine_crc: number | null }>()
  const parts = db
    .prepare('SELECT name, body, crc FROM state_part ORDER BY name')
    .all<{ name: string; body: string; crc: number | null }>()
  const isGood =
    row === undefined ||
    (isWhole(row.crc, row.sensing) &&
      isWhole(row.engine_crc, row.engine) &&
      parts.every(({ name, body, crc }) => isWhole(crc, name, body)))
  return {
    snapshot: row === undefined || !isGood ? null : { sensing: row.sensing, parts, engine: row.engine },
    ...observationsAfter(db, isGood ? (row?.seq ?? 0) : 0),
    storeFiles: readStoreFiles(db),
    latestEvents: texts(db, 'SELECT body FROM shelf_event ORDER BY seq DESC LIMIT ?', latestEvents).reverse(),
    damage: isGood
      ? null
      : 'the snapshot: the state is made anew from the observations, and the levels of the plates are found anew',
  }
}

/** All of them, or none counts: the state is a fold over them. */
function observationsAfter(db: Database, after: number): Pick<Opened, 'tail' | 'tailAfter'> {
  const rows = db
    .prepare('SELECT seq, body, crc FROM observation WHERE seq > ? ORDER BY seq')
    .all<{ seq: number; body: string; crc: number | null }>(after)
  const [first] = rows
  if (first !== undefined && first.seq !== after + 1) throw new DamagedJournalError('the snapshot')
  const tail = rows.map(({ seq, body, crc }) => {
    if (!isWhole(crc, body)) throw new DamagedJournalError(`observation ${seq}`)
    return body
  })
  return { tail, tailAfter: after }
}

type BillTexts = { seq: number; trip_id: string; part: string; bill: string; purchase: string; crc: number | null }
const isWholeBill = ({ crc, trip_id, part, bill, purchase }: BillTexts) => isWhole(crc, trip_id, part, bill, purchase)

/** One at a time: after a month without a cloud they are as many as fit on the disk. */
function pending(db: Database, limit: number, after: number): Pending {
  const [rows, damaged]: [OutboxRow[], number[]] = [[], []]
  const undelivered = db
    .prepare(
      'SELECT seq, trip_id, part, bill, purchase, crc FROM outbox WHERE delivered_at IS NULL AND seq > ? ORDER BY seq',
    )
    .iterate<BillTexts>(after)
  for (const row of undelivered) {
    if (!isWholeBill(row)) damaged.push(row.seq)
    else if (rows.push({ seq: row.seq, tripId: row.trip_id, purchase: row.purchase, deliveredAt: null }) >= limit) break
  }
  return { rows, damaged }
}

function write(db: Database, { observations, events, bills, reviews, late, snapshot, storeFile }: Commit): void {
  if (storeFile !== undefined) writeStoreFile(db, storeFile)
  const observe = db.prepare('INSERT INTO observation (body, crc) VALUES (?, ?)')
  for (const body of observations) observe.run(body, checksumOf(body))
  const note = db.prepare('INSERT INTO shelf_event (body) VALUES (?)')
  for (const body of events) note.run(body)
  // A trip that is there already was billed before a restart or a return to a copy: never twice, and nobody is asked about it.
  const bill = db.prepare(
    'INSERT INTO outbox (trip_id, part, bill, purchase, crc) VALUES (?, ?, ?, ?, ?) ON CONFLICT (trip_id, part) DO NOTHING',
  )
  const known = new Set<string>()
  for (const { tripId, part, bill: body, purchase } of bills) {
    const isNew = bill.run(tripId, part, body, purchase, checksumOf(tripId, part, body, purchase)).changes > 0
    if (!isNew && part === 'bill') known.add(tripId)
  }
  writeReviews(db, { ...reviews, cases: reviews.cases.filter(({ tripId }) => !known.has(tripId)) })
  writeLate(db, late)
  if (snapshot !== null) writeSnapshot(db, snapshot)
}

function writeSnapshot(db: Database, { sensing, parts, allParts, engine }: Snapshot): void {
  if (allParts) db.exec('DELETE FROM state_part')
  const part = db.prepare(
    `INSERT INTO state_part (name, body, crc) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET body = excluded.body, crc = excluded.crc`,
  )
  for (const { name, body } of parts) part.run(name, body, checksumOf(name, body))
  if (engine === null) {
    db.prepare('UPDATE snapshot SET sensing = ?, crc = ?').run(sensing, checksumOf(sensing))
    return
  }
  db.prepare(
    `INSERT INTO snapshot (id, seq, sensing, engine, crc, engine_crc)
     VALUES (1, (SELECT coalesce(max(seq), 0) FROM observation), ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, sensing = excluded.sensing, engine = excluded.engine,
       crc = excluded.crc, engine_crc = excluded.engine_crc`,
  ).run(sensing, engine, checksumOf(sensing), checksumOf(engine))
  db.prepare('DELETE FROM observation WHERE seq <= (SELECT max(seq) FROM observation) - ?').run(keptObservations)
}

function texts(db: Database, sql: string, ...values: number[]): string[] {
  return db
    .prepare(sql)
    .all<{ body: string }>(...values)
    .map(({ body }) => body)
}
