/** The journal's tables for reviews: what a person needs to decide, and what they decided. */
import type { Database } from '../../models/platform/open-database.ts'

/** The part of a commit that concerns reviews. Bodies are JSON texts. */
export interface ReviewCommit {
  readonly evidence: readonly { readonly change: string; readonly body: string }[]
  /** Bills that went to review, with the changes that are in doubt. */
  readonly cases: readonly { readonly tripId: string; readonly body: string; readonly changes: readonly string[] }[]
  readonly decisions: readonly { readonly tripId: string; readonly body: string }[]
  /** Changes that are not settled: the evidence of all others goes, but what a case has taken. */
  readonly open: readonly string[]
}

/** A type and not an interface, as a row of the database wants it. */
export type ReviewRow = {
  readonly body: string
  /** JSON object: evidence by change. */
  readonly evidence: string
  readonly decision: string | null
}

/** A case takes some 20 kB of evidence; older ones that nobody decided go without. */
const mostWithEvidence = 1000

const columns = 'SELECT body, evidence, decision FROM review'

export const reviewTables = {
  schema: `
    CREATE TABLE IF NOT EXISTS evidence (change TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS review (
      seq INTEGER PRIMARY KEY, trip_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, evidence TEXT NOT NULL,
      decision TEXT) STRICT;
    CREATE INDEX IF NOT EXISTS review_open ON review (seq) WHERE decision IS NULL;
  `,
  open: (db: Database, limit: number): { rows: ReviewRow[]; count: number } => ({
    rows: db.prepare(`${columns} WHERE decision IS NULL ORDER BY seq LIMIT ?`).all<ReviewRow>(limit),
    count: db.prepare('SELECT count(*) AS n FROM review WHERE decision IS NULL').get<{ n: number }>()?.n ?? 0,
  }),
  one: (db: Database, tripId: string): ReviewRow | null =>
    db.prepare(`${columns} WHERE trip_id = ?`).get<ReviewRow>(tripId) ?? null,
} as const

/** Within the journal's transaction. What is there already was written before a restart: never twice. */
export function writeReviews(db: Database, { evidence, cases, decisions, open }: ReviewCommit): void {
  const note = db.prepare('INSERT OR REPLACE INTO evidence (change, body) VALUES (?, ?)')
  for (const { change, body } of evidence) note.run(change, body)
  const add = db.prepare(
    'INSERT INTO review (trip_id, body, evidence) VALUES (?, ?, ?) ON CONFLICT (trip_id) DO NOTHING',
  )
  for (const { tripId, body, changes } of cases) add.run(tripId, body, evidenceFor(db, changes))
  const decide = db.prepare(`UPDATE review SET decision = ?, evidence = '{}' WHERE trip_id = ? AND decision IS NULL`)
  for (const { tripId, body } of decisions) decide.run(body, tripId)
  if (cases.length > 0)
    db.prepare(`UPDATE review SET evidence = '{}' WHERE seq <= (SELECT max(seq) FROM review) - ?`).run(mostWithEvidence)
  db.prepare('DELETE FROM evidence WHERE change NOT IN (SELECT value FROM json_each(?))').run(JSON.stringify(open))
}

function evidenceFor(db: Database, changes: readonly string[]): string {
  const find = db.prepare('SELECT body FROM evidence WHERE change = ?')
  const known = changes.flatMap((change) => {
    const row = find.get<{ body: string }>(change)
    return row === undefined ? [] : [`${JSON.stringify(change)}:${row.body}`]
  })
  return `{${known.join(',')}}`
}
