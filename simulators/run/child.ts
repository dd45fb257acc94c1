/** Another process of the system, started and ended by the simulator. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { runner } from '../../models/platform/runner.ts'

export interface Child {
  /** The ready line that it printed. */
  readonly ready: Readonly<Record<string, unknown>>
  /** SIGTERM and wait; SIGKILL when it does not end by itself. */
  stop(): Promise<void>
  kill(): Promise<void>
}

/** A process that is to end gracefully gets this long. */
const graceMs = 10_000
const readyTimeoutMs = 60_000
/** Enough of its last words to see why it failed. */
const keptLines = 30

/**
 * Starts a TypeScript file and waits for its line `{"ready":true,…}`. `signal`: kills it (SIGKILL) while it is not ready. `more`:
 * variables beside those of this process.
 */
export async function startChild(
  file: string,
  args: readonly string[],
  signal?: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Child> {
  const env = { ...process.env, ...more }
  const child = spawn(process.execPath, [runner, file, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  const killNow = (): unknown => child.kill('SIGKILL')
  signal?.addEventListener('abort', killNow)
  // Whatever ends the simulator, nobody else would end this one.
  const endToo = (): unknown => child.kill('SIGKILL')
  process.once('exit', endToo)
  child.once('exit', () => process.off('exit', endToo))
  const words: string[] = []
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line)
    if (words.length > keptLines) words.shift()
  })
  const exited = once(child, 'exit')
  try {
    const ready = await readyLine(child, exited)
    signal?.removeEventListener('abort', killNow)
    return { ready, stop: () => end(child, exited, 'SIGTERM'), kill: () => end(child, exited, 'SIGKILL') }
  } catch (error) {
    await end(child, exited, 'SIGKILL')
    throw new Error(`${file}: ${(error as Error).message}\n${words.join('\n')}`)
  }
}

function readyLine(child: ChildProcess, exited: Promise<unknown>): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('said nothing for 60 s, wanted {"ready":true,…}')), readyTimeoutMs)
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
    }
    exited.then(() => settle(() => reject(new Error(`ended with code ${child.exitCode} before it was ready`))))
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = parseReady(line)
      if (said !== null) settle(() => resolve(said))
    })
  })
}

function parseReady(line: string): Record<string, unknown> | null {
  try {
    const said: unknown = JSON.parse(line)
    return typeof said === 'object' && said !== null && 'ready' in said ? (said as Record<string, unknown>) : null
  } catch {
    return null
  }
}

async function end(child: ChildProcess, exited: Promise<unknown>, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await exited
  clearTimeout(timer)
}
