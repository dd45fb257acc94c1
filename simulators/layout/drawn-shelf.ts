/** One shelf of a drawn shop: its facings in order, and where its scales begin and end. */
import type { Shelf } from '../../models/contracts/store.ts'
import type { Random } from '../random.ts'
import type { Slot } from './catalogue.ts'
import type { GondolaPlace } from './room.ts'
import { roundMetres } from './store.ts'

export type FacingSlot = Exclude<Slot, number>

/**
 * Slots of an assortment in a new order, each once, with gaps where nothing stands. Other makers' packings weigh some 10 %
 * more or less together and 1 % apart, so that products that weighed alike still do.
 */
export function drawSlots(assortment: readonly Slot[], plates: number, random: Random): Slot[] {
  const slots: Slot[] = []
  let left = plates
  const names = new Set<string>()
  const heavier = random.normal(1, 0.1)
  for (const slot of random.shuffled(assortment)) {
    if (typeof slot === 'number' || names.has(slot[0])) continue
    const [name, price, tax, mass] = slot
    const mean = Math.round(mass * heavier * random.normal(1, 0.01) * 10) / 10
    const width = random.int(1, 3)
    if (width > left) continue
    names.add(name)
    slots.push([name, price, tax, mean, width as 1 | 2 | 3])
    left -= width
    if (left > 0 && random.chance(0.2)) {
      slots.push(1)
      left--
    }
  }
  return slots
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
