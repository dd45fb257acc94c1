/** What products look like, read from the file that `npm run enrol` writes. */
import { readFileSync } from 'node:fs'
import { NetworkError } from '../../models/networks/network-error.ts'
import { parseLooks } from '../../models/products/looks.ts'
import { readProductNetwork } from '../../models/products/product-network.ts'
import { isFileError } from '../classify/classify.ts'
import type { EnrolledProducts } from './sight.ts'

/** Throws a NetworkError where the file or the network cannot be used. */
export function readEnrolled(file: string): EnrolledProducts {
  const { manifest } = readProductNetwork('product-classifier')
  const looks = parseLooks(textOf(file), manifest.sha256, manifest.featureCount)
  return { looks, temperature: manifest.similarityTemperature }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (!isFileError(error)) throw error
    throw new NetworkError(`${file} cannot be read: ${(error as Error).message}`)
  }
}
