/** How often bad codes were scanned at each gate of late, so that a short code of a card cannot be found by trying. */

/** A reader that is dirty, and a few people with old links, in a minute. */
const mostBad = 10
const withinMs = 60_000

export interface BadCodes {
  add(gate: string, now: number): void
  /** Whether so many came within the minute that cards are not taken. What phones sign cannot be guessed, and always is. */
  areTooMany(gate: string, now: number): boolean
}

/** Bounded by the gates of the store. */
export function createBadCodes(): BadCodes {
  const latest = new Map<string, readonly number[]>()
  return {
    add(gate, now) {
      latest.set(gate, [...(latest.get(gate) ?? []), now].slice(-mostBad))
    },
    areTooMany(gate, now) {
      const times = latest.get(gate) ?? []
      return times.length === mostBad && (times[0] ?? 0) > now - withinMs
    },
  }
}
