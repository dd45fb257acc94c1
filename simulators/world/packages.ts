/** Physical packages: each has a mass of its own, for life, and lies at an exact place. */
import type { Product, Store } from '../../models/contracts/store.ts'
import { Random } from '../random.ts'
import { type Plate, type ShelfSpace, type Shelving, sharesOf } from './shelving.ts'

export interface Package {
  readonly number: number
  readonly product: Product
  readonly massGrams: number
  /** Extent along a shelf, metres. */
  readonly widthMetres: number
  /** The place where the shop first put it: where an honest put-back goes. */
  readonly home: Place
  place: Place | null
}

export interface Place {
  readonly shelf: ShelfSpace
  /** Middle along the shelf, and depth behind the front edge, metres. */
  readonly u: number
  readonly depth: number
}

export interface Load {
  readonly plate: Plate
  readonly grams: number
}

/** Packages of one kind differ by SD median 1.6 g, p90 6.5, largest 19 (measured, 5 % of the mean at most). */
const spreadMedianGrams = 1.6
const spreadSigma = Math.log(6.5 / 1.6) / 1.2816
const spreadMaxGrams = 19
const spreadMaxShare = 0.05
/** Heavy tail: one package in ten has 2.2 times the spread; 0.86 keeps the whole at the stated SD. */
const tailShare = 0.1
const tailFactor = 2.2
const bodyFactor = 0.86

/** A shelf of full bottles six deep is more than plates are built for. */
const maxPerColumn = 6

export class Packages {
  /** What the shop had when it opened. */
  readonly stocked: Package[] = []
  private made = 0
  private readonly seed: number
  private readonly byShelf = new Map<string, Set<Package>>()

  constructor(seed: number) {
    this.seed = seed
  }

  /** Fills every slot. */
  stock(slots: readonly Slot[]): void {
    for (const { product, ...span } of slots) this.fill(product, span)
  }

  /** A new package of the product at a place, or in the hands of whoever brings it when `place` is null. */
  make(product: Product, widthMetres: number, home: Place, place: Place | null): Package {
    const number = this.made++
    const random = new Random(this.seed, `package/${product.sku}/${number}`)
    const massGrams = drawMass(product, spreadOf(product, this.seed), random)
    const made: Package = { number, product, massGrams, widthMetres, home, place: null }
    if (place !== null) this.move(made, place)
    return made
  }

  move(item: Package, place: Place | null): void {
    if (item.place !== null) this.on(item.place.shelf).delete(item)
    item.place = place
    if (place !== null) this.on(place.shelf).add(item)
  }

  /** What lies on a shelf, in the order in which it came there. */
  on(shelf: ShelfSpace): Set<Package> {
    const known = this.byShelf.get(shelf.id)
    if (known !== undefined) return known
    const made = new Set<Package>()
    this.byShelf.set(shelf.id, made)
    return made
  }

  /** Packages of the kind of which most is gone from where it was stocked; of `sku` and `shelf` alone where given. */
  mostWanted(where: { readonly sku?: string; readonly shelf?: string }): readonly Package[] {
    let most: readonly Package[] = []
    let gone = Number.NEGATIVE_INFINITY
    for (const group of this.facings()) {
      const [first] = group
      if (first === undefined || (where.sku !== undefined && first.product.sku !== where.sku)) continue
      const { shelf } = first.home
      if (where.shelf !== undefined && shelf.id !== where.shelf) continue
      const left = [...this.on(shelf)].filter(({ product }) => product === first.product).length
      if (group.length - left <= gone) continue
      gone = group.length - left
      most = group
    }
    return most
  }

  /** What was stocked, by product and shelf. */
  private facings(): Iterable<readonly Package[]> {
    const groups = new Map<string, Package[]>()
    for (const item of this.stocked) {
      const key = `${item.home.shelf.id}/${item.product.sku}`
      const known = groups.get(key)
      if (known === undefined) groups.set(key, [item])
      else known.push(item)
    }
    return groups.values()
  }

  private fill(product: Product, { shelf, from, to }: Span): void {
    const random = new Random(this.seed, `stock/${product.sku}/${shelf.id}/${from.toFixed(3)}`)
    const width = packageWidth(product, to - from, random)
    const columns = Math.max(1, Math.floor((to - from) / width))
    for (let column = 0; column < columns; column++) {
      const u = from + ((to - from) * (column + 0.5)) / columns
      const count = random.int(3, maxPerColumn)
      for (let row = 0; row < count; row++) {
        const place = { shelf, u, depth: rowDepth(shelf, row) }
        this.stocked.push(this.make(product, width, place, place))
      }
    }
  }
}

export interface Span {
  readonly shelf: ShelfSpace
  readonly from: number
  readonly to: number
}

/** The part of a shelf that a facing of the planogram takes up. */
export interface Slot extends Span {
  readonly product: Product
  /** All plates of the facing, those on other shelves too. */
  readonly cells: readonly string[]
}

/** One slot a facing and shelf, in the planogram's order. */
export function slotsOf({ products, planogram }: Pick<Store, 'products' | 'planogram'>, shelving: Shelving): Slot[] {
  const bySku = new Map(products.map((product) => [product.sku, product]))
  const slots = planogram.flatMap(({ sku, cells }) => {
    const product = bySku.get(sku)
    return product === undefined ? [] : facingSpans(cells, shelving).map((span) => ({ product, cells, ...span }))
  })
  return slots.map((slot) => {
    const together = slots.filter((other) => other.from === slot.from && other.shelf === slot.shelf)
    return { ...slot, ...part(slot, together) }
  })
}

/** A facing may span plates of several shelves; each run on one shelf is a span of its own. */
function facingSpans(cells: readonly string[], shelving: Shelving): Span[] {
  const byShelf = new Map<ShelfSpace, Plate[]>()
  for (const cell of cells) {
    const shelf = shelving.shelfOfPlate.get(cell)
    const plate = shelf?.plates.find(({ id }) => id === cell)
    if (shelf !== undefined && plate !== undefined) byShelf.set(shelf, [...(byShelf.get(shelf) ?? []), plate])
  }
  return [...byShelf].map(([shelf, plates]) => ({
    shelf,
    from: Math.min(...plates.map(({ from }) => from)),
    to: Math.max(...plates.map(({ to }) => to)),
  }))
}

/** Where several facings share one plate (a scale a shelf), each gets its part of it. */
function part(span: Slot, sharing: readonly Slot[]): Span {
  if (sharing.length < 2) return span
  const width = (span.to - span.from) / sharing.length
  const at = sharing.indexOf(span)
  return { shelf: span.shelf, from: span.from + width * at, to: span.from + width * (at + 1) }
}

function rowDepth(shelf: ShelfSpace, row: number): number {
  return Math.min(shelf.depth - 0.03, 0.05 + (row * (shelf.depth - 0.08)) / maxPerColumn)
}

/** Heavier things are larger: a 500 g package is about 9 cm wide. */
function packageWidth(product: Product, roomMetres: number, random: Random): number {
  const typical = 0.09 * Math.cbrt(product.massGrams.mean / 500) * random.range(0.8, 1.4)
  return Math.min(Math.max(typical, 0.05), roomMetres * 0.95)
}

/** The real standard deviation between packages, grams: as stated, or drawn where the shop does not know it. */
export function spreadOf({ sku, massGrams }: Product, seed: number): number {
  if (massGrams.sd !== null) return massGrams.sd
  const drawn = new Random(seed, `spread/${sku}`).logNormal(spreadMedianGrams, spreadSigma)
  return Math.min(drawn, spreadMaxGrams, massGrams.mean * spreadMaxShare)
}

function drawMass({ massGrams }: Product, sd: number, random: Random): number {
  const factor = bodyFactor * (random.chance(tailShare) ? tailFactor : 1)
  return Math.max(massGrams.mean * 0.5, random.normal(massGrams.mean, sd * factor))
}

/** How a package weighs on the plates under it when it lies at `place`. */
export function loadsOf(item: Package, place: Place): Load[] {
  return sharesOf(place.shelf, place.u, item.widthMetres).map(({ plate, share }) => ({
    plate,
    grams: item.massGrams * share,
  }))
}
