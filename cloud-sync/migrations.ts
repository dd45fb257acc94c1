/** The account service's tables, as the steps that lead to them. A step that was released is never changed. */
import { peopleTables } from './people/tables.ts'
import type { Sql, SqlSession } from './sql.ts'

/**
 * What is only ever added to: the database itself refuses to change or delete it. In SQLite's words; PostgreSQL has the
 * same as a trigger with a function, or as rights that are not given.
 */
function appendOnly(table: string): string[] {
  return ['UPDATE', 'DELETE'].map(
    (action) => `CREATE TRIGGER ${table}_no_${action.toLowerCase()} BEFORE ${action} ON ${table}
      BEGIN SELECT RAISE(ABORT, '${table} is only ever added to'); END`,
  )
}

/**
 * `account.revision` grows with every change to any account: the highest one says whether a store's copy is current.
 * `purchase.account_id` is null for a trip that nobody could be found for. `purchase.checked_at` says when a person
 * settled a review, whose body is then in `review_body`.
 *
 * `bill_event` and `ledger_entry` are the books (`ledger/`); `bill_payment` is derived from them. Bills from before there
 * were books are taken in as owing nothing: whoever ran a store without payments was paid in another way, or chose not
 * to be, and must not bill twice. `attempt` and `attempt_answer` are the journal of what the provider was asked
 * (`payments/`), `open_attempt` and `open_payout` what of it is outstanding; `open_attempt.cancelled` is 1 from just before the provider is told to cancel it. `payout_return` has the refunds that the provider
 * had sent and that came back, `sent_payout` when it is asked next whether one did. `mail_outbox` has what shoppers are told by
 * e-mail about bills, without addresses (`mail/`); one without `next_at` is done, and its id keeps it from being told again. `account.refused` says why it is not let in, `open_enrolment`
 * which pages of the provider were opened to choose a card, and not taken yet. `account.entry_code` is what stands on the card of somebody
 * who works in the shop; of shoppers it opens nothing, their phones have keys (`entry_key`). `account.token_hash` was what
 * opened an account before there were sessions; nothing reads it, and it holds the id, since SQLite cannot drop a column
 * that is unique.
 * `newest_bill` and `books_key`, which every copy of these books has, and no others, are for `stores/books-mark.ts`.
 * `account.closed_at` is when it was asked to be erased, `erased_account` is for stores to learn that it was. `account.made_by` is the store that made it, null: its owner, or several stores
 * that had one token then. `purchase.trip_id` and `refund.id` begin with the store's id (`stores/own-key.ts`). Of an attempt only the token that it was tried with may be taken away (`privacy/`).
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
  [
    `CREATE TABLE bill_event (
      key TEXT PRIMARY KEY, purchase_id TEXT NOT NULL REFERENCES purchase (id), position BIGINT NOT NULL,
      event TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, at BIGINT NOT NULL, UNIQUE (purchase_id, position))`,
    `CREATE TABLE ledger_entry (
      event_key TEXT NOT NULL REFERENCES bill_event (key), position INTEGER NOT NULL, account TEXT NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor <> 0), PRIMARY KEY (event_key, position))`,
    ...appendOnly('bill_event'),
    ...appendOnly('ledger_entry'),
    `CREATE TABLE bill_payment (
      purchase_id TEXT PRIMARY KEY REFERENCES purchase (id), state TEXT NOT NULL, failures INTEGER NOT NULL,
      failed_since BIGINT, next_at BIGINT)`,
    'CREATE INDEX bill_payment_due ON bill_payment (next_at)',
    `INSERT INTO bill_event (key, purchase_id, position, event, state, reason, at)
     SELECT CASE status WHEN 'review' THEN 'review/' ELSE 'bill/' END || id, id, 1,
       CASE status WHEN 'review' THEN 'billed-in-review' ELSE 'billed-nothing' END,
       CASE status WHEN 'review' THEN 'review' ELSE 'nothing-due' END, 'before-payments', received_at FROM purchase`,
    `INSERT INTO bill_payment (purchase_id, state, failures)
     SELECT purchase_id, state, 0 FROM bill_event`,
  ],
  [
    'ALTER TABLE account ADD COLUMN payment_provider TEXT',
    'ALTER TABLE account ADD COLUMN payment_method TEXT',
    'ALTER TABLE account ADD COLUMN refused TEXT',
    `CREATE TABLE refund (
      id TEXT PRIMARY KEY, purchase_id TEXT NOT NULL REFERENCES purchase (id), content_hash TEXT NOT NULL,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0), reason TEXT NOT NULL, note TEXT, lines TEXT NOT NULL,
      groups TEXT NOT NULL, waived INTEGER NOT NULL, created_at BIGINT NOT NULL)`,
    'CREATE INDEX refund_of_purchase ON refund (purchase_id)',
    `CREATE TABLE attempt (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, purchase_id TEXT NOT NULL REFERENCES purchase (id),
      refund_id TEXT REFERENCES refund (id), provider TEXT NOT NULL, method TEXT, reference TEXT,
      amount_minor BIGINT NOT NULL CHECK (amount_minor > 0), try_number INTEGER NOT NULL,
      shopper_present INTEGER NOT NULL, created_at BIGINT NOT NULL)`,
    'CREATE INDEX attempt_of_purchase ON attempt (purchase_id)',
    'CREATE INDEX attempt_of_refund ON attempt (refund_id)',
    `CREATE TABLE attempt_answer (
      attempt_id TEXT PRIMARY KEY REFERENCES attempt (id), outcome TEXT NOT NULL, reference TEXT, reason TEXT,
      at BIGINT NOT NULL)`,
    ...['refund', 'attempt', 'attempt_answer'].flatMap(appendOnly),
    `CREATE TABLE open_attempt (
      attempt_id TEXT PRIMARY KEY REFERENCES attempt (id), asks INTEGER NOT NULL, ask_at BIGINT NOT NULL)`,
    'CREATE INDEX open_attempt_due ON open_attempt (ask_at)',
    `CREATE TABLE open_payout (
      refund_id TEXT PRIMARY KEY REFERENCES refund (id), failures INTEGER NOT NULL, failed_since BIGINT, next_at BIGINT)`,
    'CREATE INDEX open_payout_due ON open_payout (next_at)',
  ],
  ['ALTER TABLE account ADD COLUMN enrolment TEXT', 'ALTER TABLE open_attempt ADD COLUMN confirm_url TEXT'],
  [
    `CREATE TABLE entry_key (
      id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), public_key TEXT NOT NULL,
      label TEXT NOT NULL, added_at BIGINT NOT NULL, position BIGINT NOT NULL UNIQUE)`,
    'CREATE INDEX entry_key_of_account ON entry_key (account_id, position)',
    'CREATE TABLE store (id TEXT PRIMARY KEY, name TEXT NOT NULL, heard_at BIGINT NOT NULL)',
  ],
  [
    ...peopleTables,
    'ALTER TABLE account ADD COLUMN email TEXT',
    'CREATE UNIQUE INDEX account_of_email ON account (email)',
    'UPDATE account SET token_hash = id',
    `CREATE TABLE email_code (
      digest TEXT PRIMARY KEY, email TEXT NOT NULL, code_digest TEXT NOT NULL, tries INTEGER NOT NULL,
      made_at BIGINT NOT NULL)`,
  ],
  [
    'CREATE TABLE erased_account (id TEXT PRIMARY KEY, at BIGINT NOT NULL)',
    'DROP TRIGGER attempt_no_update',
    `CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
      WHEN NEW.method IS NOT NULL OR NEW.id <> OLD.id OR NEW.kind <> OLD.kind OR NEW.purchase_id <> OLD.purchase_id
        OR NEW.refund_id IS NOT OLD.refund_id OR NEW.provider <> OLD.provider OR NEW.reference IS NOT OLD.reference
        OR NEW.amount_minor <> OLD.amount_minor OR NEW.try_number <> OLD.try_number
        OR NEW.shopper_present <> OLD.shopper_present OR NEW.created_at <> OLD.created_at
      BEGIN SELECT RAISE(ABORT, 'attempt is only ever added to'); END`,
  ],
  [
    `CREATE TABLE store_credential (
      id TEXT PRIMARY KEY, store_id TEXT NOT NULL, role TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
      made_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, used_at BIGINT)`,
    'ALTER TABLE account ADD COLUMN made_by TEXT',
    `UPDATE account SET made_by = (SELECT id FROM store)
     WHERE (SELECT COUNT(*) FROM store) = 1
       AND (staff = 1 OR id IN (SELECT about FROM audit WHERE what = 'account-made' AND who = 'store'))`,
    `UPDATE purchase SET trip_id = store_id || '/' || trip_id`,
  ],
  [
    'ALTER TABLE account ADD COLUMN owned_at BIGINT',
    `UPDATE account SET owned_at = (SELECT MIN(at) FROM audit
       WHERE what = 'signed-in' AND detail = 'email-code' AND who = account.id) WHERE made_by IS NOT NULL`,
  ],
  [
    'CREATE TABLE payout_return (attempt_id TEXT PRIMARY KEY REFERENCES attempt (id), at BIGINT NOT NULL)',
    ...appendOnly('payout_return'),
    'CREATE TABLE sent_payout (attempt_id TEXT PRIMARY KEY REFERENCES attempt (id), ask_at BIGINT NOT NULL)',
    'CREATE INDEX sent_payout_due ON sent_payout (ask_at)',
    // Until now nobody looked whether they came back.
    `INSERT INTO sent_payout (attempt_id, ask_at) SELECT attempt.id, attempt_answer.at FROM attempt
       JOIN attempt_answer ON attempt_answer.attempt_id = attempt.id
     WHERE attempt.provider = 'stripe' AND attempt_answer.outcome = 'refunded'`,
  ],
  [
    `CREATE TABLE mail_outbox (
      id TEXT PRIMARY KEY, purchase_id TEXT NOT NULL REFERENCES purchase (id), state TEXT NOT NULL, reason TEXT NOT NULL,
      made_at BIGINT NOT NULL, tries INTEGER NOT NULL, next_at BIGINT)`,
    'CREATE INDEX mail_outbox_due ON mail_outbox (next_at)',
  ],
  ['ALTER TABLE account ADD COLUMN closed_at BIGINT'],
  // `restore` writes it into an older copy before this does.
  ['CREATE TABLE IF NOT EXISTS restored (at BIGINT NOT NULL, known_until BIGINT NOT NULL)'],
  ['ALTER TABLE open_attempt ADD COLUMN cancelled INTEGER NOT NULL DEFAULT 0'],
  [
    `CREATE TABLE open_enrolment (
      reference TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES account (id), position BIGINT NOT NULL UNIQUE,
      opened_at BIGINT NOT NULL)`,
    'CREATE INDEX open_enrolment_of_account ON open_enrolment (account_id, position)',
    // When they were opened nobody wrote down: as if it was now.
    `INSERT INTO open_enrolment SELECT enrolment, id, revision, unixepoch() * 1000 FROM account
     WHERE enrolment IS NOT NULL`,
    'ALTER TABLE account DROP COLUMN enrolment',
  ],
  [
    'CREATE TABLE newest_bill (store_id TEXT PRIMARY KEY, event_key TEXT NOT NULL)',
    'CREATE TABLE books_key (key TEXT NOT NULL)',
    'INSERT INTO books_key VALUES (hex(randomblob(32)))',
  ],
]

/** Brings the account service's database to the current version. Throws when it was written by a later one, is another's, or cannot be written. */
export function migrate(sql: Sql, now: number): Promise<void> {
  return migrateBy(sql, 'purchase', steps, now)
}

/** The same for any database that has its tables by steps; `mark`: a table of the first of them, which no other kind has. */
export async function migrateBy(
  sql: Sql,
  mark: string,
  steps: readonly (readonly string[])[],
  now: number,
): Promise<void> {
  await sql.transaction(async (session) => {
    await requireOwn(session, mark)
    await session.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at BIGINT)')
    const version = await versionOf(session)
    if (version > steps.length)
      throw new Error(
        `the database was written by a later Tillfree (its version is ${version}, this one knows up to ${steps.length}): update Tillfree`,
      )
    for (const [index, statements] of steps.entries())
      if (index >= version) await apply(session, index + 1, statements, now)
    await requireWritable(session)
  })
}

/** A file that can only be read opens, and begins transactions, as any other: only what writes says so, and better now than later. */
async function requireWritable(session: SqlSession): Promise<void> {
  try {
    await session.run('UPDATE schema_version SET applied_at = applied_at')
  } catch (error) {
    throw new Error(`the database cannot be written (${(error as Error).message}): see to its rights and its disk`)
  }
}

/** A copy of something else that was restored here by mistake would be taken for books in which nothing stands yet. */
async function requireOwn(session: SqlSession, mark: string): Promise<void> {
  const rows = await session.query<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  )
  const names = rows.map(({ name }) => name)
  if (names.length === 0 || names.includes(mark)) return
  const some = names.slice(0, 5).join(', ')
  throw new Error(
    `the database is of another kind: it has the tables ${some}, wanted one with ${mark}: restore the right copy`,
  )
}

async function versionOf(session: SqlSession): Promise<number> {
  const [row] = await session.query<{ version: number | null }>('SELECT MAX(version) AS version FROM schema_version')
  return row?.version ?? 0
}

async function apply(session: SqlSession, version: number, statements: readonly string[], now: number): Promise<void> {
  for (const statement of statements) await session.run(statement)
  await session.run('INSERT INTO schema_version VALUES (?, ?)', [version, now])
}
