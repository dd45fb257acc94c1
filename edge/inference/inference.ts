/** Networks seen from the main loop: pictures in, people out, in a thread of their own. */
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { runner } from '../../models/platform/runner.ts'
import type { Box } from './framing.ts'
import type { Featured, Posed, Seen, Task } from './inference-worker.ts'
import type { Picture } from './picture.ts'
import type { Crop } from './product-picture.ts'
import { createSlots } from './slots.ts'

export interface Inference {
  /**
   * Looks for people in one picture after another, in the order of the calls. Rejects when too many wait already: whoever
   * has a newer picture by then drops the older one. `leastScore`: by default what a store takes for a person at sight.
   */
  look(picture: Picture, leastScore?: number): Promise<Seen>
  /** The joints of the people in these boxes of a picture. Rejects as `look` does. */
  poses(picture: Picture, boxes: readonly Box[]): Promise<Posed>
  /** What the product network makes of these parts of a picture. Rejects as `look` does. */
  products(picture: Picture, parts: readonly Crop[]): Promise<Featured>
  /** What waits is rejected; what is being looked at is still answered. */
  stop(): Promise<void>
}

/** At 20 ms a look the last of these waits a third of a second, after which a shopper is half a metre away from it. */
const maxWaiting = 16

const thread = fileURLToPath(new URL('./inference-worker.ts', import.meta.url))

/** Starts the thread; a network is opened at its first picture. */
export function startInference(): Inference {
  const pool = new Piscina<Task, Seen | Posed | Featured>({
    filename: runner,
    argv: [thread],
    execArgv: [],
    minThreads: 1,
    maxThreads: 1,
    maxQueue: maxWaiting,
  })
  const slots = createSlots()
  async function run(picture: Picture, task: (own: Picture) => Task) {
    const { length } = picture.bytes
    const slot = slots.take(length)
    const bytes = new Uint8Array(slot.memory, 0, length)
    bytes.set(picture.bytes)
    try {
      return await pool.run(task({ ...picture, bytes }))
    } finally {
      slots.give(slot)
    }
  }
  return {
    look: (picture, leastScore = undefined) =>
      run(picture, (own) => ({ wanted: 'people', picture: own, leastScore: leastScore ?? null })) as Promise<Seen>,
    poses: (picture, boxes) => run(picture, (own) => ({ wanted: 'poses', picture: own, boxes })) as Promise<Posed>,
    products: (picture, parts) =>
      run(picture, (own) => ({ wanted: 'products', picture: own, parts })) as Promise<Featured>,
    stop: () => pool.close({ force: true }),
  }
}
