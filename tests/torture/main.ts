/** `npm run torture -- --seeds 200`, `npm run torture -- --seed 17`, `npm run torture -- --bug <name>` */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type Bug, breakageOf, bugNames } from './bugs.ts'
import { addUp, describe, noFigures } from './figures.ts'
import { type Life, live } from './world/life.ts'

const { seeds, seed, from, bug, trace } = new Command('torture')
  .description(
    'Lets the gateway and the account service live through a world in which everything goes wrong, seed by seed.',
  )
  .option('--seeds <n>', 'how many', wholeNumber, 200)
  .option('--from <seed>', 'the first of them', wholeNumber, 1)
  .option('--seed <seed>', 'this one alone', wholeNumber)
  .option('--trace', 'print everything that happens')
  .addOption(new Option('--bug <name>', 'with a rule broken on purpose: how soon is it found?').choices(bugNames))
  .parse()
  .opts<{ seeds: number; from: number; seed?: number; bug?: Bug; trace?: true }>()

const startedAt = performance.now()
let figures = noFigures
for (const each of seed === undefined ? upFrom(from, seeds) : [seed]) {
  const life = await live(each, breakageOf(bug ?? null), trace && console.log)
  figures = addUp(figures, life)
  if (seed !== undefined) console.log(`trace ${life.trace}`)
  if (life.violation !== null) fail(life, life.violation)
  if (figures.seeds % 20 === 0) console.error(`${figures.seeds} seeds, ${seconds()} s`)
}
console.log(`${describe(figures)}\nno violation in ${seconds()} s`)
process.exit(bug === undefined ? 0 : 1)

/** Prints what was wrong and how to see it again. A bug that was put in is meant to be found. */
function fail({ seed: found, steps }: Life, violation: Error): never {
  const { stack = violation.message } = violation
  const again = `npm run torture -- --seed ${found}${bug === undefined ? '' : ` --bug ${bug}`}`
  console.log(`violation in seed ${found}, step ${steps}, after ${figures.seeds} seeds and ${seconds()} s`)
  console.log(`${stack}\nagain: ${again}`)
  process.exit(bug === undefined ? 1 : 0)
}

function seconds(): string {
  return ((performance.now() - startedAt) / 1000).toFixed(0)
}

function upFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i)
}

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number`)
}
