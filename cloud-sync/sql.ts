/**
 * SQL as the account service sees it: small and asynchronous, so that PostgreSQL can stand in for SQLite. Statements
 * keep to what both know (BIGINT for times and money, COALESCE, LIMIT); values are `?`, which a driver may renumber.
 */
import {
  type Database,
  type DatabaseOptions,
  openDatabase,
  type SqlRow,
  type SqlValue,
} from '../models/platform/open-database.ts'

export interface SqlSession {
  query<Row extends SqlRow>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>
  /** Resolves to the number of rows changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>
}

export interface Sql extends SqlSession {
  /** All of it or nothing; nobody else's statements come between. Use the given session inside. */
  transaction<T>(work: (session: SqlSession) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Ten bills a second are the exit burst of a supermarket; with 8 ms a commit, 1,000 waiting is 8 s behind. */
const maxWaiting = 1000

/** Thrown when the queue is full: the caller may try again later. */
export class SqlBusyError extends Error {}

/** Opens a SQLite file. One connection, so callers take turns. */
export function openSqlite(path: string, options: DatabaseOptions = {}): Sql {
  const db = openDatabase(path, options)
  // What is erased is overwritten, not only let go of.
  db.exec('PRAGMA secure_delete = ON')
  const session = sessionOn(db)
  const inTurn = turns()
  return {
    query: (sql, values) => inTurn(() => session.query(sql, values)),
    run: (sql, values) => inTurn(() => session.run(sql, values)),
    transaction: (work) => inTurn(() => inTransaction(db, () => work(session))),
    close: () => inTurn(async () => db.close()),
  }
}

function sessionOn(db: Database): SqlSession {
  return {
    query: async <Row extends SqlRow>(sql: string, values: readonly SqlValue[] = []) =>
      db.prepare(sql).all<Row>(...values),
    run: async (sql, values = []) => db.prepare(sql).run(...values).changes,
  }
}

async function inTransaction<T>(db: Database, work: () => Promise<T>): Promise<T> {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = await work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(db)
    throw error
  }
}

/** After some errors (disk full) SQLite has rolled back by itself. */
function rollBack(db: Database): void {
  try {
    db.exec('ROLLBACK')
  } catch {}
}

/** Runs what it is given one after the other. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0
  return async (work) => {
    if (waiting >= maxWaiting) throw new SqlBusyError(`${waiting} statements wait already`)
    waiting += 1
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      waiting -= 1
    }
  }
}
