/** Copies of the journal while the store is open, and the way back. Synchronous: for a command of its own. */
import { copyFileSync, existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Database, openDatabase, type SqlRow } from '../../models/platform/open-database.ts'
import { isWhole } from './checksum.ts'
import { type LateRow, lateTables, takeOverLate } from './late-tables.ts'

/** What a person has to know; the message says what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * Writes the journal as it is at this moment to a new file, while a gateway may be writing to it, and reads the copy once. Works for
 * the account service's database as well.
 */
export function backUp(path: string, out: string): void {
  if (!existsSync(path)) throw new BackupError(`${path} was not found`)
  if (existsSync(out)) throw new BackupError(`${out} is there already: a backup is never written over`)
  requireFolder(out)
  const part = `${out}.part`
  rmSync(part, { force: true })
  const faults = copyFaults(path, part)
  if (faults.length > 0) {
    rmSync(part, { force: true })
    throw new BackupError(`${path} cannot be backed up: ${faults.join('; ')}`)
  }
  renameSync(part, out)
}

/** What keeps the copy from being one, in words. */
function copyFaults(path: string, part: string): string[] {
  try {
    using(path, (db) => db.exec(`VACUUM INTO '${part.replaceAll("'", "''")}'`))
  } catch (error) {
    return [(error as Error).message]
  }
  return faultsOf(part)
}

function requireFolder(file: string): void {
  const folder = dirname(file)
  if (!existsSync(folder)) throw new BackupError(`${folder} was not found: wanted a folder that is there`)
}

export interface Restored {
  /** Where the file is now that was there before; null: there was none. */
  readonly before: string | null
  /** Where the messages of its last minute are now; null: there were none. */
  readonly messages: string | null
  /** Bills of it that the backup did not have: they are sent, or known to be sent, all the same. Null: it is no journal. */
  readonly billsTakenOver: number | null
  /** It is the account service's: stores are asked for the bills that it does not have. */
  readonly isService: boolean
  /** It says who may come in: whoever was shut out since the copy may again. */
  readonly mayLetIn: boolean
}

/**
 * Puts a backup in the place of the journal. The gateway must not be running; what was there is kept beside it. `now`: milliseconds
 * since the epoch. `rename`: for tests in which it comes no further.
 */
export function restore(backup: string, path: string, now: number, rename = renameSync): Restored {
  if (!existsSync(backup)) throw new BackupError(`${backup} was not found`)
  const faults = faultsOf(backup)
  if (faults.length > 0) throw new BackupError(`${backup} cannot be restored: ${faults.join('; ')}`)
  requireFolder(path)
  const kind = kindOf(backup)
  const before = existsSync(path) ? nextFree(`${path}.before-restore`) : null
  if (before !== null) requireUnused(path)
  if (before !== null) requireSameKind(backup, kind, path)
  const part = `${path}.part`
  // What a restore that was killed has left: its log would be taken for that of this one.
  for (const end of endings) rmSync(`${part}${end}`, { force: true })
  copyFileSync(backup, part)
  // Before anything is moved: when it fails (a full disk) all is as it was, and the next time there is still what to take over.
  const isService = kind.words === marks.purchase
  const isStaff = kind.words === marks.staff
  if (isService) usingAlone(part, (db) => noteRestored(db, now))
  if (isService || isStaff) usingAlone(part, signOut)
  const billsTakenOver = kind.isJournal ? (before === null ? 0 : takeOverBills(path, part)) : null
  if (before !== null) setAside(path, before)
  const messages = kind.isJournal ? setMessagesAside(path, before) : null
  // From one moment to the next: whenever this is killed there is a journal, and what a second try can take over.
  rename(part, path)
  const mayLetIn = isStaff || kind.words === marks.credential
  return { before, messages, billsTakenOver, isService, mayLetIn }
}

/**
 * What devices said in the last minute (`gateway/spool`) goes with the journal that was given it: to an older one it would be new,
 * and visits that are billed would be made a second time. Before the journal, so that a kill in between leaves nothing to be billed
 * twice. The copy's own last minute is not there any more.
 */
function setMessagesAside(path: string, before: string | null): string | null {
  const spool = join(dirname(path), 'spool')
  // A folder of that name may be somebody else's.
  if (!existsSync(spool) || !readdirSync(spool).some((name) => /^spool-\d{9}$/.test(name))) return null
  const aside = before === null ? nextFree(`${path}.before-restore-spool`) : `${before}-spool`
  renameSync(spool, aside)
  return aside
}

/**
 * What it took since is with the stores, which it asks for it (`cloud-sync/stores/bills-wanted.ts`). Bills are taken after they
 * are made: where the clock of the service was ahead, that of the stores says from when on. Too early costs work alone. Nothing is
 * put back before what it has was taken: a clock that says so is behind, as that of a machine without a battery.
 */
function noteRestored(db: Database, now: number): void {
  db.exec('CREATE TABLE IF NOT EXISTS restored (at BIGINT NOT NULL, known_until BIGINT NOT NULL)')
  db.prepare(
    `INSERT INTO restored SELECT max(?, known_until), known_until
     FROM (SELECT coalesce(min(max(received_at), max(ended_at)), 0) AS known_until FROM purchase)`,
  ).run(now)
}

/** Who was signed out since the copy, or has used a code, is not let in by it once more: everybody signs in again. */
function signOut(db: Database): void {
  const there = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all<{ name: string }>()
  const names = new Set(there.map(({ name }) => name))
  for (const table of waysIn) if (names.has(table)) db.exec(`DELETE FROM ${table}`)
}

/** `cloud-sync/people/tables.ts`, `migrations.ts`; what people prove themselves by for good, passkeys, comes back. */
const waysIn = ['session', 'sign_in_link', 'passkey_challenge', 'email_code']

/** A log is there only where the database could not be opened; it must not be taken for that of the copy. */
function setAside(path: string, before: string): void {
  const there = endings.filter((end) => existsSync(`${path}${end}`))
  try {
    for (const end of there) copyFileSync(`${path}${end}`, `${before}${end}`)
  } catch (error) {
    for (const end of there) rmSync(`${before}${end}`, { force: true })
    throw error
  }
  for (const end of there) if (end !== '') rmSync(`${path}${end}`)
}

/** Of a database and its log. */
const endings = ['', '-wal', '-shm']

/** Another store's copy, or one of another kind, would be taken for what was there. */
function requireSameKind(backup: string, { words }: Kind, path: string): void {
  const there = kindOf(path).words
  if (words !== there && there !== null)
    throw new BackupError(`${backup} has ${words ?? 'something unknown'}, and ${path} ${there}: nothing was changed`)
}

interface Kind {
  readonly isJournal: boolean
  /** Null for what cannot be read any more, or is not known. */
  readonly words: string | null
}

/** Tables that tell databases apart. */
const marks = {
  purchase: "an account service's data",
  staff: 'who may sign in to the pages of a store',
  credential: 'the credentials of devices',
}

function kindOf(path: string): Kind {
  try {
    return usingAlone(path, (db) => {
      const isJournalThere = isJournal(db)
      const store = isJournalThere ? db.prepare('SELECT store FROM owner').get<{ store: string }>()?.store : undefined
      const names = db.prepare('SELECT name FROM sqlite_schema').all<{ name: string }>()
      const mark = Object.entries(marks).find(([table]) => names.some(({ name }) => name === table))
      return {
        isJournal: isJournalThere,
        words: store === undefined ? (mark?.[1] ?? null) : `the data of store ${store}`,
      }
    })
  } catch {
    return { isJournal: false, words: null }
  }
}

/** Without the log beside it, so that the one file is all; SQLite refuses while somebody else has it open. */
function requireUnused(path: string): void {
  try {
    using(path, (db) => db.exec('PRAGMA busy_timeout = 100; PRAGMA journal_mode = DELETE'))
  } catch (error) {
    const why = (error as Error).message
    // One that is no database any more is in nobody's use, and is what a backup is for.
    if (/locked|busy/.test(why)) throw new BackupError(`${path} is in use: stop the store first (${why})`)
  }
}

/**
 * Bills are facts, and one that was sent must not be made anew: those that can still be read go with the backup. So do reviews: a bill
 * that waits for a person still does, and what was decided is not asked again. And so do cases of what was said too late.
 */
function takeOverBills(from: string, to: string): number {
  const rows = readableBills(from)
  // One that was changed on the disk would hide all others from whoever decides; without its evidence it can be decided.
  const reviews = readable<ReviewedBill>(
    from,
    `SELECT trip_id, body, CASE WHEN json_valid(evidence) THEN evidence ELSE '{}' END AS evidence, decision FROM review
     WHERE json_valid(body) AND (decision IS NULL OR json_valid(decision)) ORDER BY seq`,
  )
  const late = readable<LateRow>(
    from,
    `SELECT body, decision FROM late_case WHERE CASE WHEN json_valid(body) THEN json_extract(body, '$.id') = id END
     AND (decision IS NULL OR json_valid(decision)) ORDER BY seq`,
  )
  return usingAlone(to, (db) => {
    // The backup may be older than these cases are.
    db.exec(lateTables.schema)
    const insert = db.prepare(
      'INSERT INTO outbox (trip_id, part, bill, purchase, delivered_at, crc) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const sent = db.prepare(
      'UPDATE outbox SET delivered_at = ? WHERE trip_id = ? AND part = ? AND delivered_at IS NULL',
    )
    const review = db.prepare(
      `INSERT INTO review (trip_id, body, evidence, decision) VALUES (?, ?, ?, ?) ON CONFLICT (trip_id) DO UPDATE
       SET decision = excluded.decision, evidence = '{}' WHERE decision IS NULL AND excluded.decision IS NOT NULL`,
    )
    return db.transaction(() => {
      takeOverLate(db, late)
      for (const { trip_id, body, evidence, decision } of reviews) review.run(trip_id, body, evidence, decision)
      return rows.reduce((count, { trip_id, part, bill, purchase, delivered_at, crc }) => {
        if (delivered_at !== null) sent.run(delivered_at, trip_id, part)
        return count + insert.run(trip_id, part, bill, purchase, delivered_at, crc).changes
      }, 0)
    })
  })
}

type BillRow = {
  trip_id: string
  part: string
  bill: string
  purchase: string
  delivered_at: number | null
  crc: number | null
}

type ReviewedBill = { trip_id: string; body: string; evidence: string; decision: string | null }

function readableBills(path: string): BillRow[] {
  const rows = readable<BillRow>(
    path,
    'SELECT trip_id, part, bill, purchase, delivered_at, crc FROM outbox ORDER BY seq',
  )
  return rows.filter((row) => isWhole(row.crc, row.trip_id, row.part, row.bill, row.purchase))
}

function readable<Row extends SqlRow>(path: string, query: string): Row[] {
  const found: Row[] = []
  try {
    using(path, (db) => {
      if (!isJournal(db)) return
      for (const row of db.prepare(query).iterate<Row>()) found.push(row)
    })
  } catch {
    // Damaged from here on: what was read so far is what there is.
  }
  return found
}

/** In words; none when every page and row is as it was written. */
function faultsOf(path: string): string[] {
  try {
    return using(path, (db) => {
      const pages = db.prepare('PRAGMA integrity_check').all<{ integrity_check: string }>()
      const faults = pages.map(({ integrity_check }) => integrity_check).filter((word) => word !== 'ok')
      db.exec('PRAGMA journal_mode = DELETE')
      return faults.length > 0 || !isJournal(db) ? faults.slice(0, 5) : rowFaults(db)
    })
  } catch (error) {
    return [(error as Error).message]
  }
}

function rowFaults(db: Database): string[] {
  const observations = db.prepare('SELECT seq, body, crc FROM observation').iterate<{
    seq: number
    body: string
    crc: number | null
  }>()
  for (const { seq, body, crc } of observations)
    if (!isWhole(crc, body)) return [`observation ${seq} was changed on the disk`]
  return []
}

function isJournal(db: Database): boolean {
  const found = db.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name IN ('owner', 'observation', 'outbox')`)
  return found.get<{ n: number }>()?.n === 3
}

function nextFree(path: string): string {
  for (let number = 1; ; number++) {
    const name = `${path}-${number}`
    if (!existsSync(name)) return name
  }
}

/** Leaves no log beside the file, which nobody else has open, though the platform may close it later. */
export function usingAlone<Result>(path: string, work: (db: Database) => Result): Result {
  return using(path, (db) => {
    const result = work(db)
    db.exec('PRAGMA journal_mode = DELETE')
    return result
  })
}

function using<Result>(path: string, work: (db: Database) => Result): Result {
  const db = openDatabase(path)
  try {
    return work(db)
  } finally {
    db.close()
  }
}
