/** The things that a scenario names with a `$`: products at their places, drawn from the seed to be as it says. */
import type { Store } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import type { SlotPlace } from '../world/act.ts'
import { type Slot, slotsOf } from '../world/packages.ts'
import { shelvingOf } from '../world/shelving.ts'
import type { Scenario, ThingOptions } from './schema.ts'

export interface Thing {
  readonly sku: string
  readonly slot: SlotPlace
  /** Plates of the facing. */
  readonly cells: readonly string[]
}
export type Things = ReadonlyMap<string, Thing>

/** A shop for a scenario: what its store file says, where everything really is, and the things of the script. */
export interface SetShop {
  readonly store: Store
  readonly planogram: Store['planogram']
  readonly things: Things
}

/** A shop hardly ever needs more draws than ten; one that has nothing of the kind must not run for ever. */
const mostDraws = 2000

/**
 * Draws the things and makes the store file wrong where the scenario says so.
 * @throws Error where the shop has nothing like what the scenario wants
 */
export function setShop(scenario: Scenario, store: Store, seed: number): SetShop {
  const { swapped, missing } = scenario.shop.planogramErrors
  const things = drawThings(scenario.things, store, seed)
  const partner = new Map(swapped.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]))
  const placed = new Map<string, Thing>()
  const skuIn = new Map<string, string>()
  const unknown = new Set<string>()
  for (const [name, thing] of things) {
    const there = things.get(partner.get(name) ?? name) ?? thing
    placed.set(name, { ...there, sku: thing.sku })
    skuIn.set(facingKey(there), thing.sku)
    if (missing.includes(name)) unknown.add(facingKey(there))
  }
  return {
    store: { ...store, planogram: store.planogram.filter((facing) => !unknown.has(facingKey(facing))) },
    planogram: store.planogram.map((facing) => ({ ...facing, sku: skuIn.get(facingKey(facing)) ?? facing.sku })),
    things: placed,
  }
}

function facingKey({ sku, cells }: { readonly sku: string; readonly cells: readonly string[] }): string {
  return `${sku} ${cells.join(' ')}`
}

type Options = Readonly<Record<string, ThingOptions>>

function drawThings(options: Options, store: Store, seed: number): Things {
  const names = Object.keys(options)
  if (names.length === 0) return new Map()
  const all = singleSlots(store)
  const random = new Random(seed, 'things')
  for (let draw = 0; draw < mostDraws; draw++) {
    const drawn = drawOnce(options, all, random)
    if (drawn !== null) return new Map([...drawn].map(([name, slot]) => [name, thingOf(slot)]))
  }
  throw new Error(`/things: found no products in store "${store.id}" for ${names.join(', ')}, wanted some that are so`)
}

function drawOnce(options: Options, all: readonly Slot[], random: Random): Map<string, Slot> | null {
  const drawn = new Map<string, Slot>()
  for (const [name, wanted] of Object.entries(options)) {
    const taken = new Set([...drawn.values()].map(({ product }) => product))
    const suitable = all.filter((slot) => !taken.has(slot.product) && suits(slot, wanted, drawn))
    if (suitable.length === 0) return null
    drawn.set(name, random.pick(suitable))
  }
  return drawn
}

/** A product that stands in one place alone: then a name of it is a place as well. */
function singleSlots(store: Store): Slot[] {
  const places = new Map<string, number>()
  for (const { sku } of store.planogram) places.set(sku, (places.get(sku) ?? 0) + 1)
  return slotsOf(store, shelvingOf(store)).filter(({ product }) => places.get(product.sku) === 1)
}

const middle = ({ from, to }: Slot): number => (from + to) / 2
const mass = ({ product }: Slot): number => product.massGrams.mean

/** Lighter things can be gone without a trace on a noisy plate: no test of who took them. */
const leastGrams = 40
/** Width of a column of packages, metres (world/packages.ts: 5 to 14 cm). */
const columnMetres = 0.1

function suits(slot: Slot, wanted: ThingOptions, drawn: ReadonlyMap<string, Slot>): boolean {
  const holds = (name: string | undefined, test: (other: Slot) => boolean): boolean => {
    const other = name === undefined ? undefined : drawn.get(name)
    return other === undefined ? name === undefined : test(other)
  }
  const gap = (other: Slot): number => Math.max(slot.from, other.from) - Math.min(slot.to, other.to)
  const apart = (other: Slot): number => Math.abs(middle(slot) - middle(other))
  return (
    mass(slot) >= leastGrams &&
    slot.to - slot.from >= (wanted.columns ?? 1) * columnMetres - 1e-3 &&
    holds(wanted.beside, (other) => slot.shelf === other.shelf && gap(other) < 0.01) &&
    holds(wanted.near, (other) => slot.shelf === other.shelf && apart(other) >= 0.2 && apart(other) <= 0.55) &&
    holds(wanted.otherShelf, (other) => slot.shelf !== other.shelf) &&
    holds(wanted.massLike, (other) => Math.abs(mass(slot) - mass(other)) <= Math.min(10, 0.03 * mass(other))) &&
    holds(wanted.heavierThan, (other) => mass(slot) >= 1.6 * mass(other) && mass(slot) <= 2.6 * mass(other))
  )
}

function thingOf({ product, shelf, from, to, cells }: Slot): Thing {
  return { sku: product.sku, slot: { shelf: shelf.id, from, to }, cells }
}
