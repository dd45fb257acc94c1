/** The credentials of a store in a file of their own in the gateway's data folder; of secrets only digests. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Database, openDatabase } from '../../models/platform/open-database.ts'
import type { Credential, Role } from './credential.ts'

/** A store file has at most 10,000 devices; some room for dashboards. */
const maxCredentials = 10_200
/** Readable by its owner alone. */
const mode = 0o600

export interface CredentialBook {
  /** Makes it or takes the place of the one with its name. Throws when the book is full. */
  put(credential: Credential): void
  /** False when there was none. */
  remove(name: string): boolean
  /** By name. */
  list(): Credential[]
  /** Changes whenever another process has written. */
  version(): number
  close(): void
}

export function credentialFile(data: string): string {
  return join(data, 'credentials.db')
}

/** Made when missing, its folder too. Throws in words when it cannot be opened. */
export function openCredentialBook(file: string): CredentialBook {
  mkdirSync(dirname(file), { recursive: true })
  closeSync(openSync(file, 'a', mode))
  chmodSync(file, mode)
  const database = openDatabase(file)
  database.exec(`CREATE TABLE IF NOT EXISTS credential (
    name TEXT PRIMARY KEY, role TEXT NOT NULL, digest BLOB, certificate BLOB, made_at INTEGER NOT NULL) STRICT`)
  return {
    put: (credential) => put(database, credential),
    remove: (name) => database.prepare('DELETE FROM credential WHERE name = ?').run(name).changes > 0,
    list: () => database.prepare('SELECT * FROM credential ORDER BY name').all<Row>().map(credentialOf),
    version: () => database.prepare('PRAGMA data_version').get<{ data_version: number }>()?.data_version ?? 0,
    close: () => database.close(),
  }
}

function put(database: Database, { name, role, digest, certificate, madeAt }: Credential): void {
  database.transaction(() => {
    const count = database
      .prepare('SELECT count(*) AS count FROM credential WHERE name <> ?')
      .get<{ count: number }>(name)
    if ((count?.count ?? 0) >= maxCredentials)
      throw new Error(`there are ${maxCredentials} credentials, which is the most`)
    database
      .prepare('INSERT OR REPLACE INTO credential (name, role, digest, certificate, made_at) VALUES (?, ?, ?, ?, ?)')
      .run(name, role, digest, certificate, madeAt)
  })
}

type Row = {
  readonly name: string
  readonly role: string
  readonly digest: Uint8Array | null
  readonly certificate: Uint8Array | null
  readonly made_at: number
}

/** What this program wrote itself. */
function credentialOf({ name, role, digest, certificate, made_at }: Row): Credential {
  return { name, role: role as Role, digest, certificate, madeAt: made_at }
}
