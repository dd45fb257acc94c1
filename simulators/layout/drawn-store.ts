/** A small shop drawn from the seed: no two have the same geometry, shelves, plates, products or planogram. */
import type { Device, Facing, Fixture, Product, Store } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import { shelves as shelfSlots } from './catalogue.ts'
import { drawSlots, type FacingSlot, type ScaleKind, stockedShelf } from './drawn-shelf.ts'
import { demoGtin } from './gtin.ts'
import { drawRoom, type Room } from './room.ts'
import { roundMetres, taxRates } from './store.ts'

export interface DrawnOptions {
  readonly entry: 'open' | 'gated'
  /** Shares of the shelves that have one scale a facing, and one in all; the others have narrow plates. */
  readonly facingScales: number
  readonly shelfScales: number
}

/** Enough for a plan with choice, few enough for a recording in a second. */
const platesFrom = 60
const platesTo = 96

/** The same bytes for the same options and seed. */
export function drawnStore(options: DrawnOptions, seed: number): Store {
  const random = new Random(seed, 'shop')
  const plan = drawPlan(random)
  const { plateMetres } = plan
  const room = drawRoom(
    plan.gondolas.map(({ plates }) => plates * plateMetres),
    random,
  )
  const assortments = random.shuffled(shelfSlots)
  const stocked = room.gondolas.flatMap((place, g) =>
    plan.heights.map((height, s) => {
      const slots = drawSlots(assortments.pop() ?? [], plan.gondolas[g]?.plates ?? 0, random)
      return stockedShelf({ place, id: `${place.id}-s${s + 1}`, height, slots, plateMetres }, kindOf(options, random))
    }),
  )
  const products = productsOf(
    stocked.flatMap(({ slots }) => slots),
    random,
  )
  return {
    schema: 'tillfree.store/1',
    id: `shop${seed}`,
    name: `Shop ${seed} (simulated)`,
    currency: 'EUR',
    timezone: 'Europe/Rome',
    entry: options.entry,
    zones: [
      { id: 'floor', kind: 'area', polygon: room.floor.map(rounded) },
      { id: 'door', kind: 'entry-exit', polygon: room.door.map(rounded) },
      { id: 'back-room', kind: 'staff', polygon: room.backRoom.map(rounded) },
    ],
    fixtures: room.gondolas.map(
      (place): Fixture => ({
        id: place.id,
        kind: 'gondola',
        front: [unit(place.front[0]), unit(place.front[1])],
        shelves: stocked.flatMap(({ shelf }) => (shelf.device === place.id ? [shelf] : [])),
      }),
    ),
    products: [...products.values()],
    planogram: stocked.flatMap(({ facings }) =>
      facings.map(({ name, cells }): Facing => ({ sku: products.get(name)?.sku ?? '', cells })),
    ),
    devices: devicesOf(room, options.entry, random),
  }
}

interface Plan {
  readonly plateMetres: number
  readonly heights: readonly number[]
  readonly gondolas: readonly { readonly plates: number }[]
}

/** 2 to 5 gondolas of 2 to 4 shelves; their lengths (0.7 to 1.5 m) such that the plates are as many as wanted. */
function drawPlan(random: Random): Plan {
  const count = random.int(2, 5)
  const levels = count === 2 ? random.int(3, 4) : random.int(2, count > 3 ? 2 : 3)
  const plateMetres = random.pick([0.08, 0.1, 0.1, 0.12])
  const total = random.range(platesFrom, platesTo)
  const most = Math.floor(1.5 / plateMetres)
  const gondolas = Array.from({ length: count }, () => {
    const wanted = (total / count / levels) * random.range(0.8, 1.2)
    return { plates: Math.max(7, Math.min(most, Math.round(wanted))) }
  })
  const lowest = random.range(0.25, 0.75)
  const step = random.range(0.3, Math.min(0.4, 1.4 / levels))
  return { plateMetres, gondolas, heights: Array.from({ length: levels }, (_, i) => lowest + i * step) }
}

/** The spread of some is known to the shop's staff: as measured in a real shop, median 1.6 g, p90 about 5. */
function productsOf(slots: readonly FacingSlot[], random: Random): Map<string, Product> {
  const products = new Map<string, Product>()
  for (const [name, priceMinor, tax, mean] of slots) {
    if (products.has(name)) continue
    const sku = demoGtin(products.size + 1)
    const sd = random.chance(0.4) ? Math.round(Math.min(19, mean * 0.05, random.logNormal(1.6, 0.9)) * 10) / 10 : null
    products.set(name, { sku, gtin: sku, name, priceMinor, taxRate: taxRates[tax], massGrams: { mean, sd } })
  }
  return products
}

function kindOf({ facingScales, shelfScales }: DrawnOptions, random: Random): ScaleKind {
  const at = random.next()
  if (at < shelfScales) return 'shelf'
  return at < shelfScales + facingScales ? 'facings' : 'plates'
}

/** Every shop has a tracker; receivers hang in all, some or none of the corners. */
function devicesOf(room: Room, entry: 'open' | 'gated', random: Random): Device[] {
  const receivers = room.corners.slice(0, random.pick([0, 2, 4, 4]))
  return [
    ...room.gondolas.map(({ id }) => ({ id, kind: 'shelf' }) as const),
    { id: 'trk', kind: 'tracker' },
    ...receivers.map(
      ([x, y], i): Device => ({
        id: `rx${i + 1}`,
        kind: 'receiver',
        position: [roundMetres(x), roundMetres(y), 2.5],
      }),
    ),
    ...(entry === 'gated' ? [{ id: 'gate1', kind: 'gate', zone: 'door' } as const] : []),
  ]
}

function rounded([x, y]: readonly [number, number]): [number, number] {
  return [roundMetres(x), roundMetres(y)]
}

/** A part of a unit vector: a millionth is a micrometre at a metre. */
function unit(part: number): number {
  return Math.round(part * 1e6) / 1e6
}
