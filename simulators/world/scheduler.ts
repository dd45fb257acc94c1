/** Virtual time: processes are generators that yield the time at which they want to go on. */

/** Yields milliseconds since the epoch; a time in the past means "at once". */
export type Process = Generator<number, void, void>

interface Waiting {
  readonly at: number
  readonly order: number
  readonly process: Process
}

/** Runs processes in order of time; those of one time in the order in which they asked. */
export class Scheduler {
  now: number
  private order = 0
  private readonly heap: Waiting[] = []

  constructor(start: number) {
    this.now = start
  }

  spawn(process: Process, at = this.now): void {
    this.push({ at: Math.max(at, this.now), order: this.order++, process })
  }

  /** Runs everything that is due up to and including `time`. */
  runUntil(time: number): void {
    for (let next = this.heap[0]; next !== undefined && next.at <= time; next = this.heap[0]) {
      this.pop()
      this.now = Math.max(this.now, next.at)
      const { done, value } = next.process.next()
      if (done !== true) this.spawn(next.process, value)
    }
    this.now = Math.max(this.now, time)
  }

  private push(waiting: Waiting): void {
    const { heap } = this
    let at = heap.push(waiting) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !earlier(waiting, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = waiting
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      const child = this.smallerChild(at)
      const below = heap[child]
      if (below === undefined || !earlier(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
  }

  private smallerChild(at: number): number {
    const left = this.heap[2 * at + 1]
    const right = this.heap[2 * at + 2]
    return left !== undefined && right !== undefined && earlier(right, left) ? 2 * at + 2 : 2 * at + 1
  }
}

function earlier(a: Waiting, b: Waiting): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
