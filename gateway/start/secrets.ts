/** Secrets in files of their own. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Readable by its owner alone. */
const mode = 0o600

export function readSecret(file: string): string | null {
  if (!existsSync(file)) return null
  return readFileSync(file, 'utf8').trim() || null
}

export function writeSecret(file: string, text: string): void {
  writeFileSync(file, `${text}\n`, { mode })
  chmodSync(file, mode)
}
