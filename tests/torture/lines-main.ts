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
  .option('--alter-plain', 'alters bytes on lines without TLS, too, where nothing promises to notice')
  .parse()
  .opts<{ seed: number; minutes: number; alterPlain?: true }>()

try {
  const { connections, faults, acknowledged, tooLate, bills, refunds, provider, asked, captured, declined } =
    await sufferLines(seed, minutes * 60_000, alterPlain)
  const all = [...faults.values()].reduce((sum, count) => sum + count, 0)
  console.log(`${connections} connections, ${all} faults:`)
  for (const [kind, count] of [...faults].sort(([a], [b]) => (a < b ? -1 : 1))) console.log(`  ${count} ${kind}`)
  console.log(
    `${acknowledged} messages acknowledged: 0 lost, 0 taken twice, 0 mangled; ${tooLate} were said more than a minute late\n` +
      `${bills} bills, each one purchase of the same content; ${refunds} refunds\n` +
      `${provider} was asked ${asked} times: ${captured} payments, each bill one, ${declined} tries declined; the books balance and agree`,
  )
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
