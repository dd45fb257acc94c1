/** From what a shopper may hold to what they are charged: by the expected cost of being wrong. */
import { type PricedLine, priceLine, type TaxGroup, taxGroups, totalMinor } from '../../models/contracts/money.ts'
import type { Catalogue } from './catalogue.ts'
import type { Thing } from './hypothesis.ts'

/** For each SKU the probability of holding 0, 1, 2, … of it. */
export type Holding = Readonly<Record<string, readonly number[]>>

export interface ReceiptLine extends PricedLine {
  readonly name: string
  /** Probability that the quantity is exactly right. */
  readonly confidence: number
}

export interface Receipt {
  readonly status: 'final' | 'review'
  readonly lines: readonly ReceiptLine[]
  readonly taxes: readonly TaxGroup[]
  readonly totalMinor: number
}

/** What a wrong receipt costs, in money of the store. */
export interface ReceiptPolicy {
  /** Charging somebody too much costs this many times the amount: a refund, an apology, a customer. */
  readonly overchargeWeight: number
  /** What it costs to have a person look: above this expected cost of being wrong they do. Minor units. */
  readonly reviewCostMinor: number
}

/** Ties go in the shopper's favour; a look costs a minute of a person's time and the shopper's wait. */
export const defaultPolicy: ReceiptPolicy = { overchargeWeight: 1.25, reviewCostMinor: 75 }

/** Sums up alternatives: contents with their probabilities, most likely first. */
export function holding(alternatives: readonly { things: readonly Thing[]; probability: number }[]): Holding {
  const counts: Record<string, number[]> = {}
  for (const { things, probability } of alternatives) {
    const bySku: Record<string, number> = {}
    for (const { sku } of things) if (sku !== null) bySku[sku] = (bySku[sku] ?? 0) + 1
    for (const [sku, count] of Object.entries(bySku)) {
      const chances = counts[sku] ?? []
      while (chances.length <= count) chances.push(0)
      chances[count] = (chances[count] ?? 0) + probability
      counts[sku] = chances
    }
  }
  for (const chances of Object.values(counts)) chances[0] = Math.max(0, 1 - chances.reduce((sum, p) => sum + p, 0))
  return counts
}

/** The receipt that costs least in expectation, lines in order of SKU. */
export function toReceipt(catalogue: Catalogue, held: Holding, policy: ReceiptPolicy): Receipt {
  const lines: ReceiptLine[] = []
  let expectedCost = 0
  for (const sku of Object.keys(held).sort()) {
    const product = catalogue.products.get(sku)
    const chances = held[sku] ?? []
    if (product === undefined) continue
    const quantity = bestQuantity(chances, policy)
    expectedCost += product.priceMinor * costOf(quantity, chances, policy)
    if (quantity === 0) continue
    const confidence = Math.min(1, Math.max(0, chances[quantity] ?? 0))
    lines.push({ ...priceLine(product, quantity), name: product.name, confidence: Math.round(confidence * 1e4) / 1e4 })
  }
  const status = expectedCost > policy.reviewCostMinor ? 'review' : 'final'
  return { status, lines, taxes: taxGroups(lines), totalMinor: totalMinor(lines) }
}

function bestQuantity(chances: readonly number[], policy: ReceiptPolicy): number {
  let best = 0
  for (let quantity = 1; quantity < chances.length; quantity++)
    if (costOf(quantity, chances, policy) < costOf(best, chances, policy)) best = quantity
  return best
}

/** Expected cost of charging a quantity, in units of the price. */
function costOf(quantity: number, chances: readonly number[], { overchargeWeight }: ReceiptPolicy): number {
  return chances.reduce(
    (cost, p, held) => cost + p * (quantity > held ? overchargeWeight * (quantity - held) : held - quantity),
    0,
  )
}
