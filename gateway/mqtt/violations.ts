/** Says what was refused, and lets nobody fill the disk by being refused. */
import type { BusLog } from './bus.ts'

/** A whole attack is worth some lines, not a line each time. */
const maxLines = 30
const perMs = 60_000

export interface Violations {
  /** `client` is the id that it gave, if any. */
  add(client: string | null, message: string): void
}

/** `nowMs` is any steady clock. */
export function createViolations(log: BusLog, nowMs: () => number, onViolation: () => void = () => {}): Violations {
  let began = Number.NEGATIVE_INFINITY
  let lines = 0
  return {
    add(client, message) {
      onViolation()
      const now = nowMs()
      if (now - began >= perMs) {
        if (lines > maxLines)
          log.warn({ count: lines - maxLines }, 'more MQTT connections were refused than are logged')
        began = now
        lines = 0
      }
      lines += 1
      if (lines <= maxLines) log.warn({ client }, message)
    },
  }
}
