/** Duplicates and losses, by `boot`, `seq` and `id`. */

/** Of readings: 17 s of a device that sends 60 messages a second, above twice the longest hold: older copies are late anyway. */
export const readingKeys = 2_048
/** Of what happens once, which is taken up to a minute late: as many as such a device could say in that time, each with an id. */
export const onceKeys = 8_192
/** A larger jump is another count, not a loss: 100,000 messages are half an hour of the busiest device. */
const maxGap = 100_000

export interface Repeats {
  /** True when one of the keys was there before; remembers them otherwise. */
  seen(keys: readonly string[]): boolean
}

/** Remembers the latest keys, so many. */
export function createRepeats(rememberedKeys: number): Repeats {
  const keys = new Set<string>()
  return {
    seen(candidates) {
      if (candidates.some((key) => keys.has(key))) return true
      for (const key of candidates) keys.add(key)
      for (const key of keys) {
        if (keys.size <= rememberedKeys) break
        keys.delete(key)
      }
      return false
    },
  }
}

export interface SequenceCount {
  /** Call once for each message that is no duplicate. */
  add(seq: number): void
  /** Messages between the first and the latest that did not come, or not yet. */
  lost(): number
}

/** Counts the holes of one boot; what comes out of order fills its hole again. */
export function createSequenceCount(): SequenceCount {
  let settled = 0
  let lowest = 0
  let highest = -1
  let received = 0
  const holes = () => Math.max(0, highest - lowest + 1 - received)

  return {
    add(seq) {
      if (received > 0 && seq < lowest - maxGap) return
      if (received === 0 || seq > highest + maxGap) {
        settled += holes()
        lowest = seq
        highest = seq
        received = 1
        return
      }
      lowest = Math.min(lowest, seq)
      highest = Math.max(highest, seq)
      received += 1
    },
    lost: () => settled + holes(),
  }
}
