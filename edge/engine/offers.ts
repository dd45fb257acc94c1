/** What a shop sold, for what: a store file that was changed while somebody was inside charges nobody more than they could read. */
import type { Product } from '../../models/contracts/store.ts'

/** What was for sale from a time on, milliseconds since the Unix epoch, until the next one. */
export interface Offer {
  readonly since: number
  readonly currency: string
  /** By SKU. */
  readonly products: ReadonlyMap<string, Product>
}

/**
 * What somebody who was inside from … to is charged: the lower price where it was changed meanwhile, in the currency that they
 * came in under. `offers`: oldest first, one or more; the first stands for all that was before.
 */
export function offeredIn(offers: readonly Offer[], from: number, to: number): Omit<Offer, 'since'> {
  const seen = offers.filter(({ since }, i) => (i === 0 || since <= to) && (offers[i + 1]?.since ?? Infinity) > from)
  const [first = { currency: '', products: new Map<string, Product>() }, ...later] = seen
  const alike = later.filter(({ currency }) => currency === first.currency)
  if (alike.length === 0) return first
  const products = new Map(first.products)
  for (const offer of alike)
    for (const [sku, product] of offer.products)
      if (product.priceMinor <= (products.get(sku)?.priceMinor ?? Infinity)) products.set(sku, product)
  return { currency: first.currency, products }
}
