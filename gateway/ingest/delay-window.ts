/**
 * How long a device's messages took to arrive, over the last minute: its clock error follows from the promptest, and
 * how long to wait from the slow ones.
 */

const bucketMs = 5_000
/** A minute: long enough to meet one prompt message on a bad link, short enough to follow a clock that was set. */
const windowMs = 60_000
/** Kept however old, so that what a device had stored up during an outage is known as old, not as a slow clock. */
const keptBuckets = 3
/** One bucket alone that is from the future, and so much earlier than all others, is a slip of one message, not the clock. */
const slipMs = 500
/** Constant lateness is no wrong clock (a tracker may think for 2.4 s); beyond the longest hold it must be one. */
export const maxDelayMs = 6_000

const ageStepMs = 50
const ageSteps = maxDelayMs / ageStepMs + 1
/** One message in a hundred may come later than what is waited for: it is lost as if the line had lost it. */
const patience = 0.99

interface Bucket {
  readonly start: number
  minMs: number
  /** How many messages were how old at their arrival, in steps of `ageStepMs`; the last counts all older ones. */
  readonly ages: number[]
}

export interface DelayWindow {
  /** `freshMs`: arrival minus the time of the last sample in it; `ageMs`: arrival minus the first one's. */
  add(arrivedAt: number, freshMs: number, ageMs: number): void
  /** How far the clock is ahead in milliseconds; negative: behind; 0: nothing to correct; null: nothing known. */
  aheadMs(): number | null
  /** The age that 99 of 100 messages of the last minute did not exceed, by its corrected clock; null: nothing came. */
  lateAgeMs(now: number): number | null
}

/**
 * Bounded: twelve buckets and the one that is filling. What it says depends on no order among what arrives at one time:
 * an age is corrected by what all messages of its arrival time say of the clock. When even the promptest message took
 * longer than `longestMs`, or than `longestAgainMs` in two buckets and more, the clock must be behind.
 */
export function createDelayWindow(longestMs = maxDelayMs, longestAgainMs = longestMs): DelayWindow {
  let buckets: Bucket[] = []
  /** The ages of what arrived at one time, not corrected until something arrives at another. */
  let latest = { arrivedAt: Number.NEGATIVE_INFINITY, ages: [] as number[] }

  function bucketAt(arrivedAt: number): Bucket {
    const start = startOf(arrivedAt)
    const last = buckets.at(-1)
    if (last !== undefined && last.start >= start) return last
    const ages = Array.from({ length: ageSteps }, () => 0)
    const fresh = { start, minMs: Number.POSITIVE_INFINITY, ages }
    buckets.push(fresh)
    buckets = buckets.filter(
      (bucket, i) => bucket.start > start - windowMs - bucketMs || i >= buckets.length - keptBuckets,
    )
    return fresh
  }

  function aheadMs(): number | null {
    const floorMs = floorOf(buckets)
    if (floorMs === null) return null
    return floorMs < 0 || floorMs > (buckets.length > 1 ? longestAgainMs : longestMs) ? -floorMs : 0
  }

  function countLatest(ages: number[]): number[] {
    const shiftMs = aheadMs() ?? 0
    for (const ageMs of latest.ages) {
      const step = Math.min(ageSteps - 1, Math.max(0, Math.ceil((ageMs + shiftMs) / ageStepMs)))
      ages[step] = (ages[step] ?? 0) + 1
    }
    return ages
  }

  return {
    add(arrivedAt, freshMs, ageMs) {
      if (arrivedAt !== latest.arrivedAt) {
        if (latest.ages.length > 0) countLatest(bucketAt(latest.arrivedAt).ages)
        latest = { arrivedAt, ages: [] }
      }
      latest.ages.push(ageMs)
      const bucket = bucketAt(arrivedAt)
      bucket.minMs = Math.min(bucket.minMs, freshMs)
    },
    aheadMs,
    lateAgeMs(now) {
      const since = now - windowMs - bucketMs
      const counted = buckets.filter(({ start }) => start > since).map(({ ages }) => ages)
      return quantile(startOf(latest.arrivedAt) > since ? [...counted, countLatest([])] : counted)
    },
  }
}

const startOf = (arrivedAt: number) => Math.floor(arrivedAt / bucketMs) * bucketMs

function quantile(histograms: readonly (readonly number[])[]): number | null {
  let later = histograms.reduce((sum, ages) => sum + ages.reduce((a, b) => a + b, 0), 0) * (1 - patience)
  if (later === 0) return null
  for (let step = ageSteps - 1; step > 0; step--) {
    later -= histograms.reduce((sum, ages) => sum + (ages[step] ?? 0), 0)
    if (later < 0) return step * ageStepMs
  }
  return 0
}

function floorOf(buckets: readonly Bucket[]): number | null {
  const [least, next] = buckets.map(({ minMs }) => minMs).sort((a, b) => a - b)
  if (least === undefined) return null
  const isSlip = buckets.length >= keptBuckets && least < -slipMs && next !== undefined && next - least > slipMs
  // What came in time once is no slip: it shows that the clock is not behind, however much that was stored up comes beside it.
  return isSlip ? Math.min(next, 0) : least
}
