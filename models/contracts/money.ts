/** Money in integer minor units, and tax that is right to the minor unit. */
import type { Product } from './store.ts'

export interface TaxGroup {
  readonly taxRate: number
  /** Sum of the lines at this rate, tax included, minor units. */
  readonly grossMinor: number
  /** Tax inside `grossMinor`, rounded half up once per group, minor units. */
  readonly taxMinor: number
}

export interface PricedLine {
  readonly sku: string
  readonly quantity: number
  readonly unitPriceMinor: number
  readonly taxRate: number
  readonly totalMinor: number
}

/** Rates are taken to a millionth, so that 0.1 means exactly a tenth. */
const rateScale = 1_000_000n

/** The tax inside a gross amount, rounded half up, once per rate as in EN 16931-1 BR-CO-17. Minor units. */
export function taxInside(grossMinor: number, taxRate: number): number {
  const rate = BigInt(Math.round(taxRate * Number(rateScale)))
  const whole = rateScale + rate
  return Number((2n * BigInt(grossMinor) * rate + whole) / (2n * whole))
}

export function priceLine(product: Product, quantity: number): PricedLine {
  const { sku, priceMinor, taxRate } = product
  return { sku, quantity, unitPriceMinor: priceMinor, taxRate, totalMinor: priceMinor * quantity }
}

/** Groups by rate, lowest rate first. */
export function taxGroups(lines: readonly PricedLine[]): TaxGroup[] {
  const gross = new Map<number, number>()
  for (const line of lines) gross.set(line.taxRate, (gross.get(line.taxRate) ?? 0) + line.totalMinor)
  return [...gross]
    .sort(([a], [b]) => a - b)
    .map(([taxRate, grossMinor]) => ({ taxRate, grossMinor, taxMinor: taxInside(grossMinor, taxRate) }))
}

export function totalMinor(lines: readonly PricedLine[]): number {
  return lines.reduce((sum, line) => sum + line.totalMinor, 0)
}

/**
 * One group of EN 16931-1's VAT BREAKDOWN (BG-23), named as there: BT-116 to BT-119. Prices in a shop include the tax,
 * so the tax inside the gross amount is what is right, and the taxable amount is the rest: with tax they are what was
 * paid, to the minor unit (BR-CO-15). The other way round, BR-CO-17's tax of the taxable amount, can be a minor unit
 * off, which that rule's published Schematron lets pass; some gross amounts have no taxable amount for which it is not.
 */
export interface VatBreakdown {
  /** BT-116, minor units. */
  readonly vatCategoryTaxableAmountMinor: number
  /** BT-117, minor units. */
  readonly vatCategoryTaxAmountMinor: number
  /** BT-118, of UNTDID 5305: S for every rate above 0, a reduced one included; Z for 0. */
  readonly vatCategoryCode: 'S' | 'Z'
  /** BT-119, percent. */
  readonly vatCategoryRatePercent: number
}

export function vatBreakdown(groups: readonly TaxGroup[]): VatBreakdown[] {
  return groups.map(({ taxRate, grossMinor, taxMinor }) => ({
    vatCategoryTaxableAmountMinor: grossMinor - taxMinor,
    vatCategoryTaxAmountMinor: taxMinor,
    vatCategoryCode: taxRate > 0 ? 'S' : 'Z',
    vatCategoryRatePercent: Math.round(taxRate * Number(rateScale)) / (Number(rateScale) / 100),
  }))
}
