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

/** Who came in by a code. `account`: its id; null: a process before accounts were written down has let them in. */
export interface LetIn {
  readonly account: string | null
}

export interface UsedCodes {
  /** Null: it had not been used, and has been now, for good. Throws when the disk refuses; it is not used then. */
  use(code: EntryCode, scan: ScanMessage, account: string, at: number): EarlierUse | null
  /** The code stays used, but nobody came in by it: the gate could not be told to open. */
  stayedClosed(code: EntryCode): void
  /** Who came in by this very message; null: nobody, or by another one. */
  letInBy(code: EntryCode, scan: ScanMessage): LetIn | null
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
  readonly account: string | null
  readonly stayed_closed: number
}

/** Throws in words when the file cannot be opened. */
export function openUsedCodes(file: string, options: DatabaseOptions = {}): UsedCodes {
  const database = openDatabase(file, options)
  database.exec(`CREATE TABLE IF NOT EXISTS used_code (
    key_id TEXT, window INTEGER, guest INTEGER, device TEXT NOT NULL, boot TEXT NOT NULL, seq INTEGER NOT NULL,
    at INTEGER NOT NULL, account TEXT, stayed_closed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (key_id, window, guest)) STRICT, WITHOUT ROWID`)
  database.transaction(() => bringUpToDate(database))
  return {
    use: (code, scan, account, at) => database.transaction(() => use(database, code, scan, account, at)),
    stayedClosed({ keyId, window, guest }) {
      database
        .prepare('UPDATE used_code SET stayed_closed = 1 WHERE key_id = ? AND window = ? AND guest = ?')
        .run(keyId, window, guest)
    },
    letInBy({ keyId, window, guest }, { device, boot, seq }) {
      const row = database
        .prepare(
          `SELECT * FROM used_code WHERE key_id = ? AND window = ? AND guest = ?
           AND device = ? AND boot = ? AND seq = ? AND stayed_closed = 0`,
        )
        .get<Row>(keyId, window, guest, device, boot, seq)
      return row === undefined ? null : { account: row.account }
    },
    forget: (before) => database.prepare('DELETE FROM used_code WHERE at < ?').run(before).changes,
    close: () => database.close(),
  }
}

/** Of a file from before these columns. */
function bringUpToDate(database: Database): void {
  for (const [column, type] of [
    ['account', 'TEXT'],
    ['stayed_closed', 'INTEGER NOT NULL DEFAULT 0'],
  ] as const) {
    const there = database.prepare(`SELECT 1 FROM pragma_table_info('used_code') WHERE name = ?`).get(column)
    if (there === undefined) database.exec(`ALTER TABLE used_code ADD COLUMN ${column} ${type}`)
  }
}

function use(
  database: Database,
  { keyId, window, guest }: EntryCode,
  scan: ScanMessage,
  account: string,
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
    .prepare(
      'INSERT INTO used_code (key_id, window, guest, device, boot, seq, account, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
    .run(keyId, window, guest, scan.device, scan.boot, scan.seq, account, Math.round(at))
  return null
}
