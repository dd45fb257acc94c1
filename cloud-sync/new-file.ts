/** Looked at before anything is done whose result goes to a file that a command was told. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/** Why `--out` cannot be written as a new file, in words; null: it can. */
export function newFileFault(out: string): string | null {
  if (existsSync(out)) return `${out} is there already; name a new file`
  return existsSync(dirname(out)) ? null : `${dirname(out)} was not found: --out wants a folder that is there`
}
