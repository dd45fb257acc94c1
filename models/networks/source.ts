/** The bytes of a network as its npm package brings them. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { NetworkManifest } from './manifest.ts'
import { NetworkError } from './network-error.ts'

const { resolve } = createRequire(import.meta.url)

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Reads the TFLite file out of its package. Throws a NetworkError where it is missing or not the one that was measured. */
export function readSource({ name, source }: NetworkManifest): Uint8Array {
  const file = `${source.package}/${source.file}`
  let bytes: Uint8Array
  try {
    bytes = readFileSync(resolve(file)).subarray(source.fromByte, source.toByte)
  } catch (error) {
    throw new NetworkError(`network ${name}: cannot read ${file}: ${(error as Error).message.split('\n')[0]}`)
  }
  const found = sha256(bytes)
  if (found !== source.sha256)
    throw new NetworkError(`network ${name}: ${file} was altered: found SHA-256 ${found}, wanted ${source.sha256}`)
  return bytes
}
