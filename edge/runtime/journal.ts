/** The journal seen from the main loop: the same calls as the store, answered later. */
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { runner } from '../../models/platform/runner.ts'
import type { JournalStore } from './journal-store.ts'
import type { Answer, Call } from './journal-worker.ts'

/** Every method of the store, as a promise. */
export type Journal = {
  readonly [M in keyof JournalStore]: (...args: Parameters<JournalStore[M]>) => Promise<ReturnType<JournalStore[M]>>
}

const thread = fileURLToPath(new URL('./journal-worker.ts', import.meta.url))

/** Starts the journal's thread on a database file. Calls reject when the store throws or the thread dies. */
export function startJournal(path: string): Journal {
  const worker = new Worker(runner, { argv: [thread], execArgv: [], workerData: { path } })
  const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let calls = 0
  let dead: Error | null = null

  const fail = (error: Error) => {
    dead ??= error
    for (const { reject } of open.values()) reject(error)
    open.clear()
  }
  worker.on('message', (answer: Answer) => {
    const call = open.get(answer.id)
    open.delete(answer.id)
    if ('error' in answer) call?.reject(new Error(answer.error))
    else call?.resolve(answer.value)
  })
  worker.on('error', fail)
  const ended = once(worker, 'exit').then(() => fail(new Error('the journal is closed')))

  const call = (method: keyof JournalStore, args: readonly unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      if (dead !== null) return reject(dead)
      const id = ++calls
      open.set(id, { resolve, reject })
      worker.postMessage({ id, method, args } satisfies Call)
    })
  // A library may hold the file for as long as the thread lives.
  const close = () => call('close', []).then(() => ended)
  return new Proxy({} as Journal, {
    get: (_, method) => {
      if (method === 'then') return undefined
      return method === 'close' ? close : (...args: unknown[]) => call(method as keyof JournalStore, args)
    },
  })
}
