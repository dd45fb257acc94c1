/** The store file as the engine needs it: products by mass, and which SKUs belong on which cells. */
import type { Product, Store } from '../../models/contracts/store.ts'
import type { Offer } from './offers.ts'

export interface Catalogue {
  readonly storeId: string
  readonly storeName: string
  /** What was for sale before, as long as it matters to anybody, and what is now. */
  readonly offers: readonly Offer[]
  /** What is for sale now, by SKU. */
  readonly products: ReadonlyMap<string, Product>
  /** Lightest first; ties by SKU. */
  readonly byMass: readonly Product[]
  /** SKUs whose facing covers a cell. */
  readonly facings: ReadonlyMap<string, readonly string[]>
  /** SKUs whose facing is on the same shelf within `nearCells` plates, the cell's own ones left out. */
  readonly nearby: ReadonlyMap<string, readonly string[]>
  /** The place of one SKU that a cell belongs to; of cells with several SKUs there is none. */
  readonly spots: ReadonlyMap<string, Spot>
  /** Where the planogram has an SKU that has one place alone. */
  readonly homes: ReadonlyMap<string, Spot>
  /** SKUs that the planogram has nowhere: where it has nothing, they may well stand. */
  readonly unlisted: ReadonlySet<string>
}

/** A facing, or a cell without one. */
export interface Spot {
  /** Its first cell in alphabetical order. */
  readonly id: string
  /** What should stand there; null: nothing. */
  readonly sku: string | null
}

/** Things are put back, or slide, a hand's breadth beside their place: 3 plates of 10 cm. */
const nearCells = 3

/** What was for sale before this store file, and when it took over. */
export interface Before {
  readonly former: readonly Offer[]
  readonly since: number
}

/** `rows`: the cells of each shelf, in order along it. */
export function createCatalogue(
  store: Store,
  rows: readonly (readonly string[])[],
  { former, since }: Before = { former: [], since: 0 },
): Catalogue {
  const byMass = [...store.products].sort(lighterFirst)
  const facings = new Map<string, string[]>()
  for (const { sku, cells } of store.planogram)
    for (const cell of cells) {
      const skus = facings.get(cell) ?? []
      if (!skus.includes(sku)) skus.push(sku)
      facings.set(cell, skus)
    }
  for (const skus of facings.values()) skus.sort()
  const products = new Map(byMass.map((product) => [product.sku, product]))
  return {
    storeId: store.id,
    storeName: store.name,
    offers: [...former, { since, currency: store.currency, products }],
    products,
    byMass,
    facings,
    nearby: nearbyOf(facings, rows),
    ...spotsOf(facings, rows, store),
    unlisted: unlistedOf(byMass, store),
  }
}

/** The order of `byMass`. */
export function lighterFirst(a: Product, b: Product): number {
  return a.massGrams.mean - b.massGrams.mean || (a.sku < b.sku ? -1 : 1)
}

/** The products whose mass is within two, both included. */
export function productsWithin({ byMass }: Catalogue, leastGrams: number, mostGrams: number): readonly Product[] {
  return byMass.slice(firstFrom(byMass, leastGrams), firstFrom(byMass, mostGrams, true))
}

/** Index of the first product of at least, or `beyond`: of more than, so many grams. */
function firstFrom(byMass: readonly Product[], grams: number, beyond = false): number {
  let low = 0
  let high = byMass.length
  while (low < high) {
    const middle = (low + high) >> 1
    const mean = byMass[middle]?.massGrams.mean ?? grams
    if (mean < grams || (beyond && mean === grams)) low = middle + 1
    else high = middle
  }
  return low
}

function nearbyOf(facings: ReadonlyMap<string, readonly string[]>, rows: Iterable<readonly string[]>) {
  const nearby = new Map<string, readonly string[]>()
  for (const row of rows)
    row.forEach((cell, i) => {
      const own = facings.get(cell) ?? []
      const around = row
        .slice(Math.max(0, i - nearCells), i + nearCells + 1)
        .flatMap((other) => facings.get(other) ?? [])
      nearby.set(cell, [...new Set(around)].filter((sku) => !own.includes(sku)).sort())
    })
  return nearby
}

function spotsOf(facings: ReadonlyMap<string, readonly string[]>, rows: readonly (readonly string[])[], store: Store) {
  const spots = new Map<string, Spot>()
  for (const cell of rows.flat()) if (!facings.has(cell)) spots.set(cell, { id: cell, sku: null })
  const bySku = new Map<string, Set<string>>()
  for (const { sku, cells } of store.planogram) {
    const id = [...cells].sort()[0] ?? ''
    bySku.set(sku, (bySku.get(sku) ?? new Set()).add(id))
    for (const cell of cells) if (facings.get(cell)?.length === 1) spots.set(cell, { id, sku })
  }
  const homes = new Map<string, Spot>()
  for (const [sku, [id = '', ...others]] of bySku) if (others.length === 0) homes.set(sku, { id, sku })
  return { spots, homes }
}

function unlistedOf(products: readonly Product[], { planogram }: Store): Set<string> {
  const listed = new Set(planogram.map(({ sku }) => sku))
  return new Set(products.map(({ sku }) => sku).filter((sku) => !listed.has(sku)))
}
