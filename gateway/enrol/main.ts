/** `npm run enrol -- --store store.json --pictures <folder> --out looks.json` */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { openProductClassifier } from '../../edge/inference/products.ts'
import { parseStoreText } from '../../models/contracts/store.ts'
import { describeFault } from '../../models/contracts/validate.ts'
import { NetworkError } from '../../models/networks/network-error.ts'
import { parseLooks, writeLooks } from '../../models/products/looks.ts'
import { isFileError } from '../classify/classify.ts'
import { enrol } from './enrol.ts'

const { store, pictures, out } = new Command('enrol')
  .description('Learns what products look like from a few pictures of each, so that cameras can tell them apart.')
  .requiredOption('--store <file>', 'the store file')
  .requiredOption('--pictures <folder>', 'in it a folder for each SKU with its pictures (JPEG), best ten or more')
  .requiredOption('--out <file>', 'where to write what they look like; other products that are in it are kept')
  .parse()
  .opts<{ store: string; pictures: string; out: string }>()

try {
  const parsed = parseStoreText(readFileSync(store, 'utf8'))
  if (!parsed.ok) throw new NetworkError(`${store}:\n${parsed.faults.map(describeFault).join('\n')}`)
  const classifier = await openProductClassifier()
  const { sha256: network, featureCount } = classifier.manifest
  const before = existsSync(out) ? parseLooks(readFileSync(out, 'utf8'), network, featureCount) : new Map()
  const { looks, faults } = await enrol(classifier, pictures, new Set(parsed.value.products.map(({ sku }) => sku)))
  await classifier.release()
  for (const fault of faults) console.error(fault)
  const all = new Map([...before, ...looks])
  writeFileSync(out, writeLooks(all, network))
  console.log(`${looks.size} products enrolled, ${all.size} in all. Written to ${out}`)
  if (faults.length > 0) process.exitCode = 1
} catch (error) {
  if (!(error instanceof NetworkError) && !isFileError(error)) throw error
  console.error((error as Error).message)
  process.exitCode = 2
}
