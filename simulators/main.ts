/** The simulators' commands: `node --import tsx simulators/main.ts <command> --help`. */

import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import { record } from './record.ts'
import { openScenario, type ScenarioChoice } from './scenario/open.ts'
import { meanF1 } from './score.ts'
import { scoreFiles } from './scoring/files.ts'
import { scoreInWords } from './scoring/words.ts'

const program = new Command('simulators').description('A simulated shop: worlds, devices, recordings, scores')

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw new InvalidArgumentError(`found "${text}", wanted a whole number from 0`)
  return value
}

function withScenario(command: Command): Command {
  return command
    .option('--scenario <file>', 'scenario file in YAML (default: an ordinary day)')
    .option('--store <file>', 'store file (default: the corner shop)')
    .option('--shoppers <n>', 'how many shoppers come', wholeNumber)
    .option('--seed <n>', 'the same seed gives the same day', wholeNumber, 1)
    .addOption(new Option('--entry <kind>', 'whoever walks in, or by a code at the gate').choices(['open', 'gated']))
}

withScenario(program.command('record').description('writes a recording folder with its truth'))
  .requiredOption('--out <folder>', 'where to write')
  .action(async ({ out, seed, ...choice }: ScenarioChoice & { out: string; seed: number }) => {
    const started = performance.now()
    const onProgress = (ms: number): void => {
      if (process.stderr.isTTY) process.stderr.write(`\r${Math.round(ms / 60_000)} min of shop time `)
    }
    const summary = await record({ folder: out, seed, ...openScenario(choice), onProgress })
    const seconds = (performance.now() - started) / 1000
    const minutes = summary.virtualMs / 60_000
    if (process.stderr.isTTY) process.stderr.write('\r')
    console.log(
      `${out}: ${summary.messages} messages, ${summary.shoppers} bills due, ${summary.events} shelf events in ` +
        `${minutes.toFixed(1)} min of shop time (${seconds.toFixed(1)} s, ${((minutes * 60) / seconds).toFixed(0)}x real time)`,
    )
  })

program
  .command('score')
  .description('scores bills against the truth; several of each give the mean')
  .requiredOption('--truth <folder...>', 'recording folder, or its truth.json')
  .requiredOption('--bills <file...>', 'bills file of each, in the same order')
  .option('--out <file>', 'writes the scores as JSON')
  .action(({ truth, bills, out }: { truth: string[]; bills: string[]; out?: string }) => {
    if (truth.length !== bills.length) {
      throw new Error(`--bills: found ${bills.length} files, wanted ${truth.length}, one for each --truth`)
    }
    const scores = truth.map((folder, i) => scoreFiles(folder, bills[i] ?? ''))
    for (const [i, result] of scores.entries()) console.log(`${truth[i]}\n${scoreInWords(result)}`)
    const mean = meanF1(scores)
    if (scores.length > 1) console.log(`mean F1 of ${scores.length}: ${mean.f1.toFixed(4)}`)
    if (out !== undefined) writeFileSync(out, `${JSON.stringify({ mean, scores }, null, 1)}\n`)
  })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
