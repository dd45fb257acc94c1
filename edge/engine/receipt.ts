/** From what a shopper may hold to what they are charged: by the expected cost of being wrong. */
import { type PricedLine, priceLine, type TaxGroup, taxGroups, totalMinor } from '../../models/contracts/money.ts'
import type { Product } from '../../models/contracts/store.ts'
import type { Counts } from './counts.ts'

/** What is for sale, by SKU. */
export type Products = ReadonlyMap<string, Product>

/** For each SKU the probability of holding 0, 1, 2, … of it. */
type Holding = Readonly<Record<string, readonly number[]>>

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
  /** Probability that all of it is exactly right. */
  readonly confidence: number
}

/** What a wrong receipt costs, in money of the store. */
export interface ReceiptPolicy {
  /** Charging somebody too much costs this many times the amount: a refund, an apology, a customer. */
  readonly overchargeWeight: number
  /** What any wrong receipt costs besides its money: a complaint to answer, somebody who comes no more. Minor units. */
  readonly wrongCostMinor: number
  /** What it costs to have a person look: above this expected cost of being wrong they do. Minor units. */
  readonly reviewCostMinor: number
}

/**
 * Ties go in the shopper's favour; a look costs some minutes of a person's time, and a shopper who waits for the receipt.
 * With 150 twice as many bills would go to a person, four in ten of the further ones wrong.
 */
export const defaultPolicy: ReceiptPolicy = { overchargeWeight: 1.25, wrongCostMinor: 100, reviewCostMinor: 250 }

/** Sums up alternatives: contents with their probabilities, most likely first. */
function holding(alternatives: readonly Counts[]): Holding {
  const counts: Record<string, number[]> = {}
  for (const { counts: each, probability } of alternatives) {
    for (const [sku, count] of Object.entries(each)) {
      const chances = counts[sku] ?? []
      while (chances.length <= count) chances.push(0)
      chances[count] = (chances[count] ?? 0) + probability
      counts[sku] = chances
    }
  }
  for (const chances of Object.values(counts)) chances[0] = Math.max(0, 1 - chances.reduce((sum, p) => sum + p, 0))
  return counts
}

/** The receipt that costs least in expectation, lines in order of SKU. What has no price is a person's to look at. */
export function toReceipt(products: Products, alternatives: readonly Counts[], policy: ReceiptPolicy): Receipt {
  const held = holding(alternatives)
  const priced = Object.keys(held)
    .sort()
    .flatMap((sku) => products.get(sku) ?? [])
  const cheapest = priced.map(({ sku }) => bestQuantity(held[sku] ?? [], policy))
  let best = { quantities: cheapest, cost: Number.POSITIVE_INFINITY, chance: 0 }
  for (const quantities of [cheapest, ...likeliest(priced, alternatives)]) {
    const chance = chanceOf(priced, quantities, alternatives)
    const money = priced.reduce(
      (sum, { sku, priceMinor }, i) => sum + priceMinor * costOf(quantities[i] ?? 0, held[sku] ?? [], policy),
      0,
    )
    const cost = money + policy.wrongCostMinor * (1 - chance)
    if (cost < best.cost) best = { quantities, cost, chance }
  }
  const lines = priced.flatMap((product, i): ReceiptLine[] => {
    const quantity = best.quantities[i] ?? 0
    const confidence = rounded(Math.min(1, held[product.sku]?.[quantity] ?? 0))
    return quantity === 0 ? [] : [{ ...priceLine(product, quantity), name: product.name, confidence }]
  })
  const isKnown = Object.keys(held).every((sku) => products.has(sku))
  const status = best.cost > policy.reviewCostMinor || !isKnown ? 'review' : 'final'
  return { status, lines, taxes: taxGroups(lines), totalMinor: totalMinor(lines), confidence: rounded(best.chance) }
}

/** Beyond the likeliest few no receipt is the cheapest. */
const mostCompared = 12

/** Quantities of the products in the likeliest alternatives. */
function likeliest(priced: readonly Product[], alternatives: readonly Counts[]): number[][] {
  return alternatives.slice(0, mostCompared).map(({ counts }) => priced.map(({ sku }) => counts[sku] ?? 0))
}

/** Probability of holding exactly these quantities. */
function chanceOf(priced: readonly Product[], quantities: readonly number[], alternatives: readonly Counts[]): number {
  const sum = alternatives.reduce((total, { counts, probability }) => {
    return priced.every(({ sku }, i) => (counts[sku] ?? 0) === quantities[i]) ? total + probability : total
  }, 0)
  return Math.min(1, sum)
}

/** What a person decided: final, as sure as that person is. SKUs that the store does not have are left out. */
export function decidedReceipt(
  products: Products,
  decided: readonly { readonly sku: string; readonly quantity: number }[],
  confidence: number,
): Receipt {
  const lines = [...decided]
    .sort((a, b) => (a.sku < b.sku ? -1 : 1))
    .flatMap(({ sku, quantity }): ReceiptLine[] => {
      const product = products.get(sku)
      return product === undefined ? [] : [{ ...priceLine(product, quantity), name: product.name, confidence }]
    })
  return { status: 'final', lines, taxes: taxGroups(lines), totalMinor: totalMinor(lines), confidence }
}

function rounded(probability: number): number {
  return Math.round(probability * 1e4) / 1e4
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
