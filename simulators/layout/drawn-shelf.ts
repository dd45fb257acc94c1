/** One shelf of a drawn shop: its facings in order, and where its scales begin and end. */
import type { Shelf } from '../../models/contracts/store.ts'
import type { Random } from '../random.ts'
import type { Slot } from './catalogue.ts'
import type { GondolaPlace } from './room.ts'
import { roundMetres } from './store.ts'

export type FacingSlot = Exclude<Slot, number>

/** Facings that hold a variety of what stands before them, strawberry beside vanilla: it weighs within 10 g of that. */
const varietyShare = 0.4

/**
 * Slots of an assortment in a new order, each once, with gaps where nothing stands. Other makers' packings weigh some 10 %
 * more or less together. With the varieties some 37 % of the pairs of one shelf lie within 10 g, as measured.
 */
export function drawSlots(assortment: readonly Slot[], plates: number, random: Random): Slot[] {
  const slots: Slot[] = []
  const heavier = random.normal(1, 0.1)
  let left = plates
  let before: number | null = null
  for (const [name, price, tax, mass] of random.shuffled(distinct(assortment))) {
    const width = random.int(1, 3)
    if (width > left) continue
    const variety: number | null = random.chance(varietyShare) ? before : null
    const own = mass * heavier * random.normal(1, 0.01)
    const mean: number = Math.round((variety === null ? own : Math.max(15, variety + random.range(-10, 10))) * 10) / 10
    slots.push([name, price, tax, mean, width as 1 | 2 | 3])
    before = mean
    left -= width
    if (left > 0 && random.chance(0.2)) {
      slots.push(1)
      left--
    }
  }
  return slots
}

function distinct(assortment: readonly Slot[]): FacingSlot[] {
  const facings = assortment.filter((slot) => typeof slot !== 'number')
  return facings.filter(([name], i) => facings.findIndex(([other]) => other === name) === i)
}

export type ScaleKind = 'plates' | 'facings' | 'shelf'

export interface ShelfPlan {
  readonly place: GondolaPlace
  readonly id: string
  readonly height: number
  readonly slots: readonly Slot[]
  readonly plateMetres: number
}

export interface StockedShelf {
  readonly slots: readonly FacingSlot[]
  readonly shelf: Shelf
  readonly facings: readonly { readonly name: string; readonly cells: string[] }[]
}

export function stockedShelf(plan: ShelfPlan, kind: ScaleKind): StockedShelf {
  const { place, id, slots, plateMetres } = plan
  const spans = spansOf(slots, Math.round(place.lengthMetres / plateMetres))
  const cuts = cutsOf(spans, Math.round(place.lengthMetres / plateMetres), kind)
  const cells = cuts.map(([from, to], i) => ({
    id: `${id}-p${i + 1}`,
    center: centre(place, ((from + to) / 2) * plateMetres, plan.height),
    size: [roundMetres((to - from) * plateMetres), roundMetres(place.depthMetres)] as [number, number],
  }))
  return {
    slots: spans.map(({ slot }) => slot),
    shelf: { id, device: place.id, cells },
    facings: spans.map(({ slot, from, to }) => ({
      name: slot[0],
      cells: cells.flatMap((cell, i) => {
        const [start, end] = cuts[i] ?? [0, 0]
        return start < to && end > from ? [cell.id] : []
      }),
    })),
  }
}

interface SlotSpan {
  readonly slot: FacingSlot
  /** In plates from the beginning of the shelf. */
  readonly from: number
  readonly to: number
}

function spansOf(slots: readonly Slot[], plates: number): SlotSpan[] {
  let at = 0
  return slots.flatMap((slot) => {
    const from = at
    at = Math.min(plates, at + (typeof slot === 'number' ? slot : slot[4]))
    return typeof slot === 'number' ? [] : [{ slot, from, to: at }]
  })
}

/** Where the scales of a shelf begin and end, in plates. */
function cutsOf(spans: readonly SlotSpan[], plates: number, kind: ScaleKind): (readonly [number, number])[] {
  if (kind === 'shelf') return [[0, plates]]
  if (kind === 'facings') return spans.map(({ from, to }) => [from, to] as const)
  return Array.from({ length: plates }, (_, i) => [i, i + 1] as const)
}

function centre(place: GondolaPlace, along: number, height: number): [number, number, number] {
  return [
    roundMetres(place.origin[0] + place.along[0] * along),
    roundMetres(place.origin[1] + place.along[1] * along),
    roundMetres(height),
  ]
}
