/** Networks seen from the main loop: pictures in, people out, in a thread of their own. */
import { Piscina } from 'piscina'
import type { Seen } from './inference-worker.ts'
import type { Picture } from './picture.ts'

export interface Inference {
  /**
   * Looks at one picture after another, in the order of the calls. Rejects when too many wait already: whoever has a
   * newer picture by then drops the older one.
   */
  look(picture: Picture): Promise<Seen>
  /** What waits is rejected; what is being looked at is still answered. */
  stop(): Promise<void>
}

/** At 20 ms a look the last of these waits a third of a second, after which a shopper is half a metre away from it. */
const maxWaiting = 16

/** Starts the thread; the network is opened at the first picture. */
export function startInference(): Inference {
  const pool = new Piscina<Picture, Seen>({
    filename: new URL('./inference-worker.ts', import.meta.url).href,
    execArgv: ['--import', import.meta.resolve('tsx')],
    minThreads: 1,
    maxThreads: 1,
    maxQueue: maxWaiting,
  })
  return {
    look(picture) {
      // A copy of its own: what is handed over is gone here, and may be part of a larger message.
      const bytes = new Uint8Array(picture.bytes)
      return pool.run({ ...picture, bytes }, { transferList: [bytes.buffer] })
    },
    stop: () => pool.close({ force: true }),
  }
}
