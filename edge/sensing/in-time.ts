/** Searches in what is in order of time: twenty seconds are kept of everybody, and mostly one is asked for. */

interface Timed {
  readonly t: number
}

/** What is within two times, both included. */
export function between<T extends Timed>(list: readonly T[], from: number, to: number): T[] {
  const first = firstFrom(list, from)
  let end = first
  while ((list[end]?.t ?? Number.POSITIVE_INFINITY) <= to) end++
  return list.slice(first, end)
}

/** Index of the first that is not before a time; the length when all are. */
export function firstFrom(list: readonly Timed[], time: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((list[middle]?.t ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}
