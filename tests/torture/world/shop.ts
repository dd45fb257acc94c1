/** The shop of the world: a gate, and plates so far apart that no two changes are taken for one. */
import { defaultPolicy, type ReceiptPolicy } from '../../../edge/engine/receipt.ts'
import type { Store } from '../../../models/contracts/store.ts'

export interface Plate {
  readonly cell: string
  readonly device: string
  readonly sku: string
  readonly massGrams: number
  readonly x: number
}

export const plateY = 5
export const door = { x: 1, y: 1 }

const goods = [
  { sku: 'water', mean: 538, priceMinor: 150, taxRate: 0.1 },
  { sku: 'cola', mean: 351, priceMinor: 120, taxRate: 0.22 },
  { sku: 'wine', mean: 1250, priceMinor: 899, taxRate: 0.22 },
  { sku: 'tea', mean: 204, priceMinor: 610, taxRate: 0.1 },
] as const

/** Each product lies on two plates, each of a shelf and half of them of a device of their own. */
export const plates: readonly Plate[] = [...goods, ...goods].map(({ sku, mean }, i) => ({
  cell: `c${i}`,
  device: i < goods.length ? 'g1' : 'g2',
  sku,
  massGrams: mean,
  x: 2 * i,
}))

export const skus: readonly string[] = goods.map(({ sku }) => sku)

export const shop: Store = {
  schema: 'tillfree.store/1',
  id: 's1',
  name: 'A shop in which everything goes wrong',
  // Alipay takes nothing else.
  currency: 'CNY',
  timezone: 'Europe/Rome',
  entry: 'gated',
  zones: [
    {
      id: 'door',
      kind: 'entry-exit',
      polygon: [
        [0, 0],
        [2, 0],
        [2, 2],
        [0, 2],
      ],
    },
  ],
  fixtures: plates.map(({ cell, device, x }, i) => ({
    id: `f${i}`,
    kind: 'gondola',
    front: [0, -1],
    shelves: [{ id: `shelf-${i}`, device, cells: [{ id: cell, center: [x, plateY, 1], size: [0.2, 0.4] }] }],
  })),
  products: goods.map(({ sku, mean, priceMinor, taxRate }) => ({
    sku,
    name: sku,
    priceMinor,
    taxRate,
    massGrams: { mean, sd: 2 },
  })),
  planogram: goods.map(({ sku }) => ({
    sku,
    cells: plates.filter((plate) => plate.sku === sku).map(({ cell }) => cell),
  })),
  devices: [
    { id: 'g1', kind: 'shelf' },
    { id: 'g2', kind: 'shelf' },
    { id: 'trk', kind: 'tracker' },
    { id: 'gate1', kind: 'gate', zone: 'door' },
  ],
}

/** A look costs next to nothing here, so that there is something to review. */
export const policy: ReceiptPolicy = { ...defaultPolicy, reviewCostMinor: 20 }
