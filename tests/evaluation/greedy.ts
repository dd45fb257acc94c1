/**
 * The baseline: one guess at once, never taken back. Each change is the nearest mass, and the likeliest hand's. It sees the
 * same observations as the engine, so it profits from the same detection and the same tracks.
 */
import type { Catalogue } from '../../edge/engine/catalogue.ts'
import type { Observation, ShelfChange } from '../../edge/observations.ts'
import type { Bill } from '../../models/contracts/bills.ts'
import type { Product } from '../../models/contracts/store.ts'

const mostAtOnce = 3

interface Visitor {
  readonly targets: string[]
  account: string | null
  staff: boolean
  readonly items: Map<string, number>
}

export function greedyBills(catalogue: Catalogue, observations: readonly Observation[]): Bill[] {
  const visitors = new Map<string, Visitor>()
  for (const observation of observations) {
    switch (observation.kind) {
      case 'entered': {
        const { shopper, target, staff } = observation
        visitors.set(shopper, { targets: [target], account: null, staff, items: new Map() })
        break
      }
      case 'rejoined':
        visitors.get(observation.shopper)?.targets.push(observation.target)
        break
      case 'identified': {
        const visitor = visitors.get(observation.shopper)
        if (visitor !== undefined) Object.assign(visitor, { account: observation.account, staff: observation.staff })
        break
      }
      case 'shelf-change':
        take(catalogue, observation, visitors.get(likeliest(observation) ?? ''))
        break
    }
  }
  return together([...visitors.values()].filter(({ staff }) => !staff)).map((party) => bill(catalogue, party))
}

function take(catalogue: Catalogue, { cells }: ShelfChange, visitor: Visitor | undefined): void {
  const grams = cells.reduce((sum, { deltaGrams }) => sum + deltaGrams, 0)
  const guess = nearestMass(catalogue, cells, Math.abs(grams))
  if (visitor === undefined || guess === null) return
  const held = visitor.items.get(guess.sku) ?? 0
  visitor.items.set(guess.sku, Math.max(0, grams < 0 ? held + guess.quantity : held - guess.quantity))
}

function likeliest({ reach }: ShelfChange): string | null {
  let best: string | null = null
  let most = Number.NEGATIVE_INFINITY
  for (const { shopper, logOdds } of reach) {
    const odds = Math.max(...logOdds)
    if (odds <= most) continue
    best = shopper
    most = odds
  }
  return best
}

/** Of what belongs on these plates; of everything where nothing does. */
function nearestMass(
  catalogue: Catalogue,
  cells: readonly { cell: string }[],
  grams: number,
): { sku: string; quantity: number } | null {
  const here = cells.flatMap(({ cell }) => catalogue.facings.get(cell) ?? [])
  const products = here.length === 0 ? catalogue.byMass : here.flatMap((sku) => catalogue.products.get(sku) ?? [])
  let best: { sku: string; quantity: number } | null = null
  let least = Number.POSITIVE_INFINITY
  for (const { sku, massGrams } of products)
    for (let quantity = 1; quantity <= mostAtOnce; quantity++) {
      const off = Math.abs(grams - quantity * massGrams.mean)
      if (off >= least) continue
      best = { sku, quantity }
      least = off
    }
  return best
}

/** People of one account get one bill. */
function together(visitors: readonly Visitor[]): Visitor[] {
  const parties = new Map<string, Visitor>()
  for (const [i, visitor] of visitors.entries()) {
    const key = visitor.account ?? `alone ${i}`
    const party = parties.get(key)
    if (party === undefined) parties.set(key, visitor)
    else {
      party.targets.push(...visitor.targets)
      for (const [sku, quantity] of visitor.items) party.items.set(sku, (party.items.get(sku) ?? 0) + quantity)
    }
  }
  return [...parties.values()]
}

function bill({ products, offers }: Catalogue, { targets, account, items }: Visitor): Bill {
  const lines = [...items].flatMap(([sku, quantity]) => (quantity > 0 ? [{ sku, quantity, confidence: 1 }] : []))
  const price = (product: Product | undefined, quantity: number) => quantity * (product?.priceMinor ?? 0)
  return {
    shopper: account ?? targets[0] ?? '',
    aliases: targets,
    account,
    status: 'final',
    items: lines,
    currency: offers[0]?.currency ?? '',
    totalMinor: lines.reduce((sum, { sku, quantity }) => sum + price(products.get(sku), quantity), 0),
  }
}
