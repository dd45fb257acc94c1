/** Holds messages back until what was sent earlier but comes later has had its chance. */
import type { SensorEvent } from '../../edge/events.ts'
import type { DeviceMessage } from './check.ts'
import { type BootState, compareBoots } from './device-state.ts'
import { lastTime, sensorEvent } from './sensor-event.ts'

export interface Pending {
  readonly device: string
  readonly boot: BootState
  readonly arrivedAt: number
  readonly message: DeviceMessage
  readonly name?: number
  /** Of a message that an earlier process took in: whether the engine was given it. */
  readonly wasGiven?: boolean
}

export interface Due {
  readonly pending: Pending
  readonly event: SensorEvent
}

/** 100,000 messages are six seconds of the busiest convenience store (15,000 a second): more is a flood. */
const shedAdvertisementsAt = 100_000
/** Half as much again; from here on positions go too. What a scale, a scanner or a gate said is never shed. */
const shedTargetsAt = 150_000

export interface ReorderBuffer {
  /** False when it is shed because too much is waiting. */
  add(pending: Pending): boolean
  /** Takes out everything with a corrected time up to `limit`, sorted by time, device, boot and seq. */
  take(limit: number): Due[]
  size(): number
  /** Of what waits to be given for the first time and has one. */
  names(): number[]
}

/**
 * What a message's times are moved by in milliseconds: its device's clock error, and never so little that it would
 * tell of something that happens after its own arrival.
 */
export function shiftOf({ boot, arrivedAt, message }: Pending): number {
  return Math.min(-(boot.delays.aheadMs() ?? 0), arrivedAt - lastTime(message))
}

export function createReorderBuffer(): ReorderBuffer {
  let waiting: Pending[] = []
  return {
    add(pending) {
      const { channel } = pending.message
      if (channel === 'event/adv' && waiting.length >= shedAdvertisementsAt) return false
      if (channel === 'raw/targets' && waiting.length >= shedTargetsAt) return false
      waiting.push(pending)
      return true
    },
    take(limit) {
      const due: Due[] = []
      const rest: Pending[] = []
      for (const pending of waiting) {
        const shiftMs = shiftOf(pending)
        const event =
          pending.message.envelope.ts + shiftMs > limit ? null : sensorEvent(pending.device, pending.message, shiftMs)
        if (event === null) rest.push(pending)
        else due.push({ pending, event })
      }
      waiting = rest
      return due.sort(compareDue)
    },
    size: () => waiting.length,
    names: () => waiting.flatMap(({ name, wasGiven }) => (name === undefined || wasGiven === true ? [] : [name])),
  }
}

function compareDue(a: Due, b: Due): number {
  return (
    a.event.ts - b.event.ts ||
    compareText(a.event.device, b.event.device) ||
    compareBoots(a.pending.boot, b.pending.boot) ||
    a.pending.message.envelope.seq - b.pending.message.envelope.seq ||
    compareText(a.event.kind, b.event.kind)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
