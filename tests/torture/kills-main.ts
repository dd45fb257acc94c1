/** `npm run torture:kills -- --kills 500` */
import { Command, InvalidArgumentError } from 'commander'
import { kill } from './kills.ts'

const { kills, seed } = new Command('torture:kills')
  .description(
    'Kills a real gateway again and again while a shelf reports, and counts what was acknowledged and is lost.',
  )
  .option('--kills <n>', 'how often', wholeNumber, 500)
  .option('--seed <n>', 'of the moments', wholeNumber, 1)
  .parse()
  .opts<{ kills: number; seed: number }>()

const startedAt = performance.now()
const figures = await kill(kills, seed, (done) => {
  if (done % 50 === 0)
    console.error(`${done} of ${kills} kills, ${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
})
console.log(
  `${figures.kills} kills, ${figures.acknowledged} changes acknowledged: ${figures.lost} lost, ${figures.doubled} taken twice`,
)
process.exit(figures.lost + figures.doubled === 0 ? 0 : 1)

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1`)
}
