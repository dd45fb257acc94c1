/** Virtual time: what is due happens one after the other, and all that follows from one has happened before the next. */
import { createHash } from 'node:crypto'

interface Due {
  readonly at: number
  readonly what: string
  readonly run: () => void
}

/** A request through the account service takes some ten turns; one that takes more hangs. */
const mostTurns = 10_000

export class Timeline {
  /** Milliseconds since the world began: true time, which no machine of it knows. */
  now = 0
  /** Hours in which nothing happens and nobody waits, passed over; clocks know of them. */
  nightsMs = 0
  steps = 0
  readonly #due: Due[] = []
  readonly #hash = createHash('sha256')
  readonly #tell: (line: string) => void
  #busy = 0

  /** `tell` is told of each line of the trace. */
  constructor(tell: (line: string) => void = () => {}) {
    this.#tell = tell
  }

  after(ms: number, what: string, run: () => void): void {
    const at = this.now + Math.max(0, ms)
    const place = this.#due.findLastIndex((due) => due.at <= at)
    this.#due.splice(place + 1, 0, { at, what, run })
  }

  /** Work that goes by turns of the platform's loop and by nothing else: a step is over when it is. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1
    try {
      return await work
    } finally {
      this.#busy -= 1
    }
  }

  /** Does what is due next. */
  async step(): Promise<void> {
    const due = this.#due.shift()
    if (due === undefined) throw new Error('the world stands still: nothing is due any more')
    this.now = due.at
    this.steps += 1
    this.note(due.what)
    due.run()
    await this.settle()
  }

  /** Everything that can go on without time has. */
  async settle(): Promise<void> {
    for (let turns = 0; turns < 1 || this.#busy > 0; turns++) {
      if (turns > mostTurns) throw new Error('something goes on for ever without time')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Part of the trace: two runs of a seed are the same when their traces are. */
  note(what: string): void {
    const line = `${this.now.toFixed(3)} ${what}`
    this.#hash.update(`${line}\n`)
    this.#tell(line)
  }

  trace(): string {
    return this.#hash.copy().digest('hex').slice(0, 16)
  }
}
