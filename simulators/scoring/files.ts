/** Reads what a score needs from files, and says in words what is wrong with them. */
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseBillsFile } from '../../models/contracts/bills.ts'
import { parseTruth } from '../../models/contracts/recording.ts'
import { parseStore } from '../../models/contracts/store.ts'
import { describeFault, type Validated } from '../../models/contracts/validate.ts'
import { type Score, score } from '../score.ts'

/**
 * Scores a bills file. `truth` is a recording folder or its truth.json; prices come from the store.json beside it.
 * @throws Error with where, found, wanted when a file does not fit
 */
export function scoreFiles(truth: string, bills: string): Score {
  const truthFile = statSync(truth).isDirectory() ? join(truth, 'truth.json') : truth
  const store = read(join(dirname(truthFile), 'store.json'), parseStore)
  const prices = new Map(store.products.map(({ sku, priceMinor }) => [sku, priceMinor]))
  return score(read(truthFile, parseTruth), read(bills, parseBillsFile), prices)
}

function read<T>(path: string, parse: (value: unknown) => Validated<T>): T {
  const result = parse(JSON.parse(readFileSync(path, 'utf8')))
  if (result.ok) return result.value
  throw new Error(`${path}:\n${result.faults.map(describeFault).join('\n')}`)
}
