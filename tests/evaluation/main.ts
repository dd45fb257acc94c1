/** `npm run evaluate -- --seeds 50 --out evaluation.json`: the scene suite through the pipeline, scored. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { Piscina } from 'piscina'
import { wholeNumber } from '../../simulators/options.ts'
import { type Level, levels, sceneNames } from '../../simulators/scenes/scenes.ts'
import { type Job, jobsOf } from './suite.ts'
import { isDone, summarize } from './summary.ts'
import { tables } from './table.ts'
import type { Row } from './trial.ts'

interface Options {
  readonly seeds: number
  readonly firstSeed: number
  readonly scenes: readonly string[]
  readonly levels: readonly Level[]
  readonly out?: string
  readonly workers: number
}

/** A list of some of the `known`, separated by commas. */
const someOf =
  <T extends string>(known: readonly T[]) =>
  (text: string): T[] =>
    text.split(',').map((name) => {
      const found = known.find((one) => one === name)
      if (found === undefined) throw new InvalidArgumentError(`found "${name}", wanted some of ${known.join(',')}`)
      return found
    })
const program = new Command('evaluate')
  .description('Runs every scene at every level with many seeds through the pipeline of a live store, and scores it.')
  .option('--seeds <n>', 'how many seeds', wholeNumber, 10)
  .option('--first-seed <n>', 'the first of them', wholeNumber, 1)
  .option('--scenes <a,b>', 'these scenes alone', someOf(sceneNames()), sceneNames())
  .option('--levels <a,b>', 'these levels alone', someOf(levels), [...levels])
  .option('--workers <n>', 'recordings at a time', wholeNumber, availableParallelism())
  .option('--out <file>', 'writes every recording and the sums as JSON')
const options = program.parse().opts<Options>()
const rows = await runAll(jobsOf(options), options.workers)
const groups = summarize(rows)
console.log(tables(groups))
if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ groups, rows }, null, 1)}\n`)
const failed = rows.filter((row) => !isDone(row))
for (const row of failed)
  console.error(`${row.scene}, ${row.level}, seed ${row.seed}: ${'error' in row ? row.error : ''}`)
if (failed.length > 0) process.exitCode = 1

async function runAll(jobs: readonly Job[], workers: number): Promise<Row[]> {
  const pool = new Piscina<Job, Row>({ filename: new URL('./trial.ts', import.meta.url).href, maxThreads: workers })
  const bar = new SingleBar({
    format: '{bar} {value} of {total} recordings | {eta_formatted} left',
    clearOnComplete: true,
  })
  bar.start(jobs.length, 0)
  const rows = await Promise.all(
    jobs.map(async (job) => {
      const row = await pool.run(job)
      bar.increment()
      return row
    }),
  )
  bar.stop()
  await pool.destroy()
  return rows
}
