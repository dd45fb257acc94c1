/** `npm run bench:engine`: what the edge costs with 10, 25, 50 and 100 people in a shop of 1,020 plates at 60 Hz. */
import { writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { bigStore } from './crowd.ts'
import { type Cost, measure } from './measure.ts'

const wholeNumber = (text: string) => Math.max(1, Math.floor(Number(text)))
const program = new Command('bench:engine')
  .description('Measures ingest, sensing and engine in a simulated big shop, on one core.')
  .option('--people <n...>', 'how many are inside at once', ['10', '25', '50', '100'])
  .option('--seconds <n>', 'shop time that is measured, after everybody has come in', wholeNumber, 60)
  .option('--seed <n>', 'the same seed gives the same crowd', wholeNumber, 1)
  .option('--out <file>', 'writes the numbers as JSON')
  .parse()
const { people, seconds, seed, out } = program.opts<{
  people: string[]
  seconds: number
  seed: number
  out?: string
}>()

const store = bigStore()
const costs: Cost[] = []
for (const count of people.map(wholeNumber)) {
  const cost = measure(store, count, seconds, seed)
  costs.push(cost)
  console.log(inWords(cost))
}
if (out !== undefined) writeFileSync(out, `${JSON.stringify(costs, null, 1)}\n`)

function inWords({ people: n, cells, timesRealTime, cpuMsPerSecond, each, ...cost }: Cost): string {
  const { changes, stepMs, most, commit } = cost
  const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`
  return [
    `${n} people, ${cells} plates: ${timesRealTime.core} times real time, ${timesRealTime.pipeline} with ingest`,
    `  CPU ms a second: ingest ${cpuMsPerSecond.ingest}, sensing ${cpuMsPerSecond.sensing}, engine ${cpuMsPerSecond.engine}`,
    `  each: weight sample ${each.weightSampleMicros} us, target ${each.targetMicros} us`,
    `  ${changes} changes, ms each: mean ${stepMs.mean}, p50 ${stepMs.p50}, p99 ${stepMs.p99}, max ${stepMs.max}`,
    `  at most ${most.clusters} clusters, ${most.hypotheses} hypotheses and ${most.keys} keys in one`,
    `  a commit: ${kB(commit.bytes)} in ${commit.ms} ms; all plates: ${kB(commit.wholeBytes)}, engine: ${kB(commit.engineBytes)}`,
  ].join('\n')
}
