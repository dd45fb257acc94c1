/** The journal's tables for what shelves said too late: cases, and what became of them. */
import { mostLateChanges } from '../../models/contracts/late.ts'
import type { Database } from '../../models/platform/open-database.ts'
import type { NotedCase, NotedChange } from '../engine/late.ts'

/** The part of a commit that concerns them. Bodies are JSON texts. */
export interface LateCommit {
  /** New ones, and those with news. */
  readonly cases: readonly { readonly id: string; readonly body: string }[]
  readonly decisions: readonly { readonly id: string; readonly body: string }[]
}

/** A type and not an interface, as a row of the database wants it. */
export type LateRow = {
  readonly body: string
  readonly decision: string | null
}

/** A bill: whose it is, and what became of it. */
export interface TripState {
  readonly name: string
  readonly bill: 'review' | 'decided' | 'final'
}

export const lateTables = {
  schema: `
    CREATE TABLE IF NOT EXISTS late_case (
      seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, decision TEXT) STRICT;
    CREATE INDEX IF NOT EXISTS late_case_open ON late_case (seq) WHERE decision IS NULL;
  `,
  /** Oldest first. */
  open: (db: Database, limit: number): { rows: LateRow[]; count: number } => ({
    rows: db
      .prepare('SELECT body, decision FROM late_case WHERE decision IS NULL ORDER BY seq LIMIT ?')
      .all<LateRow>(limit),
    count: db.prepare('SELECT count(*) AS n FROM late_case WHERE decision IS NULL').get<{ n: number }>()?.n ?? 0,
  }),
  one: (db: Database, id: string): LateRow | null =>
    db.prepare('SELECT body, decision FROM late_case WHERE id = ?').get<LateRow>(id) ?? null,
  /** Of those trips that have a bill here. */
  trips: (db: Database, tripIds: readonly string[]): Record<string, TripState> =>
    Object.fromEntries(
      db
        .prepare(
          `SELECT outbox.trip_id AS tripId, json_extract(outbox.purchase, '$.bill.shopper') AS name,
             review.trip_id IS NOT NULL AS reviewed, review.decision IS NOT NULL AS decided
           FROM outbox LEFT JOIN review ON review.trip_id = outbox.trip_id
           WHERE outbox.part = 'bill' AND outbox.trip_id IN (SELECT value FROM json_each(?))`,
        )
        .all<{ tripId: string; name: string; reviewed: number; decided: number }>(JSON.stringify(tripIds))
        .map(({ tripId, name, reviewed, decided }) => [
          tripId,
          { name, bill: decided ? 'decided' : reviewed ? 'review' : 'final' },
        ]),
    ),
} as const

/** Within the journal's transaction. */
export function writeLate(db: Database, { cases, decisions }: LateCommit): void {
  for (const { body } of cases) note(db, JSON.parse(body) as NotedCase)
  const decide = db.prepare('UPDATE late_case SET decision = ? WHERE id = ? AND decision IS NULL')
  for (const { id, body } of decisions) decide.run(body, id)
}

/**
 * The engine may know less of a case than is here, after a return to a copy: what is here stays, and what is new comes to it. What is
 * closed stays as it was; what is new is the next case then, with a `+` more in its name.
 */
function note(db: Database, noted: NotedCase): void {
  const row = lateTables.one(db, noted.id)
  if (row === null) {
    put(db, noted)
    return
  }
  const here = JSON.parse(row.body) as NotedCase
  const [known, news] = [byName(here.changes), byName(noted.changes)]
  const added = [...news].flatMap(([name, change]) => (known.has(name) ? [] : [change]))
  if (row.decision === null) {
    const all = [...[...known].map(([name, change]) => news.get(name) ?? change), ...added]
    put(db, { ...noted, count: here.count + added.length, changes: all.slice(-mostLateChanges) })
  } else if (added.length > 0) note(db, { ...noted, id: `${noted.id}+`, count: added.length, changes: added })
}

function put(db: Database, noted: NotedCase, decision: string | null = null): void {
  db.prepare(
    `INSERT INTO late_case (id, body, decision) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET body = excluded.body, decision = excluded.decision WHERE decision IS NULL`,
  ).run(noted.id, JSON.stringify(noted), decision)
}

/** In order. A change is the same whomever it concerns by now; of several alike, as when two of one kind were taken, each is one. */
function byName(changes: readonly NotedChange[]): Map<string, NotedChange> {
  const times = new Map<string, number>()
  return new Map(
    changes.map((change) => {
      const { ts, happened, cells } = change
      const name = JSON.stringify([ts, happened, cells])
      const nth = (times.get(name) ?? 0) + 1
      times.set(name, nth)
      return [`${name} ${nth}`, change]
    }),
  )
}

/** Into a copy that is put back, within a transaction: cases of the file that was there, which has what the copy has and more. */
export function takeOverLate(db: Database, rows: readonly LateRow[]): void {
  for (const { body, decision } of rows) put(db, JSON.parse(body) as NotedCase, decision)
}

/** In SQL: a field of a text of JSON; null of one that was changed on the disk, over which SQLite would give up on all of them. */
export function jsonAt(column: string, field: string): string {
  return `CASE WHEN json_valid(${column}) THEN json_extract(${column}, '$.${field}') END`
}

/** Lets go of cases that were closed before a time, at most `most`; how many went. */
export function pruneLate(db: Database, before: number, most: number): number {
  return db
    .prepare(
      `DELETE FROM late_case WHERE seq IN
       (SELECT seq FROM late_case WHERE decision IS NOT NULL AND coalesce(${jsonAt('decision', 'ts')}, 0) < ? ORDER BY seq LIMIT ?)`,
    )
    .run(before, most).changes
}
