/** A finished trip as others want it: a line of the bills file, a purchase for the account service. */
import type { Bill } from '../../models/contracts/bills.ts'
import type { Purchase } from '../../models/contracts/http.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { TripBill } from '../engine/engine.ts'

export function toBill({ shopper, aliases, account, currency, receipt }: TripBill): Bill {
  return {
    shopper,
    aliases: [...aliases],
    account,
    status: receipt.status,
    items: receipt.lines.map(({ sku, quantity, confidence }) => ({ sku, quantity, confidence })),
    currency,
    totalMinor: receipt.totalMinor,
    confidence: receipt.confidence,
  }
}

/** `requestId` is that of the trip until an attempt to deliver gives it its own. */
export function toPurchase(trip: TripBill, store: Store): Purchase {
  const { lines, taxes, totalMinor, status } = trip.receipt
  return {
    requestId: trip.tripId,
    idempotentShoppingTripId: trip.tripId,
    storeId: store.id,
    tripStartTime: trip.startedAt,
    tripEndTime: trip.endedAt,
    cartItems: lines.map(({ sku, quantity }) => ({ sku, quantity: { value: quantity, unit: 'unit' } })),
    account: trip.account,
    bill: {
      status,
      shopper: trip.shopper,
      storeName: store.name,
      currency: trip.currency,
      lines: lines.map((line) => ({ ...line })),
      taxes: taxes.map((group) => ({ ...group })),
      totalMinor,
      ...(trip.checkedAt === null ? {} : { checkedAt: trip.checkedAt }),
    },
  }
}
