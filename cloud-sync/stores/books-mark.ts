/**
 * Finds out that the database was put back from a copy though nobody said so (`npm run restore` does): a file copied by hand, a
 * snapshot of the machine. A store says each time which of its bills it last heard to be in these books; one that is not was forgotten.
 */
import { createHmac } from 'node:crypto'
import { sameSecret } from '../secrets.ts'
import type { Sql, SqlSession } from '../sql.ts'

/** Name of the header in which a store's accounts come with the mark, and in which the store sends it back when it asks next. */
export const booksMarkHeader = 'books-mark'

/** Of a store of which no bill was taken. */
const noBill = 'none'

export interface BooksMarks {
  /** Of the bill that was taken of the store last. */
  newest(storeId: string): Promise<string>
  /** Looks for the bill of a mark that the store has; where it is forgotten, that is written down as `restore` does. */
  heard(storeId: string, mark: string): Promise<void>
}

export interface BooksMarksDeps {
  readonly sql: Sql
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: { warn(fields: object, message: string): void }
}

/** To be called before bills are taken: from then on it tells what the copy had from what came since. */
export async function openBooksMarks({ sql, now, log }: BooksMarksDeps): Promise<BooksMarks> {
  const [books] = await sql.query<{ key: string }>('SELECT key FROM books_key')
  const [copy] = await sql.query<{ last: number | null }>('SELECT MAX(rowid) AS last FROM purchase')
  const said = new Set<string>()
  // No database is exchanged under a process that runs: whatever stores say, once is enough.
  let isNoted = false

  /** Signed: other books of the same address must not ask for what was paid by those before them, nor a store make one up. */
  function markOf(storeId: string, eventKey: string): string {
    const sign = createHmac('sha256', books?.key ?? '').update(`${storeId}\n${eventKey}`)
    return `${eventKey}.${sign.digest('hex')}`
  }

  function sayOnce(storeId: string, words: string): void {
    if (said.has(storeId + words)) return
    said.add(storeId + words)
    log.warn({ storeId }, words)
  }

  async function note(): Promise<void> {
    if (isNoted) return
    isNoted = true
    try {
      await noteRestored(sql, copy?.last ?? 0, now())
    } catch (error) {
      isNoted = false
      throw error
    }
  }

  return {
    async newest(storeId) {
      const [row] = await sql.query<{ event_key: string }>('SELECT event_key FROM newest_bill WHERE store_id = ?', [
        storeId,
      ])
      return row === undefined ? noBill : markOf(storeId, row.event_key)
    },
    async heard(storeId, mark) {
      if (mark === noBill) return
      const eventKey = mark.slice(0, mark.lastIndexOf('.'))
      if (!sameSecret(mark, markOf(storeId, eventKey))) return sayOnce(storeId, ofOtherBooks)
      const [event] = await sql.query('SELECT key FROM bill_event WHERE key = ?', [eventKey])
      if (event !== undefined) return
      await note()
      sayOnce(storeId, forgotten)
    },
  }
}

const forgotten =
  'these books were put back from a copy that does not have bills which this store delivered: all stores are asked for them once more'
const ofOtherBooks =
  'this store has delivered bills to other books than these: if these are a copy of theirs, put it back with `npm run restore`'

/** Within the transaction that takes the bill; `eventKey`: of what the ledger booked for it. */
export async function noteNewestBill(session: SqlSession, storeId: string, eventKey: string): Promise<void> {
  await session.run(
    `INSERT INTO newest_bill (store_id, event_key) VALUES (?, ?)
     ON CONFLICT (store_id) DO UPDATE SET event_key = excluded.event_key`,
    [storeId, eventKey],
  )
}

/** As `edge/runtime/journal-backup.ts` does, of what was there when the process began: what came since says nothing of the copy. */
async function noteRestored(sql: Sql, lastOfCopy: number, now: number): Promise<void> {
  const [newest] = await sql.query<{ received_at: number | null; ended_at: number | null }>(
    'SELECT MAX(received_at) AS received_at, MAX(ended_at) AS ended_at FROM purchase WHERE rowid <= ?',
    [lastOfCopy],
  )
  const knownUntil = Math.min(newest?.received_at ?? 0, newest?.ended_at ?? 0)
  await sql.run('INSERT INTO restored (at, known_until) VALUES (?, ?)', [Math.max(now, knownUntil), knownUntil])
}
