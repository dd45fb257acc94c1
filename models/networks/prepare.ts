/** A network ready to run: taken from its package, converted, checked, and kept for the next time. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { convert } from '../conversion/convert.ts'
import { ConversionError } from '../conversion/tflite.ts'
import { checkOutputs } from './check-outputs.ts'
import { type NetworkManifest, type NetworkName, readManifest } from './manifest.ts'
import { NetworkError } from './network-error.ts'
import { readSource, sha256 } from './source.ts'

export interface PreparedNetwork {
  readonly manifest: NetworkManifest
  /** Bytes of an ONNX file. */
  readonly onnx: Uint8Array
}

/** Where build tools keep what they can make again; git ignores it, and a new installation begins it anew. */
const cacheFolder = resolve(import.meta.dirname, '../../node_modules/.cache/tillfree')

/**
 * Gives the network from the cache, or makes it (under a second). A file in the cache that is not what the manifest
 * says is made again. Throws a NetworkError where the source is missing or altered, or the result is not as it should be.
 */
export async function prepareNetwork(name: NetworkName, folder = cacheFolder): Promise<PreparedNetwork> {
  const manifest = readManifest(name)
  const file = join(folder, `${name}-${manifest.convertedSha256.slice(0, 12)}.onnx`)
  const kept = readKept(file, manifest.convertedSha256)
  if (kept !== null) return { manifest, onnx: kept }
  const onnx = convertSource(manifest)
  await checkOutputs(manifest, onnx)
  keep(file, onnx)
  return { manifest, onnx }
}

/** Throws a NetworkError when the result has not the digest of the manifest: after a change of the converter it is written anew. */
export function convertSource(manifest: NetworkManifest): Uint8Array {
  const { name, input, outputs, convertedSha256 } = manifest
  const onnx = conversionOf(name, () => convert(readSource(manifest), { ...input, outputs }))
  const found = sha256(onnx)
  if (found !== convertedSha256)
    throw new NetworkError(`network ${name}: converted to SHA-256 ${found}, wanted ${convertedSha256}`)
  return onnx
}

function conversionOf(name: string, work: () => Uint8Array): Uint8Array {
  try {
    return work()
  } catch (error) {
    if (error instanceof ConversionError) throw new NetworkError(`network ${name}: ${error.message}`)
    throw error
  }
}

function readKept(file: string, wanted: string): Uint8Array | null {
  try {
    const bytes = readFileSync(file)
    return sha256(bytes) === wanted ? bytes : null
  } catch {
    return null
  }
}

/** Whole or not at all, as other processes may read it meanwhile. Where nothing can be written it is made again each time. */
function keep(file: string, onnx: Uint8Array): void {
  const unfinished = `${file}.${process.pid}`
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(unfinished, onnx)
    renameSync(unfinished, file)
  } catch {}
}
