/** A job that is done at the start and once a day, a little at a time so that nobody waits for it. */
import { setTimeout as delay } from 'node:timers/promises'

const everyMs = 86_400_000
/** Whatever else the database has to do comes in between. */
const breatherMs = 1_000
/** A disk that is full or a database that is busy may be so no more by then. */
const afterErrorMs = 600_000

export interface DailyOptions {
  /** Does a bounded part; true: there is more to do. */
  readonly work: () => Promise<boolean>
  readonly onError: (error: Error) => void
  /** Resolves after so many milliseconds, or sooner when it is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface Daily {
  start(): void
  /** Waits for the part that is being done. */
  stop(): Promise<void>
}

export function createDaily({ work, onError, wait = waitByTimer }: DailyOptions): Daily {
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()

  async function part(): Promise<number> {
    try {
      return (await work()) ? breatherMs : everyMs
    } catch (error) {
      onError(error as Error)
      return afterErrorMs
    }
  }

  async function live(): Promise<void> {
    while (!stopping.signal.aborted) await wait(await part(), stopping.signal)
  }

  return {
    start() {
      running = live()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}

function waitByTimer(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal, ref: false }).then(
    () => undefined,
    () => undefined,
  )
}
