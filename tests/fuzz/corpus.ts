/** The committed inputs: for each decoder a folder of good ones, and of bad ones that once broke something. */

import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = new URL('./corpus/', import.meta.url).pathname

/** @throws Error when the decoder has no folder: a test without inputs would pass whatever is wrong */
export function corpusOf(decoder: string): { readonly name: string; readonly bytes: Buffer }[] {
  const names = readdirSync(join(folder, decoder)).sort()
  if (names.length === 0) throw new Error(`${join(folder, decoder)}: found no files, wanted some inputs`)
  return names.map((name) => ({ name, bytes: readFileSync(join(folder, decoder, name)) }))
}

/** Keeps an input that broke the decoder; returns its path. */
export function keep(decoder: string, bytes: Buffer): string {
  const path = join(folder, decoder, `broke-${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`)
  mkdirSync(join(folder, decoder), { recursive: true })
  writeFileSync(path, bytes)
  return path
}
