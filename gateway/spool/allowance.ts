/** How much of what a device says is kept: one that somebody took over shall not fill the disk, nor the memory of the next start. */
import type { Store } from '../../models/contracts/store.ts'
import { parseTopic } from '../../models/contracts/topics.ts'
import { isFrame } from './spool.ts'

/** As long as a file of the spool takes messages; what is in nine of those is on the disk at a time (`spool.ts`). */
const windowMs = 10_000
/** More than all devices of the busiest shop say together (2 MB/s): of one device 320 MiB are on the disk at most. */
export const mostBytes = 32 * 1024 * 1024

export interface Allowance {
  /** Whether messages of this topic are kept at all: pictures are not, nor what ingest refuses by its topic alone. */
  isWanted(topic: string): boolean
  /** Takes the bytes of a message that is to be kept from what its device has left; false: it has not so many. */
  take(topic: string, bytes: number, now: number): boolean
}

/** `now` in milliseconds, by any clock. */
export function createAllowance({ id, devices }: Store): Allowance {
  const known = new Set(devices.map((device) => device.id))
  /** By device, in this window. */
  const taken = new Map<string, number>()
  let window = Number.NaN

  function deviceOf(topic: string): string | null {
    const parts = parseTopic(topic)
    const isOurs = parts !== null && parts.store === id && known.has(parts.device) && !isFrame(topic)
    return isOurs ? parts.device : null
  }

  return {
    isWanted: (topic) => deviceOf(topic) !== null,
    take(topic, bytes, now) {
      const device = deviceOf(topic)
      if (device === null) return false
      const current = Math.floor(now / windowMs)
      if (current !== window) taken.clear()
      window = current
      const sum = (taken.get(device) ?? 0) + bytes
      if (sum > mostBytes) return false
      taken.set(device, sum)
      return true
    },
  }
}
