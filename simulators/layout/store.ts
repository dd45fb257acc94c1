/** The demonstration shop: a convenience store of about 6 x 6 m with five gondolas of five shelves of twelve plates. */
import type { Device, Facing, Fixture, Product, Shelf, Store } from '../../models/contracts/store.ts'
import { measuredSd, type Slot, shelves } from './catalogue.ts'
import { demoGtin } from './gtin.ts'
import { type GondolaPlace, rectangle } from './room.ts'

export interface LayoutOptions {
  readonly entry: 'open' | 'gated'
  /** One scale a plate of 10 x 40 cm, or one a shelf. */
  readonly scales: 'plates' | 'shelves'
}

const plateWidth = 0.1
const plateDepth = 0.4
const platesPerShelf = 12
const shelfHeights = [0.3, 0.65, 1.0, 1.32, 1.62]
/** Italy's ordinary and reduced rates, as an example of two. */
export const taxRates = { food: 0.1, standard: 0.22 }

/** Two along the back wall, an island of two back to back, one on the right wall; aisles of 1.5 m and more. */
const places: readonly Omit<GondolaPlace, 'lengthMetres' | 'depthMetres'>[] = [
  { id: 'g1', front: [0, -1], origin: [1.3, 5.75], along: [1, 0] },
  { id: 'g2', front: [0, -1], origin: [3.0, 5.75], along: [1, 0] },
  { id: 'g3', front: [0, 1], origin: [2.1, 3.75], along: [1, 0] },
  { id: 'g4', front: [0, -1], origin: [2.1, 3.35], along: [1, 0] },
  { id: 'g5', front: [-1, 0], origin: [5.75, 2.6], along: [0, 1] },
]

/** Builds the store file of the demonstration shop; the same bytes for the same options. */
export function demoStore({ entry, scales }: LayoutOptions): Store {
  const fixtures = places.map((place, g) => gondola(place, g, scales))
  const products = catalogueProducts()
  return {
    schema: 'tillfree.store/1',
    id: 'demo',
    name: 'Corner shop (simulated)',
    currency: 'EUR',
    timezone: 'Europe/Rome',
    entry,
    zones: [
      { id: 'door', kind: 'entry-exit', polygon: rectangle(0, 0, 1.6, 1.4) },
      { id: 'back-room', kind: 'staff', polygon: rectangle(5, 0, 6, 1) },
    ],
    fixtures,
    products,
    planogram: fixtures.flatMap((fixture, g) => fixture.shelves.flatMap((shelf, s) => facings(shelf, g, s, products))),
    devices: [...devices(), ...(entry === 'gated' ? [{ id: 'gate1', kind: 'gate', zone: 'door' } as const] : [])],
  }
}

function devices(): Device[] {
  const corners = [
    [0.2, 0.2, 2.5],
    [5.8, 0.2, 2.5],
    [5.8, 5.8, 2.5],
    [0.2, 5.8, 2.5],
  ] as const
  return [
    ...places.map(({ id }) => ({ id, kind: 'shelf' }) as const),
    { id: 'trk', kind: 'tracker' },
    ...corners.map(([x, y, z], i) => ({ id: `rx${i + 1}`, kind: 'receiver', position: [x, y, z] }) as Device),
  ]
}

function gondola(place: (typeof places)[number], g: number, scales: LayoutOptions['scales']): Fixture {
  return {
    id: place.id,
    kind: 'gondola',
    front: [place.front[0], place.front[1]],
    shelves: shelfHeights.map((height, s) => shelf(place, `g${g + 1}-s${s + 1}`, height, scales)),
  }
}

function shelf(place: (typeof places)[number], id: string, height: number, scales: LayoutOptions['scales']): Shelf {
  const cells = scales === 'plates' ? platesPerShelf : 1
  const width = scales === 'plates' ? plateWidth : plateWidth * platesPerShelf
  const center = (i: number): [number, number, number] => [
    roundMetres(place.origin[0] + place.along[0] * width * (i + 0.5)),
    roundMetres(place.origin[1] + place.along[1] * width * (i + 0.5)),
    height,
  ]
  return {
    id,
    device: place.id,
    cells: Array.from({ length: cells }, (_, i) => ({
      id: `${id}-p${i + 1}`,
      center: center(i),
      size: [roundMetres(width), plateDepth],
    })),
  }
}

function catalogueProducts(): Product[] {
  const slots = shelves.flat().filter((slot) => typeof slot !== 'number')
  const byName = new Map(slots.map((slot) => [slot[0], slot]))
  return [...byName.values()].map(([name, priceMinor, tax, mean], i) => {
    const gtin = demoGtin(i + 1)
    return {
      sku: gtin,
      gtin,
      name,
      priceMinor,
      taxRate: taxRates[tax],
      massGrams: { mean, sd: measuredSd[name] ?? null },
    }
  })
}

function facings(shelf: Shelf, g: number, s: number, products: readonly Product[]): Facing[] {
  const slots: readonly Slot[] = shelves[g * shelfHeights.length + s] ?? []
  const skuOf = new Map(products.map(({ name, sku }) => [name, sku]))
  let plate = 0
  return slots.flatMap((slot) => {
    const first = plate
    plate += typeof slot === 'number' ? slot : slot[4]
    if (typeof slot === 'number') return []
    return [{ sku: skuOf.get(slot[0]) ?? '', cells: cellsOf(shelf, first, plate) }]
  })
}

function cellsOf(shelf: Shelf, first: number, end: number): string[] {
  const [only, second] = shelf.cells
  if (only !== undefined && second === undefined) return [only.id]
  return shelf.cells.slice(first, end).map(({ id }) => id)
}

/** To a tenth of a millimetre: store files are read by people. */
export function roundMetres(metres: number): number {
  return Math.round(metres * 1e4) / 1e4
}
