/** Prometheus metrics. Labels are bounded: devices of the store file, causes of the table. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { DeskStats } from '../cameras/frame-desk.ts'
import type { Rejection } from '../ingest/causes.ts'
import type { Accepted, IngestStats } from '../ingest/ingest.ts'
import type { PerceptionStats } from '../perception/perception.ts'

export interface MetricsSource {
  readonly ingest: () => IngestStats
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Event time up to which the engine knows everything; 0 before the first event. */
  readonly edgeTime: () => number
  readonly waitingBills: () => Promise<number>
  /** How many things the gateway cannot do now. */
  readonly problems: () => number
  /** On the disk of the gateway's data. */
  readonly freeBytes: () => number
  /** Of every camera that sent one. */
  readonly frames: () => readonly DeskStats[]
  /** Null where the store's own cameras follow nobody. */
  readonly perception: () => PerceptionStats | null
}

export interface Metrics {
  accepted(accepted: Accepted): void
  rejected(rejection: Rejection): void
  violation(): void
  /** What was removed because it was old. */
  removed(kind: string, count: number): void
  readonly contentType: string
  /** The text that Prometheus reads. */
  text(): Promise<string>
}

/** Seconds from the event, by its corrected time, to its arrival. */
const latenessBuckets = [0.05, 0.1, 0.2, 0.5, 1, 2, 4, 6]

export function createMetrics(source: MetricsSource): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry, prefix: 'tillfree_' })
  deviceCounters(registers, source)
  gauges(registers, source)
  cameraCounters(registers, source)
  perceptionCounters(registers, source)
  const rejected = new Counter({
    name: 'tillfree_messages_rejected_total',
    help: 'Messages refused, by device ("unknown" where the store file has none) and cause',
    labelNames: ['device', 'cause'],
    registers,
  })
  const lateness = new Histogram({
    name: 'tillfree_event_lateness_seconds',
    help: 'From an event, by its corrected time, to its arrival',
    buckets: latenessBuckets,
    registers,
  })
  const violations = new Counter({
    name: 'tillfree_broker_violations_total',
    help: 'Connections closed and subscriptions refused by the embedded broker',
    registers,
  })
  const removed = new Counter({
    name: 'tillfree_retention_removed_total',
    help: 'What was removed because its time was over, by kind (docs/privacy.md)',
    labelNames: ['kind'],
    registers,
  })
  return {
    accepted(accepted) {
      if (accepted.kind !== 'message' || accepted.event === null) return
      lateness.observe((accepted.arrivedAt - accepted.event.ts) / 1000)
    },
    rejected: ({ device, cause }) => rejected.inc({ device: device ?? 'unknown', cause }),
    violation: () => violations.inc(),
    removed: (kind, count) => removed.inc({ kind }, count),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  }
}

const deviceFigures = {
  messages: 'Messages that came, good or not',
  duplicates: 'Messages that came again',
  lost: 'Messages that never came, by gaps in seq',
} as const

function deviceCounters(registers: Registry[], { ingest }: MetricsSource): void {
  for (const [figure, help] of Object.entries(deviceFigures) as [keyof typeof deviceFigures, string][])
    new Gauge({
      name: `tillfree_device_${figure}`,
      help,
      labelNames: ['device'],
      registers,
      collect() {
        for (const stats of ingest().devices) this.set({ device: stats.device }, stats[figure])
      },
    })
}

const cameraFigures = {
  frames: 'Pictures that came',
  shed: 'Pictures that a newer one replaced before anybody looked at them',
} as const

function cameraCounters(registers: Registry[], { frames }: MetricsSource): void {
  for (const [figure, help] of Object.entries(cameraFigures) as [keyof typeof cameraFigures, string][])
    new Gauge({
      name: `tillfree_camera_${figure}`,
      help,
      labelNames: ['camera'],
      registers,
      collect() {
        for (const stats of frames()) this.set({ camera: stats.camera }, stats[figure])
      },
    })
}

const perceptionFigures = {
  looks: 'Pictures that were looked at for people',
  badPictures: 'Pictures that could not be looked at',
  late: 'Looks that came too late to follow people by',
  elsewhere: 'People seen beyond the floor of the shop',
  tracks: 'People followed now',
} as const

function perceptionCounters(registers: Registry[], { perception }: MetricsSource): void {
  for (const [figure, help] of Object.entries(perceptionFigures) as [keyof typeof perceptionFigures, string][])
    new Gauge({
      name: `tillfree_perception_${figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`,
      help,
      registers,
      collect() {
        this.set(perception()?.[figure] ?? 0)
      },
    })
}

function gauges(
  registers: Registry[],
  { ingest, now, edgeTime, waitingBills, problems, freeBytes }: MetricsSource,
): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name: `tillfree_${name}`,
      help,
      registers,
      async collect() {
        this.set(await read())
      },
    })
  gauge('messages', 'Messages taken in since the start', () => ingest().messages)
  gauge('ingest_buffered', 'Messages held back for sorting', () => ingest().buffered)
  gauge('ingest_hold_seconds', 'How long messages are held back for sorting', () => ingest().holdMs / 1000)
  gauge('watermark_lag_seconds', 'How far the engine is behind the clock', () =>
    edgeTime() === 0 ? 0 : (now() - edgeTime()) / 1000,
  )
  gauge('problems', 'Things that the gateway cannot do now; /readyz says which', problems)
  gauge('disk_free_bytes', 'Room on the disk of the data; below what visits need, gates stay closed', freeBytes)
  gauge('bills_waiting', 'Bills not yet delivered, up to 1,000', waitingBills)
}
