/** What the edge costs in a full shop: CPU time of each stage on one core, and of each observation in the engine. */
import { type Core, catalogueOf, createCore } from '../../edge/core.ts'
import { initialState, step } from '../../edge/engine/engine.ts'
import { defaultPolicy } from '../../edge/engine/receipt.ts'
import type { Observation } from '../../edge/observations.ts'
import { createSnapshots, type Snapshot } from '../../edge/runtime/snapshot.ts'
import { createIngest } from '../../gateway/ingest/ingest.ts'
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic } from '../../models/contracts/topics.ts'
import type { Arrival } from '../../simulators/sensors/outbox.ts'
import { crowd } from './crowd.ts'

export interface Cost {
  readonly people: number
  readonly cells: number
  readonly seconds: number
  /** Shop time over CPU time: of the core alone, and with decoding, checks and ordering before it. */
  readonly timesRealTime: { readonly core: number; readonly pipeline: number }
  readonly cpuMsPerSecond: { readonly ingest: number; readonly sensing: number; readonly engine: number }
  /** Microseconds of CPU. */
  readonly each: { readonly weightSampleMicros: number; readonly targetMicros: number }
  readonly changes: number
  /** CPU milliseconds of one `step` on a change of a shelf. */
  readonly stepMs: { readonly mean: number; readonly p50: number; readonly p99: number; readonly max: number }
  /** The largest of all clusters at any time. */
  readonly most: { readonly hypotheses: number; readonly keys: number; readonly clusters: number }
  /** What the journal writes: everything at a start, and with one change of a shelf. */
  readonly commit: {
    readonly wholeBytes: number
    readonly engineBytes: number
    readonly bytes: number
    readonly ms: number
  }
}

/** Runs one crowd through ingest and core, then its observations through the engine alone. */
export function measure(store: Store, people: number, seconds: number, seed: number): Cost {
  const { arrivals, from } = crowd(store, people, seed)
  const ingest = createIngest({ store })
  const core = createCore({ store })
  const spent = { ingest: 0, core: 0, weights: 0, targets: 0 }
  const count = { samples: 0, targets: 0 }
  const observations: Observation[] = []
  let inWindow = 0
  const end = from + seconds * 1000
  for (const batch of arrivals(end)) {
    const messages = batch.map((arrival) => encoded(store, arrival))
    const now = batch.at(-1)?.t ?? 0
    const started = cpuMs()
    for (const message of messages) ingest.receive(message)
    const { events, watermark } = ingest.release(now)
    const received = cpuMs()
    const found: Observation[] = []
    for (const event of events) {
      // What is due before the event is nobody's cost in particular.
      found.push(...core.advance(event.ts - 1).observations)
      const before = performance.now()
      found.push(...core.accept(event).observations)
      const took = performance.now() - before
      if (now < from) continue
      if (event.kind === 'weight') {
        spent.weights += took
        count.samples += Object.values(event.cells).reduce((sum, samples) => sum + samples.length, 0)
      } else if (event.kind === 'targets') {
        spent.targets += took
        count.targets += event.targets.length
      }
    }
    found.push(...core.advance(watermark).observations)
    if (now < from) inWindow += found.length
    else {
      spent.ingest += received - started
      spent.core += cpuMs() - received
    }
    observations.push(...found)
  }
  const engine = stepping(store, observations, inWindow)
  return {
    people,
    cells: store.fixtures.flatMap(({ shelves }) => shelves.flatMap(({ cells }) => cells)).length,
    seconds,
    timesRealTime: {
      core: round((seconds * 1000) / spent.core),
      pipeline: round((seconds * 1000) / (spent.core + spent.ingest)),
    },
    cpuMsPerSecond: {
      ingest: round(spent.ingest / seconds),
      sensing: round((spent.core - engine.totalMs) / seconds),
      engine: round(engine.totalMs / seconds),
    },
    each: {
      weightSampleMicros: round((1000 * spent.weights) / count.samples),
      targetMicros: round((1000 * spent.targets) / count.targets),
    },
    changes: engine.changes,
    stepMs: engine.stepMs,
    most: engine.most,
    commit: committing(store, core, observations),
  }
}

/** One snapshot after the other at the same instant: of everything, then of a single change. */
function committing(store: Store, core: Core, observations: readonly Observation[]): Cost['commit'] {
  const snapshots = createSnapshots(store)
  const whole = snapshots.take(core, [], true)
  snapshots.take(core, [], false)
  const before = cpuMs()
  const usual = snapshots.take(core, observations.filter(({ kind }) => kind === 'shelf-change').slice(-1), false)
  const ms = round(cpuMs() - before)
  const bytesOf = ({ sensing, parts }: Snapshot) => parts.reduce((sum, { body }) => sum + body.length, sensing.length)
  return { wholeBytes: bytesOf(whole), engineBytes: whole.engine?.length ?? 0, bytes: bytesOf(usual), ms }
}

function encoded(store: Store, { t, device, channel, payload }: Arrival) {
  const text = 'text' in payload ? payload.text : JSON.stringify('json' in payload ? payload.json : null)
  return {
    arrivedAt: t,
    topic: deviceTopic(store.id, device, channel),
    body: { kind: 'bytes' as const, bytes: Buffer.from(text) },
  }
}

/** The engine alone over the same observations; those before `from` are not counted. */
function stepping(store: Store, observations: readonly Observation[], from: number) {
  const catalogue = catalogueOf(store)
  const most = { hypotheses: 0, keys: 0, clusters: 0 }
  const times: number[] = []
  let totalMs = 0
  let state = initialState
  for (const [i, observation] of observations.entries()) {
    const before = cpuMs()
    state = step(catalogue, defaultPolicy, state, observation).state
    const took = cpuMs() - before
    if (i < from) continue
    totalMs += took
    if (observation.kind === 'shelf-change') times.push(took)
    most.clusters = Math.max(most.clusters, state.belief.clusters.length)
    for (const { keys, hypotheses } of state.belief.clusters) {
      most.keys = Math.max(most.keys, keys.length)
      most.hypotheses = Math.max(most.hypotheses, hypotheses.length)
    }
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => round(times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0)
  const mean = round(times.reduce((sum, ms) => sum + ms, 0) / Math.max(1, times.length))
  return { totalMs, changes: times.length, stepMs: { mean, p50: at(0.5), p99: at(0.99), max: at(1) }, most }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function round(value: number): number {
  return Number(value.toPrecision(3))
}
