/** How long to hold messages back: as long as the slowest device needed in the last minute, and some more. */
import { maxDelayMs } from './delay-window.ts'
import type { BootState } from './device-state.ts'

/** Scales batch for 200 ms and Wi-Fi retries for some hundred more: below a second order cannot be promised. */
const minHoldMs = 1_000
const headroom = 1.25
/** In a quarter of a minute every device of a shop that is awake has said something some dozen times. */
const learningMs = 15_000
const marginMs = 250

/** Milliseconds. At first, while little is known of the devices, it is the longest. */
export function holdMs(boots: Iterable<BootState>, now: number, startedAt: number): number {
  if (now - startedAt < learningMs) return maxDelayMs
  let latestMs = 0
  for (const { delays } of boots) {
    latestMs = Math.max(latestMs, delays.lateAgeMs(now) ?? 0)
  }
  return Math.min(maxDelayMs, Math.max(minHoldMs, latestMs * headroom + marginMs))
}
