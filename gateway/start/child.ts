/** One process under supervision: started, waited for, started again when it crashes, stopped. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { roomForShortLived, runner } from '../../models/platform/runner.ts'

export interface ChildOptions {
  readonly name: string
  /** Script and arguments. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Told of each line of its log. */
  readonly onLog: (line: string) => void
  /** Told in words of crashes and restarts. */
  readonly tell: (message: string) => void
  /** Told when it will not be started again: what it was given is wrong. */
  readonly onGivenUp: () => void
}

export interface Child {
  /** Resolves when it says that it is ready; rejects when it ends before. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Imports, a database to open, a journal to read, on a slow machine. */
const readyTimeoutMs = 60_000
/** Longer than the children's own grace. */
const killAfterMs = 10_000
const firstRestartMs = 1_000
const longestRestartMs = 30_000
/** Who has run for so long has not crashed at its start. */
const steadyMs = 60_000
/** The children's exit code for wrong input: to start again would end the same way. */
const wrongInput = 2

export function createChild(options: ChildOptions): Child {
  return new SupervisedChild(options)
}

class SupervisedChild implements Child {
  readonly #options: ChildOptions
  readonly #stopping = new AbortController()
  #process: ChildProcess | null = null
  #crashes = 0
  #watching: Promise<void> = Promise.resolve()

  constructor(options: ChildOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#run()
    this.#watching = this.#watch()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const child = this.#process
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      await exited
      clearTimeout(timer)
    }
    await this.#watching
  }

  async #run(): Promise<void> {
    const { args, env, onLog } = this.#options
    const child = spawn(process.execPath, [roomForShortLived, runner, ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C reaches a whole group: in one of its own it is ended by stop() alone, once and in order.
      detached: true,
    })
    this.#process = child
    createInterface({ input: child.stderr }).on('line', onLog)
    await readiness(child, this.#options.name)
  }

  /** Waits for the end of the process and starts it again, until it is stopped. */
  async #watch(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const child = this.#process
      if (child === null) return
      const startedAt = performance.now()
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (this.#stopping.signal.aborted) return
      if (child.exitCode === wrongInput) return this.#options.onGivenUp()
      this.#crashes = performance.now() - startedAt > steadyMs ? 0 : this.#crashes
      await this.#restart(child)
    }
  }

  async #restart(child: ChildProcess): Promise<void> {
    const { name, tell } = this.#options
    const waitMs = Math.min(longestRestartMs, firstRestartMs * 2 ** this.#crashes)
    this.#crashes += 1
    tell(
      `The ${name} ended (${child.signalCode ?? `code ${child.exitCode}`}); starting it again in ${waitMs / 1000} s.`,
    )
    try {
      await delay(waitMs, undefined, { signal: this.#stopping.signal })
      await this.#run()
      tell(`The ${name} is back.`)
    } catch {
      // It ended again, which the next round sees, or it is being stopped.
    }
  }
}

/** Waits for the line `{"ready":true,…}` on standard output. */
function readiness(child: ChildProcess, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`The ${name} was not ready within ${readyTimeoutMs / 1000} s.`))
    }, readyTimeoutMs)
    child.once('exit', () => {
      clearTimeout(timer)
      reject(new Error(`The ${name} ended before it was ready.`))
    })
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"ready":true')) return
      clearTimeout(timer)
      resolve()
    })
  })
}
