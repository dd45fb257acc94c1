/**
 * Tables of who signs in and how, the same in the account service's database and in the gateway's. Both take this as one
 * step of their migrations, so it is never changed once released. Of secrets only digests are in them.
 *
 * `subject` is whose it is: the id of an account or the name of one of the staff.
 */
export const peopleTables: readonly string[] = [
  `CREATE TABLE session (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, way TEXT NOT NULL, place TEXT NOT NULL,
    device TEXT NOT NULL, signed_in_at BIGINT NOT NULL, seen_at BIGINT NOT NULL)`,
  'CREATE INDEX session_of_subject ON session (subject, signed_in_at)',
  'CREATE TABLE sign_in_link (digest TEXT PRIMARY KEY, subject TEXT NOT NULL, expires_at BIGINT NOT NULL)',
  `CREATE TABLE passkey (
    id TEXT PRIMARY KEY, subject TEXT NOT NULL, name TEXT NOT NULL, public_key TEXT NOT NULL, uses BIGINT NOT NULL,
    transports TEXT NOT NULL, made_at BIGINT NOT NULL, used_at BIGINT)`,
  'CREATE INDEX passkey_of_subject ON passkey (subject)',
  'CREATE TABLE passkey_challenge (digest TEXT PRIMARY KEY, subject TEXT, expires_at BIGINT NOT NULL)',
  `CREATE TABLE audit (
    position INTEGER PRIMARY KEY, at BIGINT NOT NULL, who TEXT, what TEXT NOT NULL, about TEXT, place TEXT, detail TEXT)`,
  `CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit is only ever added to'); END`,
  `CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN OLD.at > (CAST(strftime('%s', 'now') AS INTEGER) - 400 * 86400) * 1000
    BEGIN SELECT RAISE(ABORT, 'audit is kept for 400 days'); END`,
]
