/**
 * Whether a gate's message was stored up. Its age alone does not tell: it may be the error of the gate's clock, which makes everything
 * that the gate says about as old. What was stored up comes at once when the line is back, and each of it is of another age.
 */
import type { DeviceMessage } from '../ingest/check.ts'

/** Two that come within this may be of one store that is emptied; who scans again after a look at the gate needs as long. */
const apartMs = 2_000
/** A line's ordinary lateness, and what a clock drifts between two messages. */
const sameAgeMs = 1_000
/** Of each gate: somebody who scans again and again makes nobody forget how late its clock is. */
const mostKept = 20

interface Heard {
  readonly boot: string
  readonly arrivedAt: number
  readonly ageMs: number
}

export interface StoredUp {
  /** Ask once for each live message of a gate, in order of arrival. `longestMs`: no message of this age or less was stored up for long. */
  wasStored(device: string, message: DeviceMessage, arrivedAt: number, longestMs: number): boolean
}

export function createStoredUp(): StoredUp {
  /** By gate. */
  const kept = new Map<string, readonly Heard[]>()
  return {
    wasStored(device, { envelope: { boot, ts } }, arrivedAt, longestMs) {
      const ageMs = arrivedAt - ts
      const before = kept.get(device) ?? []
      kept.set(device, [...before, { boot, arrivedAt, ageMs }].slice(-mostKept))
      if (ageMs <= longestMs) return false
      return !before.some(
        (heard) =>
          heard.boot === boot && arrivedAt - heard.arrivedAt >= apartMs && Math.abs(ageMs - heard.ageMs) <= sameAgeMs,
      )
    },
  }
}
