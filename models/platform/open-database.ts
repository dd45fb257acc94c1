/**
 * The one door to SQLite: `node:sqlite` where Node brings it (22.13 and later), else `@photostructure/sqlite`, which
 * has the same shape. Synchronous, for a worker thread or a process of its own; one fsync can take 8 ms and more.
 */
import { createRequire } from 'node:module'

export type SqlValue = null | number | bigint | string | Uint8Array
/** A row by column name. Integers beyond 2^53 are refused on reading. */
export type SqlRow = Readonly<Record<string, SqlValue>>

export interface Statement {
  run(...values: readonly SqlValue[]): { readonly changes: number; readonly lastInsertRowid: number }
  get<Row extends SqlRow = SqlRow>(...values: readonly SqlValue[]): Row | undefined
  all<Row extends SqlRow = SqlRow>(...values: readonly SqlValue[]): Row[]
  /** Rows one at a time, for what does not fit in memory. Nothing else may be written meanwhile. */
  iterate<Row extends SqlRow = SqlRow>(...values: readonly SqlValue[]): IterableIterator<Row>
}

export interface Database {
  /** Runs statements that take no values and give no rows. */
  exec(sql: string): void
  /** Compiles once per text; the compiled statement is kept, so calling this in a hot path is cheap. */
  prepare(sql: string): Statement
  /** All of it or nothing: begins, runs, commits; rolls back and rethrows what `work` threw. Does not nest. */
  transaction<T>(work: () => T): T
  close(): void
}

export interface DatabaseOptions {
  /**
   * FULL (the default): what was committed survives a power cut. NORMAL: it survives a crash of the process only;
   * for what can be derived again.
   */
  readonly synchronous?: 'FULL' | 'NORMAL'
  /** Opens the file; for tests that stand between this code and SQLite. */
  readonly open?: OpenNative
}

/** Longer than any transaction of ours; another process that holds the file this long is stuck. */
const busyTimeoutMs = 5000
/** Statements are written in the code, so there are few; more means that somebody pastes values into SQL. */
const maxStatements = 500

/** The part of `DatabaseSync` that is used here; both libraries have it. */
export interface NativeDatabase {
  exec(sql: string): void
  prepare(sql: string): Statement
  close(): void
}
export type OpenNative = (path: string) => NativeDatabase
type NativeModule = { readonly DatabaseSync: new (path: string) => NativeDatabase }

function nativeModule(): NativeModule {
  const builtin = process.getBuiltinModule('node:sqlite' as string) as NativeModule | undefined
  return builtin ?? (createRequire(import.meta.url)('@photostructure/sqlite') as NativeModule)
}

/**
 * Opens or makes a database file (`:memory:` for none) in WAL mode with foreign keys enforced.
 * Throws when the file cannot be opened or is no database.
 */
export function openDatabase(path: string, options: DatabaseOptions = {}): Database {
  const native = (options.open ?? openNative)(path)
  try {
    native.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
      PRAGMA synchronous = ${options.synchronous ?? 'FULL'};`)
  } catch (error) {
    native.close()
    throw new Error(`cannot use ${path} as a database: ${(error as Error).message}`)
  }
  return wrap(native)
}

/** Throws when the file cannot be opened. */
export function openNative(path: string): NativeDatabase {
  const { DatabaseSync } = nativeModule()
  try {
    return new DatabaseSync(path)
  } catch (error) {
    throw new Error(`cannot open the database ${path}: ${(error as Error).message}`)
  }
}

function wrap(native: NativeDatabase): Database {
  const statements = new Map<string, Statement>()
  let inTransaction = false
  return {
    exec: (sql) => native.exec(sql),
    prepare(sql) {
      const known = statements.get(sql)
      if (known !== undefined) return known
      if (statements.size >= maxStatements) throw new Error('too many different SQL texts: pass values as parameters')
      const statement = withoutNul(native.prepare(sql))
      statements.set(sql, statement)
      return statement
    },
    transaction(work) {
      if (inTransaction) throw new Error('a transaction is open already')
      native.exec('BEGIN IMMEDIATE')
      inTransaction = true
      try {
        const result = work()
        if (result instanceof Promise) throw new Error('a transaction must be synchronous')
        native.exec('COMMIT')
        return result
      } catch (error) {
        rollBack(native)
        throw error
      } finally {
        inTransaction = false
      }
    },
    close() {
      statements.clear()
      native.close()
    },
  }
}

/**
 * Until Node 24.1, SQLite was given a text only up to its first U+0000: `anna@shop.example\0.evil.example` was found, and
 * kept, as Anna's. No text of ours has one.
 */
function withoutNul(native: Statement): Statement {
  return {
    run: (...values) => native.run(...whole(values)),
    get: (...values) => native.get(...whole(values)),
    all: (...values) => native.all(...whole(values)),
    iterate: (...values) => native.iterate(...whole(values)),
  }
}

function whole(values: readonly SqlValue[]): readonly SqlValue[] {
  if (values.some((value) => typeof value === 'string' && value.includes('\0')))
    throw new Error('a text has U+0000 in it, at which the database would cut it')
  return values
}

/** SQLite has rolled back by itself after some errors (disk full, I/O); then there is nothing left to roll back. */
function rollBack(native: NativeDatabase): void {
  try {
    native.exec('ROLLBACK')
  } catch {}
}
