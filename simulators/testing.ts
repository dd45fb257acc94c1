/** What the tests of this folder share. */
import { parseScenario } from './scenario/load.ts'
import { shopOf } from './scenario/open.ts'
import type { Scenario } from './scenario/schema.ts'
import type { Arrival } from './sensors/outbox.ts'
import { type Simulation, standalone } from './simulation.ts'

/** A scenario from the lines that matter; the rest has its defaults. */
export function scenarioOf(...lines: string[]): Scenario {
  const parsed = parseScenario(['name: test', ...lines].join('\n'))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.value
}

/** Nobody comes of themselves: only what a test scripts. */
export const nobody = ['shoppers: { count: 0 }', 'staff: { restockEverySeconds: 0 }']

/** Network and tracker without faults, for tests of something else. */
export const faultless = [
  'network: { lossShare: 0, duplicateShare: 0, lateShare: 0, clockErrorMs: 0 }',
  'tracker: { lossesPerMinute: 0, switchesPerMinute: 0, silencesPerHour: 0 }',
]

export interface Ran {
  readonly simulation: Simulation
  readonly arrivals: readonly Arrival[]
}

/** Runs to the end, or for some virtual seconds. */
export function run(scenario: Scenario, seed: number, seconds = Number.POSITIVE_INFINITY): Ran {
  const store = shopOf('test', scenario, { seed })
  const { simulation } = standalone(store, scenario, seed)
  simulation.start()
  const arrivals: Arrival[] = []
  const opens = Date.parse(scenario.opens)
  for (let now = opens; now <= opens + seconds * 1000; now += 200) {
    arrivals.push(...simulation.step(now))
    if (simulation.isOver && seconds === Number.POSITIVE_INFINITY) break
  }
  return { simulation, arrivals }
}

export interface Message {
  readonly ts: number
  readonly boot: string
  readonly seq: number
  readonly data: Readonly<Record<string, unknown>>
}

export function messagesOf(arrivals: readonly Arrival[], channel: string, device?: string): Message[] {
  return arrivals.flatMap((arrival) =>
    arrival.channel === channel && (device ?? arrival.device) === arrival.device && 'json' in arrival.payload
      ? [arrival.payload.json as Message]
      : [],
  )
}

/** Readings of one cell with their times, in order of time. */
export function readingsOf(
  arrivals: readonly Arrival[],
  cell: string,
): { readonly ts: number; readonly grams: number }[] {
  return messagesOf(arrivals, 'raw/weight')
    .flatMap(({ ts, data }) => {
      const { rateHz, cells } = data as { rateHz: number; cells: Record<string, (number | null)[]> }
      return (cells[cell] ?? []).map((grams, i) => ({ ts: ts + (i * 1000) / rateHz, grams }))
    })
    .flatMap(({ ts, grams }) => (grams === null ? [] : [{ ts, grams }]))
    .sort((a, b) => a.ts - b.ts)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)))
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
