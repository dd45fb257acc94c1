/** The shop: shelves with packages, people, virtual time. Pure; the same seed and scenario give the same world. */
import type { Store } from '../../models/contracts/store.ts'
import type { Timing } from './act.ts'
import { Floor } from './floor.ts'
import { PlateLoads } from './forces.ts'
import { centroid, distance, type Vec2 } from './geometry.ts'
import { Ledger } from './ledger.ts'
import { loadsOf, type Package, Packages, type Place, slotsOf } from './packages.ts'
import type { Person } from './person.ts'
import { Scheduler } from './scheduler.ts'
import { type Shelving, shelvingOf } from './shelving.ts'

/** The gate as people meet it; sensors/gate.ts is the device behind it. */
export interface Gate {
  scan(code: string): void
  /** Whether an opening is waiting for somebody; going through uses it up. */
  isOpen(): boolean
  pass(direction: 'in' | 'out'): void
}

export class World {
  readonly store: Store
  readonly shelving: Shelving
  readonly floor: Floor
  readonly packages: Packages
  readonly loads: PlateLoads
  readonly ledger = new Ledger()
  readonly scheduler: Scheduler
  /** Everybody between the door and the shelves. */
  readonly people: Person[] = []
  /** Packages that somebody is about to take. */
  readonly reserved = new Set<Package>()
  readonly door: Doorway
  readonly backRoom: Doorway
  gate: Gate | null = null
  /** Only one at a time stands between the gate and the pavement. */
  gateTakenBy: Person | null = null

  /** Marks of acts that are done, how many are in place for each meeting, acts that the tracker must not see. */
  readonly marks = new Set<string>()
  readonly meetings = new Map<string, number>()
  readonly unseen = new Set<Timing>()

  /** `planogram`: where things are, when the store file is wrong about it. */
  constructor(store: Store, seed: number, start: number, planogram = store.planogram) {
    this.store = store
    this.shelving = shelvingOf(store)
    this.floor = new Floor(store, this.shelving)
    this.packages = new Packages(seed)
    this.loads = new PlateLoads(this.shelving.plates.length)
    this.scheduler = new Scheduler(start)
    this.packages.stock(slotsOf({ products: store.products, planogram }, this.shelving))
    for (const item of this.packages.stocked) if (item.place !== null) this.loads.settle(loadsOf(item, item.place), 1)
    this.door = doorway(store, ['entry-exit', 'entry', 'exit'], this.shelving)
    this.backRoom = store.zones.some(({ kind }) => kind === 'staff')
      ? doorway(store, ['staff'], this.shelving)
      : this.door
  }

  get now(): number {
    return this.scheduler.now
  }

  /** Takes packages off their shelf from now on; what they weighed, for the force that follows. */
  lift(
    items: readonly Package[],
  ): { readonly place: Place; readonly cells: string[]; readonly loads: ReturnType<typeof loadsOf> } | null {
    const place = items[0]?.place
    if (place === undefined || place === null) return null
    const loads = items.flatMap((item) => (item.place === null ? [] : loadsOf(item, item.place)))
    for (const item of items) this.packages.move(item, null)
    this.loads.settle(loads, -1)
    return { place, cells: cellsUnder(loads), loads }
  }

  lay(item: Package, place: Place): { readonly cells: string[]; readonly loads: ReturnType<typeof loadsOf> } {
    const loads = loadsOf(item, place)
    this.packages.move(item, place)
    this.loads.settle(loads, 1)
    return { cells: cellsUnder(loads), loads }
  }
}

/** Plates that carry at least 5 % of what changed: those that truth names. */
function cellsUnder(loads: ReturnType<typeof loadsOf>): string[] {
  const total = loads.reduce((sum, { grams }) => sum + grams, 0)
  const cells = loads.filter(({ grams }) => grams >= 0.05 * total).map(({ plate }) => plate.id)
  return [...new Set(cells)]
}

export interface Doorway {
  /** Where people appear and vanish, where the gate is, and the first step inside. */
  readonly outer: Vec2
  readonly gate: Vec2
  readonly inner: Vec2
}

function doorway(store: Store, kinds: readonly string[], shelving: Shelving): Doorway {
  const zone = kinds.flatMap((kind) => store.zones.filter((candidate) => candidate.kind === kind))[0]
  if (zone === undefined) {
    throw new Error(
      `store "${store.id}": zones: found no zone of kind ${kinds.join(', ')}, wanted one where people come in`,
    )
  }
  const shop = centroid(shelving.footprints.map((box) => [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2] as Vec2))
  const middle = centroid(zone.polygon as Vec2[])
  const pulled = (zone.polygon as Vec2[])
    .map(([x, y]): Vec2 => [x + (middle[0] - x) * 0.3, y + (middle[1] - y) * 0.3])
    .sort((a, b) => distance(b, shop) - distance(a, shop))
  const inner: Vec2 = [middle[0] + (middle[0] - (pulled[0]?.[0] ?? 0)), middle[1] + (middle[1] - (pulled[0]?.[1] ?? 0))]
  return { outer: pulled[0] ?? middle, gate: middle, inner }
}
