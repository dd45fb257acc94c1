/** A small store and hand-made sensor streams for tests. */
import type { Joint, Target } from '../models/contracts/messages.ts'
import type { Product, Store } from '../models/contracts/store.ts'
import type { SensorEvent } from './events.ts'

export const t0 = 1_800_000_000_000

function product(sku: string, mean: number, sd: number | null, priceMinor: number, taxRate = 0.1): Product {
  return { sku, name: sku, priceMinor, taxRate, massGrams: { mean, sd } }
}

/** One shelf of six plates at y = 0.2, open towards y < 0; water on p1-p2, cola on p3, gum on p4, p5 empty, tea on p6. */
export const store: Store = {
  schema: 'tillfree.store/1',
  id: 's1',
  name: 'Test shop',
  currency: 'EUR',
  timezone: 'Europe/Rome',
  entry: 'open',
  zones: [
    {
      id: 'door',
      kind: 'entry-exit',
      polygon: [
        [4, -3],
        [6, -3],
        [6, -2],
        [4, -2],
      ],
    },
  ],
  fixtures: [
    {
      id: 'f1',
      kind: 'gondola',
      front: [0, -1],
      shelves: [
        {
          id: 'a',
          device: 'g1',
          cells: [1, 2, 3, 4, 5, 6].map((n) => ({ id: `p${n}`, center: [0.1 * n, 0.2, 1.2], size: [0.1, 0.4] })),
        },
      ],
    },
  ],
  products: [
    product('water', 538, 4, 150),
    product('cola', 350, 3, 120, 0.22),
    product('gum', 25, 0.5, 90),
    product('tea', 542, 3, 610),
  ],
  planogram: [
    { sku: 'water', cells: ['p1', 'p2'] },
    { sku: 'cola', cells: ['p3'] },
    { sku: 'gum', cells: ['p4'] },
    { sku: 'tea', cells: ['p6'] },
  ],
  devices: [
    { id: 'g1', kind: 'shelf' },
    { id: 'trk', kind: 'tracker' },
  ],
}

/** The same with the shelf in the door's zone: who is seen no more has left. */
export const doorShop: Store = {
  ...store,
  zones: [
    {
      id: 'door',
      kind: 'entry-exit',
      polygon: [
        [-1, -2],
        [2, -2],
        [2, 0],
        [-1, 0],
      ],
    },
  ],
}

/** What happens in a hand-made scene; times in milliseconds after `t0`. */
export interface Scene {
  readonly durationMs: number
  /** Weight changes: at, cell, grams. */
  readonly changes?: readonly (readonly [number, string, number])[]
  /** Where people are: body x, and where the right hand is; at the shelf when `reachAt` is within 400 ms. */
  readonly people?: readonly {
    readonly id: string
    readonly x: number
    readonly reachAt?: readonly number[]
    readonly from?: number
    readonly to?: number
  }[]
}

/** Events of a scene, in order: 10 Hz scales with a little deterministic noise, a 10 Hz tracker. */
export function play(scene: Scene): SensorEvent[] {
  const events: SensorEvent[] = []
  for (let ms = 0; ms < scene.durationMs; ms += 100) {
    const cells = Object.fromEntries(
      ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].map((cell, i) => {
        const added = (scene.changes ?? [])
          .filter(([at, c]) => c === cell && at <= ms)
          .reduce((sum, [, , g]) => sum + g, 0)
        return [cell, [1000 * i + added + 0.6 * Math.sin(ms * (1 + i))]]
      }),
    )
    events.push({ kind: 'weight', device: 'g1', ts: t0 + ms, rateHz: 10, cells })
    const present = (scene.people ?? []).filter(({ from = 0, to = Number.POSITIVE_INFINITY }) => ms >= from && ms < to)
    const targets: Target[] = present.map(({ id, x, reachAt = [] }) => {
      const reaching = reachAt.some((at) => Math.abs(at - ms) <= 400)
      const rightWrist: Joint = reaching ? [x, 0.05, 1.3, 0.9] : [x + 0.2, -0.6, 0.9, 0.9]
      return { id, joints: { neck: [x, -0.5, 1.5, 0.9], head: [x, -0.5, 1.7, 0.9], rightWrist } }
    })
    events.push({ kind: 'targets', device: 'trk', ts: t0 + ms, targets })
  }
  return events
}
