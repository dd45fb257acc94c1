/**
 * Which entry codes have let somebody in, on disk before a gate opens: a code does so once, whatever is restarted, killed
 * or set back. Of each key only codes of the newest window that was used, or of a later one, are taken; that holds
 * whatever the clock does, and needs few rows.
 */

import type { EntryCode } from '../../models/entry/code.ts'
import { type Database, type DatabaseOptions, openDatabase } from '../../models/platform/open-database.ts'

/** Five minutes: longer than a scan waits in the spool (70 s), which a new process must know again. */
const keptWindows = 10

/** One message of a gate, by what never comes twice. */
export interface ScanMessage {
  readonly device: string
  readonly boot: string
  readonly seq: number
}

/** What speaks against a code: it was used, or a later one of the same phone was. */
export interface EarlierUse {
  readonly device: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly isSameCode: boolean
}

export interface UsedCodes {
  /** Null: it had not been used, and has been now, for good. Throws when the disk refuses; it is not used then. */
  use(code: EntryCode, scan: ScanMessage, at: number): EarlierUse | null
  /** Whether it was this very message that has used the code. */
  wasUsedBy(code: EntryCode, scan: ScanMessage): boolean
  /** Forgets uses before this time, milliseconds since the epoch. Returns how many. */
  forget(before: number): number
  close(): void
}

type Row = {
  readonly window: number
  readonly guest: number
  readonly device: string
  readonly boot: string
  readonly seq: number
  readonly at: number
}

/** Throws in words when the file cannot be opened. */
export function openUsedCodes(file: string, options: DatabaseOptions = {}): UsedCodes {
  const database = openDatabase(file, options)
  database.exec(`CREATE TABLE IF NOT EXISTS used_code (
    key_id TEXT, window INTEGER, guest INTEGER, device TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL,
    at INTEGER NOT NULL, PRIMARY KEY (key_id, window, guest)) STRICT, WITHOUT ROWID`)
  return {
    use: (code, scan, at) => database.transaction(() => use(database, code, scan, at)),
    wasUsedBy({ keyId, window, guest }, { device, boot, seq }) {
      const row = database
        .prepare('SELECT * FROM used_code WHERE key_id = ? AND window = ? AND guest = ?')
        .get<Row>(keyId, window, guest)
      return row !== undefined && row.device === device && row.boot === boot && row.seq === seq
    },
    forget: (before) => database.prepare('DELETE FROM used_code WHERE at < ?').run(before).changes,
    close: () => database.close(),
  }
}

function use(
  database: Database,
  { keyId, window, guest }: EntryCode,
  scan: ScanMessage,
  at: number,
): EarlierUse | null {
  const latest = database
    .prepare(
      `SELECT * FROM used_code WHERE key_id = ? AND window >= ?
       ORDER BY (window = ? AND guest = ?) DESC, window DESC LIMIT 1`,
    )
    .get<Row>(keyId, window, window, guest)
  const isSameCode = latest?.window === window && latest.guest === guest
  if (latest !== undefined && (isSameCode || latest.window > window))
    return { device: latest.device, at: latest.at, isSameCode }
  database.prepare('DELETE FROM used_code WHERE key_id = ? AND window < ?').run(keyId, window - keptWindows)
  database
    .prepare('INSERT INTO used_code (key_id, window, guest, device, boot, seq, at) VALUES (?, ?, ?, ?, ?, ?, ?)')
    .run(keyId, window, guest, scan.device, scan.boot, scan.seq, Math.round(at))
  return null
}
