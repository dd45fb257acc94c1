/** Writes a simulated day as a recording folder (contract section 3), without any broker. */
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import type { RecordingLine } from '../models/contracts/recording.ts'
import { deviceTopic, isRetained, qosOf } from '../models/contracts/topics.ts'
import { compressed } from './cameras/jpeg.ts'
import type { Arrival, Sent } from './sensors/outbox.ts'
import type { Simulation } from './simulation.ts'
import { truthOf } from './truth.ts'

export interface RecordSettings {
  readonly folder: string
  /** Not started yet. */
  readonly simulation: Simulation
  /** Told at each step: parties that have left, virtual milliseconds since the opening. */
  readonly onProgress?: (partiesGone: number, virtualMs: number) => void
}

export interface RecordSummary {
  readonly messages: number
  readonly shoppers: number
  readonly events: number
  readonly virtualMs: number
}

const stepMs = 1000
/** After the last one has left, everything on its way arrives and settles within this. */
const tailMs = 20_000
/** A scenario whose people wait for each other for ever ends here: a day. */
const longestMs = 86_400_000

/** The same simulation gives the same bytes. */
export async function record(settings: RecordSettings): Promise<RecordSummary> {
  const { folder, simulation } = settings
  const { store } = simulation.world
  await mkdir(folder, { recursive: true })
  const file = createWriteStream(join(folder, 'recording.jsonl.gz'))
  // Readings are noise: a higher level than 1 takes four times as long for a tenth of the size.
  const gzip = createGzip({ level: 1 })
  gzip.pipe(file)
  let messages = 0
  for (const arrivals of play(simulation)) {
    messages += arrivals.length
    await write(gzip, arrivals, store.id)
    settings.onProgress?.(simulation.partiesGone, simulation.now - simulation.opens)
  }
  gzip.end()
  await finished(file)
  const truth = truthOf(simulation)
  await writeJson(join(folder, 'store.json'), store)
  await writeJson(join(folder, 'accounts.json'), [...new Set(simulation.accountByPerson.values())])
  await writeJson(join(folder, 'truth.json'), truth)
  return {
    messages,
    shoppers: Object.keys(truth.shoppers).length,
    events: truth.events.length,
    virtualMs: simulation.now - simulation.opens,
  }
}

/** Starts a simulation and lets it go on to its end, a second at a time: what arrived in each. */
export function* play(simulation: Simulation): Generator<readonly Arrival[]> {
  const { opens } = simulation
  simulation.start()
  let end = Number.POSITIVE_INFINITY
  for (let now = opens; now <= Math.min(end, opens + longestMs); now += stepMs) {
    yield simulation.step(now)
    if (end === Number.POSITIVE_INFINITY && simulation.isOver) end = now + tailMs
  }
}

async function write(gzip: Gzip, arrivals: readonly Arrival[], store: string): Promise<void> {
  if (arrivals.length === 0) return
  const lines = (await compressed(arrivals)).map((arrival) => `${JSON.stringify(lineOf(arrival, store))}\n`).join('')
  if (!gzip.write(lines)) await once(gzip, 'drain')
}

/** An arrival as a line of a recording. */
export function lineOf({ t, device, channel, payload }: Arrival<Sent>, store: string): RecordingLine {
  return { t, topic: deviceTopic(store, device, channel), qos: qosOf(channel), retain: isRetained(channel), ...payload }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 1)}\n`)
}
