/**
 * The how-many-th this is in a stretch of `perMs` milliseconds, so that of many alike only the first are written down.
 * `nowMs` is any steady clock.
 */
export function createCounter(perMs: number, nowMs: () => number): () => number {
  let began = Number.NEGATIVE_INFINITY
  let count = 0
  return () => {
    if (nowMs() - began >= perMs) {
      began = nowMs()
      count = 0
    }
    count += 1
    return count
  }
}

/** The same, apart for each of some names, of which the caller knows that they are few. */
export function createCounters(perMs: number, nowMs: () => number): (name: string) => number {
  const counters = new Map<string, () => number>()
  return (name) => {
    const counter = counters.get(name) ?? createCounter(perMs, nowMs)
    counters.set(name, counter)
    return counter()
  }
}
