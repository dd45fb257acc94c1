/** The simulators' commands: `node --import tsx simulators/main.ts <command> --help`. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { record } from './record.ts'
import { openScenario, type ScenarioChoice } from './scenario/open.ts'

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
    const onProgress = (ms: number): void => void process.stderr.write(`\r${Math.round(ms / 60_000)} min of shop time `)
    const summary = await record({ folder: out, seed, ...openScenario(choice), onProgress })
    const seconds = (performance.now() - started) / 1000
    const minutes = summary.virtualMs / 60_000
    process.stderr.write('\r')
    console.log(
      `${out}: ${summary.messages} messages, ${summary.shoppers} bills due, ${summary.events} shelf events in ` +
        `${minutes.toFixed(1)} min of shop time (${seconds.toFixed(1)} s, ${((minutes * 60) / seconds).toFixed(0)}x real time)`,
    )
  })

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
