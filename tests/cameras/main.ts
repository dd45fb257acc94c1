/** `npm run evaluate:cameras`: how well the real detector sees the people of simulated pictures, by their size in them. */
import { Command, InvalidArgumentError } from 'commander'
import { openPersonDetector } from '../../edge/inference/person-detector.ts'
import { type Instant, type Sighting, watched } from './sightings.ts'

const program = new Command('evaluate:cameras')
  .description('Renders an ordinary day of some seeds, looks for people in it, and says how many were found.')
  .option('--seeds <n>', 'how many', wholeNumberFrom1, 6)
  .option('--from <seed>', 'the first of them', wholeNumberFrom1, 1)
  .option('--instants <n>', 'times looked at of each seed, 7.3 s apart', wholeNumberFrom1, 20)
  .parse()
const { seeds, from, instants } = program.opts<{ seeds: number; from: number; instants: number }>()

/** Shoppers are inside from about here on. */
const firstSecond = 30
const stepSeconds = 7.3
const heights = [0, 90, 110, 130, 160, 200, 480]

const detector = await openPersonDetector(() => performance.now())
const seen: Instant[] = []
const seconds = Array.from({ length: instants }, (_, i) => firstSecond + i * stepSeconds)
for (let seed = from; seed < from + seeds; seed++)
  for await (const instant of watched({ seed, seconds }, detector)) seen.push(instant)

const sightings = seen.flatMap((instant) => instant.sightings)
const clear = sightings.filter(({ visible, isCut }) => visible >= 0.8 && !isCut)
for (const [i, low] of heights.slice(0, -1).entries()) {
  const high = heights[i + 1] ?? 0
  const row = clear.filter(({ box }) => box[3] >= low && box[3] < high)
  tell(`unhidden, ${low} to ${high} px high`, row)
  tell(
    '  of them with nobody beside them',
    row.filter(({ isAlone }) => isAlone),
  )
}
tell('unhidden', clear)
tell(
  'cut off by the edge',
  sightings.filter(({ visible, isCut }) => visible >= 0.8 && isCut),
)
tell(
  'hidden by half or less',
  sightings.filter(({ visible }) => visible >= 0.5 && visible < 0.8),
)
tell(
  'hidden by more than half',
  sightings.filter(({ visible }) => visible >= 0.2 && visible < 0.5),
)
const sum = (of: Exclude<keyof Instant, 'sightings'>) => seen.reduce((total, instant) => total + instant[of], 0)
console.log(`people found by at least one camera: ${percent(sum('found'), sum('people'))} of ${sum('people')}`)
console.log(`boxes around nobody: ${sum('invented')} of ${sum('boxes')}`)

function tell(what: string, row: readonly Sighting[]): void {
  const scores = row.flatMap(({ score }) => (score === null ? [] : [score])).sort((a, b) => a - b)
  const median = scores[Math.floor(scores.length / 2)]?.toFixed(2) ?? '-'
  console.log(
    `${what.padEnd(36)} ${String(row.length).padStart(5)}  found ${percent(scores.length, row.length)}, score ${median}`,
  )
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`
}

function wholeNumberFrom1(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError(`found "${text}", wanted a whole number from 1`)
}
