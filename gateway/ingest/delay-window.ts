/** How long a device's messages took to arrive, over the last minute; its clock error follows from it. */

const bucketMs = 5_000
/** A minute: long enough to meet one prompt message on a bad link, short enough to follow a clock that was set. */
export const windowMs = 60_000
/** Kept however old, so that what a device had stored up during an outage is known as old, not as a slow clock. */
const keptBuckets = 3
/** One bucket alone that is so much earlier than all others is a slip of one message, not the clock. */
const slipMs = 500
/** Constant lateness is no wrong clock (a tracker may think for 2.4 s); beyond the longest hold it must be one. */
export const maxDelayMs = 6_000

interface Bucket {
  readonly start: number
  minMs: number
  maxMs: number
}

export interface DelayWindow {
  /** `freshMs`: arrival minus the time of the last sample in it; `ageMs`: arrival minus the first one's. */
  add(arrivedAt: number, freshMs: number, ageMs: number): void
  /** How far the clock is ahead in milliseconds; negative: behind; 0: nothing to correct; null: nothing known. */
  aheadMs(): number | null
  /** The largest age in the last minute, by the device's own clock; null when nothing came. */
  maxAgeMs(now: number): number | null
}

/** Bounded: twelve buckets and the one that is filling. What it says depends on no order within a bucket. */
export function createDelayWindow(): DelayWindow {
  let buckets: Bucket[] = []

  function bucketAt(arrivedAt: number): Bucket {
    const start = Math.floor(arrivedAt / bucketMs) * bucketMs
    const last = buckets.at(-1)
    if (last !== undefined && last.start >= start) return last
    const fresh = { start, minMs: Number.POSITIVE_INFINITY, maxMs: Number.NEGATIVE_INFINITY }
    buckets.push(fresh)
    buckets = buckets.filter(
      (bucket, i) => bucket.start > start - windowMs - bucketMs || i >= buckets.length - keptBuckets,
    )
    return fresh
  }

  return {
    add(arrivedAt, freshMs, ageMs) {
      const bucket = bucketAt(arrivedAt)
      bucket.minMs = Math.min(bucket.minMs, freshMs)
      bucket.maxMs = Math.max(bucket.maxMs, ageMs)
    },
    aheadMs() {
      const floorMs = floorOf(buckets)
      if (floorMs === null) return null
      return floorMs < 0 || floorMs > maxDelayMs ? -floorMs : 0
    },
    maxAgeMs(now) {
      const recent = buckets.filter(({ start }) => start > now - windowMs - bucketMs)
      return recent.length === 0 ? null : Math.max(...recent.map(({ maxMs }) => maxMs))
    },
  }
}

function floorOf(buckets: readonly Bucket[]): number | null {
  const [least, next] = buckets.map(({ minMs }) => minMs).sort((a, b) => a - b)
  if (least === undefined) return null
  const slipped = buckets.length >= keptBuckets && next !== undefined && next - least > slipMs
  return slipped ? next : least
}
