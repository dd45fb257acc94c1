/** The account service's tables, as the steps that lead to them. A step that was released is never changed. */
import type { Sql, SqlSession } from './sql.ts'

/**
 * `account.revision` grows with every change to any account: the highest one says whether a store's copy is current.
 * `purchase.account_id` is null for a trip that nobody could be found for. `purchase.checked_at` says when a person
 * settled a review, whose body is then in `review_body`.
 */
const steps: readonly (readonly string[])[] = [
  [
    `CREATE TABLE account (
      id TEXT PRIMARY KEY, name TEXT NOT NULL, staff INTEGER NOT NULL, entry_code TEXT NOT NULL UNIQUE,
      token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, revision BIGINT NOT NULL UNIQUE)`,
    `CREATE TABLE purchase (
      id TEXT PRIMARY KEY, trip_id TEXT NOT NULL UNIQUE, content_hash TEXT NOT NULL, store_id TEXT NOT NULL,
      account_id TEXT REFERENCES account (id), ended_at BIGINT NOT NULL, received_at BIGINT NOT NULL,
      total_minor BIGINT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL)`,
    'CREATE INDEX purchase_of_account ON purchase (account_id, ended_at, id)',
  ],
  ['ALTER TABLE purchase ADD COLUMN checked_at BIGINT', 'ALTER TABLE purchase ADD COLUMN review_body TEXT'],
]

/** Brings a database to the current version. Throws when it was written by a later one. */
export async function migrate(sql: Sql, now: number): Promise<void> {
  await sql.transaction(async (session) => {
    await session.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)')
    const version = await versionOf(session)
    if (version > steps.length)
      throw new Error(
        `the database was written by a later Tillfree (its version is ${version}, this one knows up to ${steps.length}): update Tillfree`,
      )
    for (const [index, statements] of steps.entries())
      if (index >= version) await apply(session, index + 1, statements, now)
  })
}

async function versionOf(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ version: number | null }>('SELECT MAX(version) AS version FROM schema_version')
  return row?.version ?? 0
}

async function apply(session: SqlSession, version: number, statements: readonly string[], now: number): Promise<void> {
  for (const statement of statements) await session.run(statement)
  await session.run('INSERT INTO schema_version VALUES (?, ?)', [version, now])
}
