/** `npm run torture:kills -- --kills 500` */
import { Command, InvalidArgumentError, Option } from 'commander'
import { describe } from './kill-figures.ts'
import { kill } from './kills.ts'
import { killMosquitto, type Persistence } from './mosquitto-kills.ts'

const { kills, seed, mosquitto } = new Command('torture:kills')
  .description(
    'Kills a real gateway again and again while a shelf reports, and counts what was acknowledged and is lost.',
  )
  .option('--kills <n>', 'how often', wholeNumber, 500)
  .option('--seed <n>', 'of the moments', wholeNumber, 1)
  .addOption(
    new Option(
      '--mosquitto <how>',
      'kills that in place of a gateway: as it is set up, or saving after each message',
    ).choices(['usual', 'eager']),
  )
  .parse()
  .opts<{ kills: number; seed: number; mosquitto?: Persistence }>()

if (mosquitto !== undefined) {
  const { acknowledged, lost } = await killMosquitto(kills, seed, mosquitto)
  console.log(`${kills} kills of Mosquitto (${mosquitto}), ${acknowledged} changes acknowledged: ${lost} lost`)
  process.exit(0)
}

const startedAt = performance.now()
let isOver = false
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isOver = true
    console.error('ends after this kill; once more ends it at once')
  })
const figures = await kill(kills, seed, (done) => {
  if (done % 25 === 0)
    console.error(`${done} of ${kills} kills, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  return !isOver
})
const { acknowledged, lost, tooLate, doubled } = figures
console.log(
  `${figures.kills} kills, ${acknowledged} changes acknowledged: ${lost.length} lost, ${doubled.length} taken twice; ` +
    `${tooLate.length} were said more than a minute late, and refused for that`,
)
for (const one of lost) console.log(`lost: ${describe(one)}`)
for (const one of doubled) console.log(`taken twice: ${describe(one)}`)
process.exit(lost.length + doubled.length === 0 ? 0 : 1)

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1`)
}
