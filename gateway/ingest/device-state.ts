/** What ingest keeps of one device: its boots, their clocks and counts. Bounded. */
import type { DeviceKind } from '../../models/contracts/store.ts'
import { createDelayWindow, type DelayWindow, maxDelayMs } from './delay-window.ts'
import {
  createRepeats,
  createSequenceCount,
  onceKeys,
  type Repeats,
  readingKeys,
  type SequenceCount,
} from './sequence.ts'

/** A device that restarts over and over keeps its last boots; stragglers of older ones are rare and start afresh. */
const keptBoots = 4
/** The largest frame takes half a second on a poor Wi-Fi, and EXIF may leave out the fraction of the second. */
const longestFrameDelayMs = 1_500
/**
 * A scan that is older than 5 s opens nothing (`entry/gate.ts`): a gate whose clock is behind by that, or by somewhat less on a slow
 * line, would never open again. One scan alone may have been on its way for so long.
 */
const longestGateDelayMs = 4_000

export interface BootState {
  readonly boot: string
  readonly firstArrivedAt: number
  readonly delays: DelayWindow
  readonly sequence: SequenceCount
}

export interface DeviceState {
  readonly device: string
  /** Apart, so that many readings make nobody forget what happened once and may come again. */
  readonly repeats: { readonly readings: Repeats; readonly once: Repeats }
  readonly boots: Map<string, BootState>
  /** What comes later than this again and again is by a clock that is behind, milliseconds. */
  readonly longestDelayMs: number
  /** Lost messages of boots that are no longer kept. */
  lostBefore: number
  messages: number
  accepted: number
  duplicates: number
  rejected: number
  frames: number
  /** How its frames' own times compare with their arrival. */
  readonly frameDelays: DelayWindow
  /** Arrival of the latest live message in milliseconds since the epoch; null before the first. */
  lastSeen: number | null
}

export function createDeviceState(device: string, kind: DeviceKind): DeviceState {
  const counts = { lostBefore: 0, messages: 0, accepted: 0, duplicates: 0, rejected: 0, frames: 0 }
  const repeats = { readings: createRepeats(readingKeys), once: createRepeats(onceKeys) }
  const frameDelays = createDelayWindow(longestFrameDelayMs)
  const longestDelayMs = kind === 'gate' ? longestGateDelayMs : maxDelayMs
  return { device, repeats, frameDelays, longestDelayMs, boots: new Map(), ...counts, lastSeen: null }
}

/** The state of a boot, made when it is new. */
export function bootOf(state: DeviceState, boot: string, arrivedAt: number): BootState {
  const known = state.boots.get(boot)
  if (known !== undefined) return known
  const delays = createDelayWindow(maxDelayMs, state.longestDelayMs)
  const fresh = { boot, firstArrivedAt: arrivedAt, delays, sequence: createSequenceCount() }
  state.boots.set(boot, fresh)
  for (const [name, old] of state.boots) {
    if (state.boots.size <= keptBoots) break
    state.lostBefore += old.sequence.lost()
    state.boots.delete(name)
  }
  return fresh
}

/** By first arrival, then by name, so that the order does not hang on which came first within one arrival time. */
export function compareBoots(a: BootState, b: BootState): number {
  return a.firstArrivedAt - b.firstArrivedAt || (a.boot < b.boot ? -1 : a.boot > b.boot ? 1 : 0)
}

export interface DeviceStats {
  readonly device: string
  readonly messages: number
  readonly accepted: number
  readonly lost: number
  readonly duplicates: number
  readonly rejected: number
  readonly frames: number
  readonly lastSeen: number | null
  /** How far its clock is ahead in milliseconds, as corrected; null before its first message. */
  readonly clockOffsetMs: number | null
}

export function deviceStats(state: DeviceState): DeviceStats {
  const { device, messages, accepted, duplicates, rejected, frames, lastSeen } = state
  const boots = [...state.boots.values()]
  const lost = boots.reduce((sum, { sequence }) => sum + sequence.lost(), state.lostBefore)
  const clockOffsetMs = state.frameDelays.aheadMs() ?? boots.sort(compareBoots).at(-1)?.delays.aheadMs() ?? null
  return { device, messages, accepted, lost, duplicates, rejected, frames, lastSeen, clockOffsetMs }
}
