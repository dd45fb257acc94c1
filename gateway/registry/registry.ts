/** Every device of the store file: what it said of itself, and whether it can be relied on. Pure. */
import type { DeviceView } from '../../models/contracts/http.ts'
import type { Device, DeviceKind, Store } from '../../models/contracts/store.ts'
import type { DeviceChannel } from '../../models/contracts/topics.ts'
import type { DeviceStats } from '../ingest/device-state.ts'
import type { Accepted } from '../ingest/ingest.ts'
import { availability, type Heard } from './availability.ts'

export interface Registry {
  /** Give it everything that ingest accepted. */
  heard(accepted: Accepted): void
  /** In the store file's order. `now` in milliseconds since the epoch. */
  views(stats: readonly DeviceStats[], now: number): DeviceView[]
}

type Known = { -readonly [K in keyof Heard]: Heard[K] }

interface Entry {
  readonly device: Device
  readonly known: Known
  battery: number | null
  model: string | null
  firmware: string | null
}

const streamOf: Partial<Record<DeviceKind, DeviceChannel>> = {
  shelf: 'raw/weight',
  tracker: 'raw/targets',
  receiver: 'event/adv',
}
/** Below this it says nothing; a clock is never exact. */
const clockWorthSayingMs = 1_000

export function createRegistry(store: Store): Registry {
  const entries = new Map(store.devices.map((device) => [device.id, newEntry(device)]))
  return {
    heard(accepted) {
      const entry = entries.get(accepted.device)
      if (entry !== undefined) note(entry, accepted)
    },
    views(stats, now) {
      const byDevice = new Map(stats.map((each) => [each.device, each]))
      return [...entries.values()].flatMap((entry) => {
        const counts = byDevice.get(entry.device.id)
        return counts === undefined ? [] : [view(entry, counts, now)]
      })
    },
  }
}

function newEntry(device: Device): Entry {
  const known: Known = { status: null, statusAt: null, lastSeen: null, streams: false, beats: false }
  return { device, known, battery: null, model: null, firmware: null }
}

function note(entry: Entry, accepted: Accepted): void {
  const { known } = entry
  if (accepted.kind === 'status') {
    known.status = accepted.status
    known.statusAt = accepted.arrivedAt
    return
  }
  if (!accepted.retained) known.lastSeen = accepted.arrivedAt
  if (accepted.kind === 'message') noteMessage(entry, accepted)
}

function noteMessage(entry: Entry, { message }: Accepted & { kind: 'message' }): void {
  if (message.channel === streamOf[entry.device.kind]) entry.known.streams = true
  if (message.channel === 'tele') {
    entry.known.beats = true
    entry.battery = message.envelope.data.battery ?? entry.battery
  }
  if (message.channel === 'meta') {
    entry.model = message.envelope.data.model ?? null
    entry.firmware = message.envelope.data.firmware ?? null
  }
}

function view({ device, known, battery, model, firmware }: Entry, stats: DeviceStats, now: number): DeviceView {
  const { messages, lost, duplicates, rejected, clockOffsetMs } = stats
  const { state, why } = availability(device.kind, known, now)
  const counts = { lastSeen: stats.lastSeen, messages, lost, duplicates, rejected, clockOffsetMs }
  return {
    id: device.id,
    kind: device.kind,
    state,
    why: why + clockWords(clockOffsetMs),
    ...counts,
    battery,
    model,
    firmware,
  }
}

function clockWords(offsetMs: number | null): string {
  if (offsetMs === null || Math.abs(offsetMs) < clockWorthSayingMs) return ''
  const seconds = Math.round(Math.abs(offsetMs) / 1000)
  return ` Its clock is ${seconds} s ${offsetMs > 0 ? 'ahead' : 'behind'}; its times are corrected.`
}
