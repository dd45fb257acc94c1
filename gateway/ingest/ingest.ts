/** Ingest: raw messages in; sensor events out, checked, without duplicates, in order of corrected time. Pure. */
import type { SensorEvent } from '../../edge/events.ts'
import type { Store } from '../../models/contracts/store.ts'
import { parseTopic, qosOf } from '../../models/contracts/topics.ts'
import { renderFound } from '../../models/contracts/validate.ts'
import { named, type Rejection, rejection } from './causes.ts'
import { type Counted, check, type DeviceMessage } from './check.ts'
import { maxDelayMs } from './delay-window.ts'
import {
  type BootState,
  bootOf,
  compareBoots,
  createDeviceState,
  type DeviceState,
  type DeviceStats,
  deviceStats,
} from './device-state.ts'
import { holdMs } from './hold.ts'
import type { IncomingMessage } from './message.ts'
import { createReorderBuffer, type Due, type Pending, shiftOf } from './reorder-buffer.ts'
import { lastTime, sensorEvent } from './sensor-event.ts'
import type { Repeats } from './sequence.ts'
import { indexStore, type StoreIndex } from './store-index.ts'
import { type CauseCount, createTally } from './tally.ts'
import { createUntimely, lateChange } from './untimely.ts'

/** What was taken in at once, before any holding back: for the registry, gates and metrics. */
export type Accepted = { readonly device: string; readonly arrivedAt: number; readonly retained: boolean } & (
  | { readonly kind: 'status'; readonly status: 'online' | 'offline' }
  /** A JPEG by its first bytes; `ts` is when it was taken, its camera's clock corrected. */
  | { readonly kind: 'frame'; readonly ts: number; readonly bytes: Uint8Array }
  /** `event` has the times as corrected by what is known now; null for `meta` and `tele`. */
  | { readonly kind: 'message'; readonly message: DeviceMessage; readonly event: SensorEvent | null }
)

export interface IngestOptions {
  readonly store: Store
  /** Event time up to which everything was handed on by an earlier run: what is older is late. */
  readonly watermark?: number
  readonly onAccepted?: (accepted: Accepted) => void
  /** Told of every refusal: those that `receive` returns, and those that turn out later (`late`). */
  readonly onRejected?: (rejection: Rejection) => void
}

export interface Released {
  /** Sorted by `ts`, then device, boot and seq; changes of shelves that were refused for their time (`late-change`) are among them. */
  readonly events: SensorEvent[]
  /** Every event up to here has been given; never goes back. Milliseconds since the epoch. */
  readonly watermark: number
}

export interface IngestStats {
  /** `messages` = `accepted` + `rejected` + `duplicates` + `ignored`. */
  readonly messages: number
  readonly accepted: number
  readonly rejected: number
  readonly duplicates: number
  readonly ignored: number
  readonly buffered: number
  readonly holdMs: number
  readonly watermark: number | null
  readonly causes: readonly CauseCount[]
  /** Every device of the store, in the store file's order. */
  readonly devices: readonly DeviceStats[]
}

export interface Ingest {
  /** Takes one message; returns why it is refused, or null. Never throws. */
  receive(message: IncomingMessage): Rejection | null
  /** Takes one that an earlier process took in. What the engine was given is known, should it come again, and not given once more. */
  restore(message: IncomingMessage, wasGiven: boolean): void
  /** Names of messages that were taken in and not given yet. */
  waiting(): readonly number[]
  /** Gives what is due at `now`. Its cost is that of a pass over what waits: call it some times a second. */
  release(now: number): Released
  /** Gives everything that is left: a recording ends, or the gateway stops. */
  flush(): Released
  stats(): IngestStats
}

/** No clock, no I/O: the same messages with the same arrival times give the same events, in any order within a time. */
export function createIngest({ store, onAccepted, onRejected, ...options }: IngestOptions): Ingest {
  const index = indexStore(store)
  const devices = new Map(store.devices.map(({ id, kind }) => [id, createDeviceState(id, kind)]))
  const buffer = createReorderBuffer()
  const untimely = createUntimely()
  const tally = createTally()
  const latestBoot = new Map<string, BootState>()
  const totals = { messages: 0, accepted: 0, rejected: 0, duplicates: 0, ignored: 0 }
  let startedAt: number | null = null
  let latestArrival = 0
  const earlierRun = options.watermark ?? Number.NEGATIVE_INFINITY
  let watermark = earlierRun

  function reject(refused: Rejection): Rejection {
    totals.rejected += 1
    tally.add(refused)
    const state = refused.device === null ? undefined : devices.get(refused.device)
    if (state !== undefined) state.rejected += 1
    onRejected?.(refused)
    return refused
  }

  function accept(state: DeviceState, accepted: Accepted): null {
    onAccepted?.(accepted)
    totals.accepted += 1
    state.accepted += 1
    return null
  }

  function receiveMessage(
    state: DeviceState,
    incoming: IncomingMessage,
    message: DeviceMessage,
    wasGiven?: boolean,
  ): Rejection | null {
    const { device } = state
    const { arrivedAt, name } = incoming
    const retained = incoming.retain === true
    if (retained && message.channel === 'meta')
      return accept(state, { kind: 'message', device, arrivedAt, retained, message, event: null })
    const { boot: bootName, seq, ts } = message.envelope
    if (repeatsOf(state, message.channel).seen(keysOf(message))) {
      totals.duplicates += 1
      state.duplicates += 1
      return null
    }
    const boot = bootOf(state, bootName, arrivedAt)
    boot.sequence.add(seq)
    // What a process that was killed had taken in may have been stored up: whether a clock is slow, the next live message says.
    const isOld = wasGiven !== undefined && arrivedAt - lastTime(message) > maxDelayMs
    if (!retained && !isOld) boot.delays.add(arrivedAt, arrivedAt - lastTime(message), arrivedAt - ts)
    const restored = wasGiven === undefined ? {} : { wasGiven }
    const pending: Pending = { device, boot, arrivedAt, message, ...(name === undefined ? {} : { name }), ...restored }
    const event = sensorEvent(device, message, shiftOf(pending))
    if (event !== null && !buffer.add(pending)) return reject(overloaded(pending, buffer.size()))
    return accept(state, { kind: 'message', device, arrivedAt, retained, message, event })
  }

  /** Takes due events up to `limit`; a clock that was corrected meanwhile can have made one of them late. */
  function takeUpTo(limit: number): SensorEvent[] {
    return buffer.take(limit).flatMap((due) => {
      if (isKnown(due, earlierRun)) return []
      const event = inTime(due, watermark)
      if (event !== null) return [...boots(due, event.ts), event]
      totals.accepted -= 1
      const state = devices.get(due.pending.device)
      if (state !== undefined) state.accepted -= 1
      reject(tooLate(due, watermark))
      return lateChange(due.event, watermark + 1)
    })
  }

  /** By a clock that cannot be. What an earlier process gave is known to people already. */
  function hearUntimely(message: DeviceMessage, incoming: IncomingMessage, { device, boots }: DeviceState): void {
    const shiftMs = -(boots.get(message.envelope.boot)?.delays.aheadMs() ?? 0)
    const event = sensorEvent(device, message, shiftMs)
    if (event?.kind === 'weight-change') untimely.add(event, incoming)
  }

  /** In a boot that is known; the first message of one is `meta`. */
  function countIgnored({ device, channel, boot, seq }: Counted): void {
    const state = devices.get(device)
    const known = state?.boots.get(boot)
    if (state === undefined || known === undefined) return
    if (!repeatsOf(state, channel).seen([seqKey(channel, seq, boot)])) known.sequence.add(seq)
  }

  /** Before the first event of a boot the engine is told of it. */
  function boots({ pending: { device, boot } }: Due, ts: number): SensorEvent[] {
    const known = latestBoot.get(device)
    if (known !== undefined && compareBoots(boot, known) <= 0) return []
    latestBoot.set(device, boot)
    return [{ kind: 'boot', device, ts, boot: boot.boot }]
  }

  const hold = (now: number) => holdMs(allBoots(devices), now, startedAt ?? now)

  function take(incoming: IncomingMessage, wasGiven?: boolean): Rejection | null {
    totals.messages += 1
    if (startedAt === null) {
      startedAt = incoming.arrivedAt
      watermark = Math.max(watermark, startedAt - maxDelayMs)
    }
    latestArrival = Math.max(latestArrival, incoming.arrivedAt)
    const checked = check(incoming, index)
    const state = 'device' in checked ? devices.get(checked.device) : undefined
    countMessage(state ?? rejectedDevice(checked, devices), incoming)
    if (checked.kind === 'rejected') {
      const of = checked.rejection.device === null ? undefined : devices.get(checked.rejection.device)
      // One that an earlier process took in was live then.
      const isLive = wasGiven === undefined ? incoming.retain !== true : !wasGiven
      if (checked.untimely !== undefined && of !== undefined && isLive) hearUntimely(checked.untimely, incoming, of)
      return reject(checked.rejection)
    }
    if (checked.kind === 'ignored' || state === undefined) {
      totals.ignored += 1
      if (checked.kind === 'ignored' && checked.counted !== undefined) countIgnored(checked.counted)
      return null
    }
    const { arrivedAt, retain: retained = false } = incoming
    if (checked.kind === 'message') return receiveMessage(state, incoming, checked.message, wasGiven)
    if (checked.kind === 'status') return accept(state, { ...checked, arrivedAt, retained })
    state.frames += 1
    const { device, bytes, takenAt } = checked
    return accept(state, {
      kind: 'frame',
      device,
      arrivedAt,
      retained,
      bytes,
      ts: frameTs(state, takenAt, arrivedAt),
    })
  }

  /** A mistake of ours that one message brings to light costs that message, and neither the process nor the start of the next. */
  function takeOrReject(incoming: IncomingMessage, wasGiven?: boolean): Rejection | null {
    try {
      return take(incoming, wasGiven)
    } catch (error) {
      return reject(broken(incoming, index, error as Error))
    }
  }

  return {
    receive: (message) => takeOrReject(message),
    restore: (message, wasGiven) => void takeOrReject(message, wasGiven),
    waiting: () => [...buffer.names(), ...untimely.names()],
    release(now) {
      const limit = now - hold(now)
      if (limit <= watermark || startedAt === null) return { events: [], watermark }
      const events = [...untimely.take(watermark + 1), ...takeUpTo(limit)]
      watermark = limit
      return { events, watermark }
    },
    flush() {
      const events = [...untimely.take(watermark + 1), ...takeUpTo(Number.POSITIVE_INFINITY)]
      watermark = Math.max(watermark, events.at(-1)?.ts ?? watermark)
      return { events, watermark }
    },
    stats: () => ({
      ...totals,
      buffered: buffer.size(),
      holdMs: hold(latestArrival),
      watermark: Number.isFinite(watermark) ? watermark : null,
      causes: tally.list(),
      devices: [...devices.values()].map(deviceStats),
    }),
  }
}

/**
 * When a frame was taken: its own time, corrected like every other; or its arrival where it has none (contract, section 2),
 * or one that is off by more than a frame can be late.
 */
function frameTs({ frameDelays }: DeviceState, takenAt: number | null, arrivedAt: number): number {
  if (takenAt === null) return arrivedAt
  frameDelays.add(arrivedAt, arrivedAt - takenAt, arrivedAt - takenAt)
  const ts = Math.min(arrivedAt, takenAt - (frameDelays.aheadMs() ?? 0))
  return arrivedAt - ts > maxDelayMs ? arrivedAt : ts
}

/**
 * `seq` is looked at per channel, since devices exist that count each channel apart; an `id` with its time, since others count their
 * ids anew at each start.
 */
function keysOf({ channel, envelope: { boot, seq, id, ts } }: DeviceMessage): string[] {
  const bySeq = seqKey(channel, seq, boot)
  return id === undefined ? [bySeq] : [bySeq, `id ${id} ${ts}`]
}

function repeatsOf({ repeats }: DeviceState, channel: string): Repeats {
  return qosOf(channel) > 0 ? repeats.once : repeats.readings
}

function seqKey(channel: string, seq: number, boot: string): string {
  return `${channel} ${seq} ${boot}`
}

function* allBoots(devices: ReadonlyMap<string, DeviceState>) {
  for (const { boots } of devices.values()) yield* boots.values()
}

/** A retained message says nothing about when the device was last alive. */
function countMessage(state: DeviceState | undefined, { arrivedAt, retain }: IncomingMessage): void {
  if (state === undefined) return
  state.messages += 1
  if (retain !== true) state.lastSeen = arrivedAt
}

function rejectedDevice(
  checked: ReturnType<typeof check>,
  devices: ReadonlyMap<string, DeviceState>,
): DeviceState | undefined {
  if (checked.kind !== 'rejected' || checked.rejection.device === null) return undefined
  return devices.get(checked.rejection.device)
}

function broken({ topic }: IncomingMessage, { storeId, kinds }: StoreIndex, { message }: Error): Rejection {
  const parts = parseTopic(topic)
  const device = parts !== null && parts.store === storeId && kinds.has(parts.device) ? parts.device : null
  const fault = { where: 'payload', found: renderFound(message), wanted: 'a report of this fault' }
  return rejection('fault', device, parts?.channel ?? 'a message', fault)
}

function overloaded({ device, message }: Pending, waiting: number): Rejection {
  const fault = {
    where: 'buffer',
    found: `${waiting} messages waiting`,
    wanted: 'fewer; positions and beacons go first',
  }
  return rejection('overload', device, message.channel, fault)
}

/** What happens once and is told once: it is never told again, so late is better than not at all. */
const toldOnce: ReadonlySet<SensorEvent['kind']> = new Set(['weight-change', 'product', 'scan', 'passage'])
/** Where people stood is remembered for 20 s; after a minute nobody knows whose it was. */
export const longestLateMs = 60_000

/** Whether the engine of an earlier run, which stopped at `earlierRun`, was given it. Of what is told again and again, its time tells. */
function isKnown({ event, pending: { wasGiven } }: Due, earlierRun: number): boolean {
  if (wasGiven === undefined) return false
  return toldOnce.has(event.kind) ? wasGiven : event.ts <= earlierRun
}

/** The event; one that comes late and is never told again counts as of now; null when it is too late. */
function inTime({ event }: Due, watermark: number): SensorEvent | null {
  if (event.ts > watermark) return event
  return toldOnce.has(event.kind) && watermark - event.ts <= longestLateMs ? { ...event, ts: watermark + 1 } : null
}

function tooLate({ pending, event }: Due, watermark: number): Rejection {
  const behindMs = Math.round(watermark - event.ts)
  const found = `${event.ts}, ${behindMs} ms before what was handed on, ${Math.round(pending.arrivedAt - event.ts)} ms old at its arrival`
  const fault = { where: '/ts', found, wanted: `a time after ${watermark}` }
  return named(rejection('late', pending.device, pending.message.channel, fault), pending.message)
}
