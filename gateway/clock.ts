/** What time it is for the gateway: the wall's, or a simulator's that owns time. */

export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number
}

/** The platform's clock. When it is set back (NTP, an operator) it stands still instead until it has caught up. */
export function createWallClock(read: () => number = Date.now): Clock {
  let latest = Number.NEGATIVE_INFINITY
  return {
    now() {
      latest = Math.max(latest, read())
      return latest
    },
  }
}

export interface SimulatedClock extends Clock {
  /** A time before the current one is ignored. */
  set(now: number): void
}

/** Stands at 0 until the simulator says what time it is. */
export function createSimulatedClock(): SimulatedClock {
  let current = 0
  return {
    now: () => current,
    set(now) {
      current = Math.max(current, now)
    },
  }
}
