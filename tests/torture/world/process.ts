/** A process of the world: what it waits for comes while it lives, and never afterwards. */
import type { Wait } from '../../../cloud-sync/delivery-send.ts'
import type { Timeline } from './timeline.ts'

/** Thrown into the code of a process that has just been killed; nobody hears it. */
export class ProcessDied extends Error {}

export class SimulatedProcess {
  readonly timeline: Timeline
  alive = true

  constructor(timeline: Timeline) {
    this.timeline = timeline
  }

  after(ms: number, what: string, run: () => void): void {
    this.timeline.after(ms, what, () => {
      if (this.alive) run()
    })
  }

  /** Resolves or rejects with what `work` does after a while. */
  later<T>(ms: number, what: string, work: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      this.after(ms, what, () => {
        try {
          resolve(work())
        } catch (error) {
          if (this.alive) reject(error)
        }
      })
    })
  }

  every(ms: number, what: string, run: () => void): void {
    this.after(ms, what, () => {
      this.every(ms, what, run)
      run()
    })
  }

  readonly wait: Wait = (ms, signal) =>
    new Promise((resolve) => {
      const over = () => {
        signal.removeEventListener('abort', over)
        resolve()
      }
      if (signal.aborted) return resolve()
      signal.addEventListener('abort', over, { once: true })
      this.after(ms, 'a wait is over', over)
    })
}
