/** What time it is for the gateway: the wall's, or a simulator's that owns time. */

export interface Clock {
  /** Milliseconds since the epoch; never goes back. */
  now(): number
  /** How far it is ahead of the platform's, which was set back; 0 as a rule, and where it is left out. */
  readonly aheadMs?: () => number
}

/** What it loses of each second until the platform's has caught up: less than would make devices' clocks look wrong. */
const slowerBy = 0.01

/**
 * The platform's clock. When that is set back (NTP, an operator) it goes on from where it was, a hundredth slower: a store whose
 * time stood still would take all that happens meanwhile for one moment. `elapsed`: a clock that nobody sets, milliseconds.
 */
export function createWallClock(
  read: () => number = Date.now,
  elapsed: () => number = () => performance.now(),
): Required<Clock> {
  let latest = Number.NEGATIVE_INFINITY
  let at = 0
  const now = () => {
    const since = elapsed() - at
    at += since
    latest = Math.max(read(), latest + since * (1 - slowerBy))
    return Math.floor(latest)
  }
  return { now, aheadMs: () => Math.max(0, now() - read()) }
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
