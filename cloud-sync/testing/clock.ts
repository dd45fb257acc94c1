/** A clock that stands still until it is moved, for tests of what waits. */
export interface TestClock {
  readonly now: () => number
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** How long each sleeper still sleeps, in milliseconds, shortest first. */
  readonly sleepers: () => number[]
  /** Moves on by `ms` and wakes whoever is due. */
  advance(ms: number): void
}

export function testClock(): TestClock {
  let time = Date.UTC(2026, 10, 21, 14)
  const sleeping = new Map<() => void, number>()
  return {
    now: () => time,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          sleeping.delete(wake)
          resolve()
        }
        if (signal.aborted) return wake()
        sleeping.set(wake, time + ms)
        signal.addEventListener('abort', wake, { once: true })
      }),
    sleepers: () => [...sleeping.values()].map((at) => at - time).sort((a, b) => a - b),
    advance(ms) {
      time += ms
      for (const [wake, at] of [...sleeping]) if (at <= time) wake()
    },
  }
}
