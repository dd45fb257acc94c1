/** The journal's thread, in the world's time: the same calls in the same order, each answered a little later. */
import type { Journal } from '../../../edge/runtime/journal.ts'
import { type JournalStore, openJournalStore } from '../../../edge/runtime/journal-store.ts'
import type { Random } from '../../../simulators/random.ts'
import type { SimulatedDatabase } from './database.ts'
import type { SimulatedProcess } from './process.ts'

/** `committed` is told of each commit whether it came about. */
export function simulatedJournal(
  process: SimulatedProcess,
  database: SimulatedDatabase,
  random: Random,
  committed: (ok: boolean) => void,
): (path: string) => Journal {
  return (path) => {
    let store: JournalStore | null = null
    let freeAt = 0
    const run = (method: keyof JournalStore, args: readonly unknown[]) => {
      store ??= openJournalStore(path, database.optionsFor(process))
      return (store[method] as (...values: readonly unknown[]) => unknown)(...args)
    }
    const judged = (method: keyof JournalStore, args: readonly unknown[]) => {
      try {
        const value = run(method, args)
        if (method === 'commit') committed(true)
        return value
      } catch (error) {
        if (method === 'commit' && process.alive) committed(false)
        // A thread passes on the words alone.
        throw new Error((error as Error).message)
      }
    }
    const call = (method: keyof JournalStore, args: readonly unknown[]) => {
      const { now } = process.timeline
      freeAt = Math.max(now, freeAt) + random.range(1, 12)
      return process.later(freeAt - now, `journal: ${method}`, () => judged(method, args))
    }
    return new Proxy({} as Journal, {
      get: (_, method) =>
        method === 'then' ? undefined : (...args: unknown[]) => call(method as keyof JournalStore, args),
    })
  }
}
