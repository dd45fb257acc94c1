/** `npm run replay -- <folder> --out bills.json` */
import { existsSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import type { BillsFile } from '../../models/contracts/bills.ts'
import type { Store } from '../../models/contracts/store.ts'
import { NetworkError } from '../../models/networks/network-error.ts'
import { readEnrolled } from '../perception/enrolled.ts'
import { openRecording, RecordingError } from './recording.ts'
import { type Replayed, replay } from './replay.ts'

const program = new Command('replay')
  .description('Runs a recording through the same pipeline as a live store and writes the bills.')
  .argument('<folder>', 'the recording: store.json, recording.jsonl[.gz], optionally accounts.json')
  .option('--looks <file>', 'what products look like in pictures, as written by enrol')
  .option('--out <file>', 'where to write the bills', 'bills.json')
program.parse()
const [folder = ''] = program.args
const { out, looks } = program.opts<{ out: string; looks?: string }>()

// A reader that has seen enough (`| head`) closes the pipe: the file is written all the same.
process.stdout.on('error', () => {})

try {
  const folderOfOut = dirname(resolve(out))
  if (!existsSync(folderOfOut)) throw new RecordingError(`--out ${out}: the folder ${folderOfOut} does not exist`)
  const startedAt = performance.now()
  const recording = openRecording(folder)
  const replayed = await replay(recording, { products: looks === undefined ? null : readEnrolled(looks) })
  const wallMs = Math.round(performance.now() - startedAt)
  const { bills, events, stats } = replayed
  const file: BillsFile = {
    store: recording.store.id,
    bills: [...bills],
    events: [...events],
    stats: { ...stats, wallMs },
  }
  writeFileSync(out, `${JSON.stringify(file, null, 2)}\n`)
  console.log(summary(recording.store, replayed, wallMs))
  console.log(`Written to ${out}`)
} catch (error) {
  if (!(error instanceof RecordingError) && !(error instanceof NetworkError)) throw error
  console.error(error.message)
  process.exitCode = 2
}

function summary(store: Store, { bills, events, stats, refusals }: Replayed, wallMs: number): string {
  const names = new Map(store.products.map(({ sku, name }) => [sku, name]))
  const money = new Intl.NumberFormat('en', { style: 'currency', currency: store.currency })
  const digits = money.resolvedOptions().maximumFractionDigits ?? 2
  const price = (minor: number) => money.format(minor / 10 ** digits)
  const speed = wallMs > 0 ? ` (${(stats.recordedMs / wallMs).toFixed(0)} times as fast as it happened)` : ''
  return [
    `${store.name}: ${stats.messages} messages in ${(wallMs / 1000).toFixed(1)} s${speed}, ${stats.rejected} refused`,
    ...refusals.map(({ cause, count, example }) => `  refused ${count} × ${cause}: ${example}`),
    `Picks and puts: ${events.length}. Bills: ${bills.length}.`,
    ...bills.flatMap(({ shopper, status, items, totalMinor }) => [
      `  ${shopper}: ${price(totalMinor)}${status === 'review' ? ' (to be looked at)' : ''}`,
      ...items.map(
        ({ sku, quantity, confidence }) =>
          `    ${quantity} × ${names.get(sku) ?? sku} [${sku}] ${(100 * confidence).toFixed(1)} %`,
      ),
    ]),
  ].join('\n')
}
