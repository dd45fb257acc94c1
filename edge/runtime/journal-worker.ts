/** The journal's thread: an fsync can take 8 ms and more, which the loop that serves sensors must not wait for. */
import { parentPort, workerData } from 'node:worker_threads'
import { type JournalStore, openJournalStore } from './journal-store.ts'

/** A call of one of the store's methods by name. */
export interface Call {
  readonly id: number
  readonly method: keyof JournalStore
  readonly args: readonly unknown[]
}

export type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string })

const port = parentPort
if (port === null) throw new Error('journal-worker.ts runs as a worker thread')
let store: JournalStore | null = null

port.on('message', ({ id, method, args }: Call) => {
  try {
    store ??= openJournalStore(String((workerData as { path: string }).path))
    const value = (store[method] as (...values: readonly unknown[]) => unknown)(...args)
    port.postMessage({ id, value } satisfies Answer)
    if (method === 'close') port.close()
  } catch (error) {
    port.postMessage({ id, error: (error as Error).message } satisfies Answer)
  }
})
