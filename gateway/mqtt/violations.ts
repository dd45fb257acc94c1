/** Says what was refused, and lets nobody fill the disk by being refused. */
import type { BusLog } from './bus.ts'

/** A whole attack is worth some lines, not a line each time. */
const maxLines = 30
const perMs = 60_000
/** A stranger may send an id of 16 KiB. */
const maxIdLength = 100

export interface Origin {
  /** The id that it gave, if any. */
  readonly client: string | null
  /** Where it comes from, where that is known. */
  readonly address: string | null
}

export interface Violations {
  add(origin: Origin, message: string): void
}

/** `nowMs` is any steady clock. */
export function createViolations(log: BusLog, nowMs: () => number, onViolation: () => void = () => {}): Violations {
  let began = Number.NEGATIVE_INFINITY
  let lines = 0
  return {
    add({ client, address }, message) {
      onViolation()
      const now = nowMs()
      if (now - began >= perMs) {
        if (lines > maxLines)
          log.warn({ count: lines - maxLines }, 'more MQTT connections were refused than are logged')
        began = now
        lines = 0
      }
      lines += 1
      if (lines <= maxLines) log.warn({ client: client?.slice(0, maxIdLength) ?? null, address }, message)
    },
  }
}
