/** The store token of a store that was started with `npm start`, and what opens the account pages. */
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Readable by its owner alone. */
const mode = 0o600

/** The token in the file; a new one when there is none. 32 random bytes cannot be guessed. */
export function storeToken(file: string): string {
  const kept = readSecret(file)
  if (kept !== null) return kept
  const token = randomBytes(32).toString('base64url')
  writeSecret(file, token)
  return token
}

export function readSecret(file: string): string | null {
  if (!existsSync(file)) return null
  return readFileSync(file, 'utf8').trim() || null
}

export function writeSecret(file: string, text: string): void {
  writeFileSync(file, `${text}\n`, { mode })
  chmodSync(file, mode)
}
