/** Purchases for tests. */
import type { Purchase } from '../../models/contracts/http.ts'
import { type PricedLine, taxGroups, totalMinor } from '../../models/contracts/money.ts'

const start = Date.UTC(2026, 10, 21, 12, 0, 0)
const water = { sku: '632565000012', quantity: 2, unitPriceMinor: 150, taxRate: 0.1, totalMinor: 300 }
const wine = { sku: 'wine-75', quantity: 1, unitPriceMinor: 899, taxRate: 0.22, totalMinor: 899 }

export function purchaseOf(trip: string, changes: Partial<Purchase> = {}): Purchase {
  return {
    requestId: `request-of-${trip}`,
    idempotentShoppingTripId: trip,
    storeId: 's1',
    tripStartTime: start,
    tripEndTime: start + 60_000,
    account: null,
    ...billed([water, wine]),
    ...changes,
  }
}

/** The parts of a purchase that lines lead to. */
export function billed(lines: readonly PricedLine[]): Pick<Purchase, 'cartItems' | 'bill'> {
  return {
    cartItems: lines.map(({ sku, quantity }) => ({ sku, quantity: { value: quantity, unit: 'unit' } })),
    bill: {
      status: 'final',
      shopper: 'target-7',
      storeName: 'Via Roma 1',
      currency: 'EUR',
      lines: lines.map((line) => ({ ...line, name: `Product ${line.sku}`, confidence: 0.98 })),
      taxes: taxGroups(lines).map((group) => ({ ...group })),
      totalMinor: totalMinor(lines),
    },
  }
}
