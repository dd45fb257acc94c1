/** Networks seen from the main loop: pictures in, people out, in a thread of their own. */
import { Piscina } from 'piscina'
import type { Box } from './framing.ts'
import type { LookTask, Posed, PoseTask, Seen } from './inference-worker.ts'
import type { Picture } from './picture.ts'

export interface Inference {
  /**
   * Looks for people in one picture after another, in the order of the calls. Rejects when too many wait already: whoever
   * has a newer picture by then drops the older one. `leastScore`: by default what a store takes for a person at sight.
   */
  look(picture: Picture, leastScore?: number): Promise<Seen>
  /** The joints of the people in these boxes of a picture. Rejects as `look` does. */
  poses(picture: Picture, boxes: readonly Box[]): Promise<Posed>
  /** What waits is rejected; what is being looked at is still answered. */
  stop(): Promise<void>
}

/** At 20 ms a look the last of these waits a third of a second, after which a shopper is half a metre away from it. */
const maxWaiting = 16

/** Starts the thread; a network is opened at its first picture. */
export function startInference(): Inference {
  const pool = new Piscina<LookTask | PoseTask, Seen | Posed>({
    filename: new URL('./inference-worker.ts', import.meta.url).href,
    execArgv: ['--import', import.meta.resolve('tsx')],
    minThreads: 1,
    maxThreads: 1,
    maxQueue: maxWaiting,
  })
  return {
    look(picture, leastScore) {
      const own = copyOf(picture)
      return pool.run({ picture: own, leastScore: leastScore ?? null }, handingOver(own)) as Promise<Seen>
    },
    poses(picture, boxes) {
      const own = copyOf(picture)
      return pool.run({ picture: own, boxes }, { ...handingOver(own), name: 'poses' }) as Promise<Posed>
    },
    stop: () => pool.close({ force: true }),
  }
}

/** A copy of its own: what is handed over is gone here, and may be part of a larger message. */
function copyOf(picture: Picture): Picture & { readonly bytes: Uint8Array<ArrayBuffer> } {
  return { ...picture, bytes: new Uint8Array(picture.bytes) }
}

function handingOver({ bytes }: { readonly bytes: Uint8Array<ArrayBuffer> }) {
  return { transferList: [bytes.buffer] }
}
