/** Does a purchase add up? Everything that can be computed again is, and compared to the minor unit. Pure. */
import type { Purchase } from '../models/contracts/http.ts'
import { type TaxGroup, taxGroups, totalMinor } from '../models/contracts/money.ts'
import type { Fault } from '../models/contracts/validate.ts'

/** The faults found; none means that lines, cart, taxes, total and times agree. */
export function checkPurchase(purchase: Purchase): Fault[] {
  const { bill } = purchase
  return [
    ...timeFaults(purchase),
    ...checkedFaults(purchase),
    ...bill.lines.flatMap((line, i) =>
      differs(`/bill/lines/${i}/totalMinor`, line.totalMinor, line.unitPriceMinor * line.quantity),
    ),
    ...differs('/bill/totalMinor', bill.totalMinor, totalMinor(bill.lines)),
    ...taxFaults(bill.taxes, taxGroups(bill.lines)),
    ...cartFaults(purchase),
  ]
}

function differs(where: string, found: number, wanted: number): Fault[] {
  return found === wanted ? [] : [{ where, found: String(found), wanted: String(wanted) }]
}

function timeFaults({ tripStartTime, tripEndTime }: Purchase): Fault[] {
  if (tripStartTime <= tripEndTime) return []
  return [
    { where: '/tripEndTime', found: String(tripEndTime), wanted: `a time not before tripStartTime (${tripStartTime})` },
  ]
}

/** What a person has settled is in review no more, and nobody settles a trip before it ends. */
function checkedFaults({ tripEndTime, bill: { status, checkedAt } }: Purchase): Fault[] {
  if (checkedAt === undefined) return []
  if (status === 'review')
    return [{ where: '/bill/checkedAt', found: String(checkedAt), wanted: 'nothing in a bill that is in review' }]
  if (checkedAt >= tripEndTime) return []
  return [{ where: '/bill/checkedAt', found: String(checkedAt), wanted: `a time after the trip (${tripEndTime})` }]
}

/** Groups may come in any order. */
function taxFaults(found: readonly TaxGroup[], wanted: readonly TaxGroup[]): Fault[] {
  const told = found.map(tellGroup).sort().join('; ')
  const computed = wanted.map(tellGroup).sort().join('; ')
  return told === computed ? [] : [{ where: '/bill/taxes', found: told || 'none', wanted: computed || 'none' }]
}

function tellGroup({ taxRate, grossMinor, taxMinor }: TaxGroup): string {
  return `at ${taxRate} gross ${grossMinor} tax ${taxMinor}`
}

/** The cart says how many of what; the bill's lines must say the same. */
function cartFaults({ cartItems, bill }: Purchase): Fault[] {
  const cart = countBySku(cartItems.map(({ sku, quantity }) => ({ sku, quantity: quantity.value })))
  const lines = countBySku(bill.lines)
  const skus = new Set([...cart.keys(), ...lines.keys()])
  return [...skus].flatMap((sku) =>
    cart.get(sku) === lines.get(sku)
      ? []
      : [
          {
            where: '/cartItems',
            found: `${cart.get(sku) ?? 0} of ${sku}`,
            wanted: `${lines.get(sku) ?? 0}, as billed`,
          },
        ],
  )
}

function countBySku(list: readonly { sku: string; quantity: number }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { sku, quantity } of list) counts.set(sku, (counts.get(sku) ?? 0) + quantity)
  return counts
}
