/** `npm run fuzz -- --minutes 10`: spoils inputs of the corpus for a while, and keeps the smallest that breaks a decoder. */
import { Command } from 'commander'
import fc from 'fast-check'
import { wholeNumber } from '../../simulators/options.ts'
import { corpusOf, keep } from './corpus.ts'
import { decoders } from './decoders.ts'
import { spoilt } from './mutate.ts'

const { minutes, seed, only } = new Command('fuzz')
  .description('Feeds spoilt inputs to everything that reads bytes of others.')
  .option('--minutes <n>', 'how long, all together', wholeNumber, 1)
  .option('--seed <n>', 'where it begins', wholeNumber, Date.now() % 1_000_000)
  .option('--only <decoder>', `one of ${Object.keys(decoders).join(', ')}`)
  .parse()
  .opts<{ minutes: number; seed: number; only?: string }>()
const chosen = Object.entries(decoders).filter(([name]) => only === undefined || name === only)
if (chosen.length === 0) throw new Error(`--only: found ${only}, wanted one of ${Object.keys(decoders).join(', ')}`)

/** Rounds are short, so that each decoder gets its share of the time. */
const runsARound = 2_000
const counts = new Map(chosen.map(([name]) => [name, 0]))
const end = Date.now() + minutes * 60_000
for (let round = seed; Date.now() < end; round++)
  for (const [name, decode] of chosen) {
    const corpus = corpusOf(name).map(({ bytes }) => bytes)
    const found = fc.check(
      fc.property(spoilt(corpus), (bytes) => void decode(bytes)),
      { numRuns: runsARound, seed: round },
    )
    counts.set(name, (counts.get(name) ?? 0) + found.numRuns)
    const [bytes] = found.counterexample ?? []
    if (bytes === undefined) continue
    console.error(`${name}: ${String(found.errorInstance)}\n  kept in ${keep(name, bytes)} (round ${round})`)
    process.exitCode = 1
  }
for (const [name, count] of counts) console.log(`${name.padEnd(16)}${count} inputs`)
