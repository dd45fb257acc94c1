/** `npm run evaluate -- --seeds 50 --out evaluation.json`: the scene suite through the pipeline, scored. */
import { writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { Piscina } from 'piscina'
import { runner } from '../../models/platform/runner.ts'
import { wholeNumber } from '../../simulators/options.ts'
import { type Level, levels, sceneNames } from '../../simulators/scenes/scenes.ts'
import { page } from './page.ts'
import { type Choice, type Job, jobsOf } from './suite.ts'
import { type Group, isDone, summarize } from './summary.ts'
import type { Row } from './trial.ts'

interface Options extends Choice {
  readonly workers: number
  readonly out?: string
  readonly table?: string
}

const program = new Command('evaluate')
  .description('Runs every scene at every level with many seeds through the pipeline of a live store, and scores it.')
  .option('--seeds <n>', 'how many seeds', wholeNumber, 10)
  .option('--first-seed <n>', 'the first of them', wholeNumber, 1)
  .option('--scenes <a,b>', 'these scenes alone', someOf(sceneNames()), sceneNames())
  .option('--levels <a,b>', 'these levels alone', someOf<Level>(levels), [...levels])
  .option('--workers <n>', 'recordings at a time', wholeNumber, availableParallelism())
  .option('--out <file>', 'writes every recording and the sums as JSON')
  .option('--table <file>', 'writes the tables as a page')
const trial = fileURLToPath(new URL('./trial.ts', import.meta.url))
const options = program.parse().opts<Options>()
const rows = await runAll(jobsOf(options), options.workers)
const groups = summarize(rows)
const text = page(groups, rows, commandOf(options))
if (options.table !== undefined) writeFileSync(options.table, `${text}\n`)
if (options.out !== undefined) writeFileSync(options.out, jsonOf(groups, rows))
console.log(
  `${text}\n\n${groups
    .filter(({ scene }) => scene === null)
    .map(timeInWords)
    .join('\n')}`,
)
for (const row of rows)
  if (!isDone(row)) {
    console.error(`${row.scene}, ${row.level}, seed ${row.seed}: ${'error' in row ? row.error : ''}`)
    process.exitCode = 1
  }

async function runAll(jobs: readonly Job[], workers: number): Promise<Row[]> {
  const pool = new Piscina<Job, Row>({ filename: runner, argv: [trial], maxThreads: workers })
  const format = '{bar} {value} of {total} recordings | {eta_formatted} left'
  // Where nobody watches, a line a minute.
  const bar = new SingleBar({ format, clearOnComplete: true, noTTYOutput: true, notTTYSchedule: 60_000 })
  bar.start(jobs.length, 0)
  const done = jobs.map(async (job) => {
    const row = await pool.run(job).catch((error: Error): Row => ({ ...job, error: error.message }))
    bar.increment()
    return row
  })
  const all = await Promise.all(done)
  bar.stop()
  await pool.destroy()
  return all
}

/** A list of some of the `known`, separated by commas. */
function someOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) =>
    text.split(',').map((name) => {
      const found = known.find((one) => one === name)
      if (found === undefined) throw new InvalidArgumentError(`found "${name}", wanted some of ${known.join(',')}`)
      return found
    })
}

/** What makes the page again, without what only concerns this run. */
function commandOf({ seeds, firstSeed, scenes, levels: chosen, table }: Options): string {
  const parts = [
    `npm run evaluate -- --seeds ${seeds}`,
    ...(firstSeed === 1 ? [] : [`--first-seed ${firstSeed}`]),
    ...(scenes.length === sceneNames().length ? [] : [`--scenes ${scenes.join(',')}`]),
    ...(chosen.length === levels.length ? [] : [`--levels ${chosen.join(',')}`]),
    ...(table === undefined ? [] : [`--table ${table}`]),
  ]
  return parts.join(' ')
}

/** A recording a line. `timing` alone differs between two runs. */
function jsonOf(sums: readonly Group[], recordings: readonly Row[]): string {
  const lines = (list: readonly unknown[]): string => list.map((one) => JSON.stringify(one)).join(',\n')
  return `{"groups":[\n${lines(sums)}\n],"rows":[\n${lines(recordings)}\n]}\n`
}

function timeInWords({ level, timing: { meanReplayMs, timesRealTime } }: Group): string {
  return `${level}: ${(meanReplayMs / 1000).toFixed(1)} s a recording, ${timesRealTime} times as fast as it happened`
}
