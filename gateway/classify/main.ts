/** `npm run classify -- --images <folder> --list <file> --out products.jsonl` */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { Command } from 'commander'
import { openProductClassifier } from '../../edge/inference/products.ts'
import { NetworkError } from '../../models/networks/network-error.ts'
import { classify, isFileError, pathsIn } from './classify.ts'

const { images, list, out } = new Command('classify')
  .description('Writes a line a picture: its path and the five likeliest products with their probabilities.')
  .requiredOption('--images <folder>', 'where the pictures lie')
  .requiredOption('--list <file>', 'their paths below it, one a line; anything after a comma is ignored')
  .requiredOption('--out <file>', 'where to write the lines')
  .parse()
  .opts<{ images: string; list: string; out: string }>()

try {
  const paths = pathsIn(readFileSync(list, 'utf8'))
  const file = openSync(out, 'w')
  const classifier = await openProductClassifier()
  let unread = 0
  for (const path of paths) {
    const line = await classify(classifier, images, path)
    if (line.error !== undefined) {
      unread += 1
      console.error(`${path}: ${line.error}`)
    }
    writeSync(file, `${JSON.stringify(line)}\n`)
  }
  closeSync(file)
  await classifier.release()
  console.log(`${paths.length - unread} pictures classified. Written to ${out}`)
  if (unread > 0) process.exitCode = 1
} catch (error) {
  if (!(error instanceof NetworkError) && !isFileError(error)) throw error
  console.error((error as Error).message)
  process.exitCode = 2
}
