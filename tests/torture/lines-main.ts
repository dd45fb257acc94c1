/** `npm run torture:lines -- --seed 1 --minutes 2` */
import { Command, InvalidArgumentError } from 'commander'
import { sufferLines } from './lines/lines.ts'
import { Violation } from './oracle/violation.ts'

const {
  seed,
  minutes,
  alterPlain = false,
} = new Command('torture:lines')
  .description(
    'Cuts, delays and mangles the lines between devices, a real gateway and a real account service, and looks what is lost.',
  )
  .option('--seed <n>', 'of what happens to the lines', wholeNumber, 1)
  .option('--minutes <n>', 'how long lines are bad', wholeNumber, 1)
  .option(
    '--alter-plain',
    'alters bytes on lines without TLS, too, where nothing promises to notice: tells what came of it',
  )
  .parse()
  .opts<{ seed: number; minutes: number; alterPlain?: true }>()

console.log(`seed ${seed}: lines are bad for ${minutes} min, then up to ${minutes + 3} until everything is done`)
try {
  const { connections, faults, acknowledged, tooLate, unnoticed, bills, refunds, ...money } = await sufferLines(
    seed,
    minutes * 60_000,
    alterPlain,
  )
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  console.log(`${connections} connections, ${all} faults:`)
  for (const [kind, count] of [...faults].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${count} ${kind}`)
  console.log(
    `${acknowledged} messages acknowledged: ${alterPlain ? 'as they were heard, below' : '0 lost, 0 taken twice, 0 mangled'}; ${tooLate} were said more than a minute late\n` +
      `${bills} bills, each one purchase of the same content; ${refunds} refunds\n` +
      `${money.provider} was asked ${money.asked} times: ${money.captured} bills paid, each once, ${money.declined} tries declined; the books balance and agree`,
  )
  for (const words of unnoticed) console.log(`without TLS, where nothing promises to notice an altered byte: ${words}`)
} catch (error) {
  if (!(error instanceof Violation)) throw error
  console.log(
    `violation: ${error.stack}\nagain: npm run torture:lines -- --seed ${seed} --minutes ${minutes}${alterPlain ? ' --alter-plain' : ''}`,
  )
  process.exitCode = 1
}
process.exit()

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1`)
}
