/** How a refund falls on the rates of tax of its bill. Pure: minor units. */
import type { PricedLine, TaxGroup } from '../../models/contracts/money.ts'
import type { NewRefund } from '../../models/contracts/payments.ts'
import type { Fault } from '../../models/contracts/validate.ts'

type Wanted = Pick<NewRefund, 'lines' | 'amountMinor'>

export interface RefundableBill {
  readonly lines: readonly PricedLine[]
  /** What earlier refunds left, by rate. */
  readonly left: readonly TaxGroup[]
  /** How many of each SKU earlier refunds were for. */
  readonly refunded: ReadonlyMap<string, number>
}

export type RefundPlan =
  | { readonly ok: true; readonly grossByRate: ReadonlyMap<number, number> }
  | { readonly ok: false; readonly fault: Fault }

/** Gross amounts by rate: those of the lines, or the amount spread over what is left, or all that is left. */
export function planRefund(wanted: Wanted, bill: RefundableBill): RefundPlan {
  if (wanted.lines !== undefined && wanted.amountMinor !== undefined)
    return fault('/amountMinor', String(wanted.amountMinor), 'nothing beside lines')
  if (wanted.lines !== undefined) return ofLines(wanted.lines, bill)
  if (wanted.amountMinor !== undefined) return ofAmount(wanted.amountMinor, bill.left)
  return { ok: true, grossByRate: new Map(bill.left.map(({ taxRate, grossMinor }) => [taxRate, grossMinor])) }
}

function fault(where: string, found: string, wanted: string): RefundPlan {
  return { ok: false, fault: { where, found, wanted } }
}

function ofLines(lines: NonNullable<Wanted['lines']>, bill: RefundableBill): RefundPlan {
  const taken = new Map(bill.refunded)
  const grossByRate = new Map<number, number>()
  for (const [i, { sku, quantity }] of lines.entries()) {
    const pieces = bill.lines.filter((line) => line.sku === sku)
    const before = taken.get(sku) ?? 0
    const most = pieces.reduce((sum, line) => sum + line.quantity, 0) - before
    if (quantity > most)
      return fault(`/lines/${i}`, `${quantity} of ${sku}`, `at most ${most}, as billed and not refunded`)
    for (const [rate, grossMinor] of priceOf(pieces, before, quantity))
      grossByRate.set(rate, (grossByRate.get(rate) ?? 0) + grossMinor)
    taken.set(sku, before + quantity)
  }
  for (const [rate, grossMinor] of grossByRate) {
    const left = bill.left.find(({ taxRate }) => taxRate === rate)?.grossMinor ?? 0
    if (grossMinor > left)
      return fault('/lines', `${grossMinor} to give back`, `at most ${left}, which is left at this tax rate`)
  }
  if ([...grossByRate.values()].every((grossMinor) => grossMinor === 0))
    return fault('/lines', '0 to give back', 'products that cost something')
  return { ok: true, grossByRate }
}

/** Rates and prices of the next `quantity` pieces after the first `skip` ones. */
function priceOf(pieces: readonly PricedLine[], skip: number, quantity: number): (readonly [number, number])[] {
  let passed = 0
  return pieces.map((line) => {
    const from = Math.max(skip, passed)
    passed += line.quantity
    const count = Math.max(0, Math.min(skip + quantity, passed) - from)
    return [line.taxRate, count * line.unitPriceMinor] as const
  })
}

/** In proportion to what is left at each rate; the odd minor units go where the largest part was cut off. */
function ofAmount(amountMinor: number, left: readonly TaxGroup[]): RefundPlan {
  const whole = left.reduce((sum, { grossMinor }) => sum + grossMinor, 0)
  if (amountMinor > whole)
    return fault('/amountMinor', String(amountMinor), `at most ${whole}, which is left of the bill`)
  const shares = left.map(({ taxRate, grossMinor }) => {
    const product = BigInt(amountMinor) * BigInt(grossMinor)
    return { taxRate, minor: Number(product / BigInt(whole)), cut: Number(product % BigInt(whole)) }
  })
  const missing = amountMinor - shares.reduce((sum, { minor }) => sum + minor, 0)
  const luckiest = new Set([...shares].sort((a, b) => b.cut - a.cut || a.taxRate - b.taxRate).slice(0, missing))
  return {
    ok: true,
    grossByRate: new Map(shares.map((share) => [share.taxRate, share.minor + (luckiest.has(share) ? 1 : 0)])),
  }
}
