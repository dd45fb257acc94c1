/** A review in a shop manager's words. Pure. */
import type { ReviewAct, ReviewCase, ReviewDoubt, ReviewExplanation } from '../../../../models/contracts/reviews.ts'
import type { Store } from '../../../../models/contracts/store.ts'
import { type Names, shortId } from '../words.ts'

export type Lines = ReviewExplanation['lines']

/** `62 of 100`. */
export function oddsWords(probability: number): string {
  const of100 = Math.round(probability * 100)
  if (of100 < 1) return 'less than 1 of 100'
  return `${Math.min(99, of100)} of 100`
}

/** `1 × Fiji water 0.5 l`. */
export function lineWords({ sku, quantity }: Lines[number], names: Names): string {
  return `${quantity} × ${names.product(sku)}`
}

export type Sold = Pick<Store['products'][number], 'sku' | 'name' | 'priceMinor'>

/** What was for sale, for what, when the shopper was inside. */
export function soldThen({ products }: Store, { formerProducts }: Pick<ReviewCase, 'formerProducts'>): Sold[] {
  return [...new Map([...products, ...formerProducts].map((product) => [product.sku, product])).values()]
}

export function totalOf(lines: Lines, sold: readonly Sold[]): number {
  const prices = new Map(sold.map(({ sku, priceMinor }) => [sku, priceMinor]))
  return lines.reduce((sum, { sku, quantity }) => sum + quantity * (prices.get(sku) ?? 0), 0)
}

/** Lines on which not all explanations agree: what the reviewer has to decide. */
export function isDisputed({ sku, quantity }: Lines[number], explanations: readonly { lines: Lines }[]): boolean {
  return !explanations.every(({ lines }) => lines.some((line) => line.sku === sku && line.quantity === quantity))
}

/** `Shelf g1-s2 became 542 g lighter`; both ways where one took and another put. */
export function changeWords({ cells }: Pick<ReviewDoubt, 'cells'>, names: Names): string {
  const cell = cells[0]?.cell ?? 'unknown'
  const gramsOf = (isMeant: (deltaGrams: number) => boolean) =>
    Math.round(Math.abs(cells.reduce((sum, { deltaGrams }) => sum + (isMeant(deltaGrams) ? deltaGrams : 0), 0)))
  const lighter = gramsOf((grams) => grams < 0)
  const heavier = gramsOf((grams) => grams > 0)
  const ways = [...(lighter > 0 ? [`${lighter} g lighter`] : []), ...(heavier > 0 ? [`${heavier} g heavier`] : [])]
  return `Shelf ${names.shelfOf(cell) ?? cell} became ${ways.join(' and ')}`
}

/** `Shopper 7 took 1 × Fiji water 0.5 l`. */
export function wayWords(acts: readonly ReviewAct[], names: Names): string {
  if (acts.length === 0) return 'nothing was taken or put back'
  return acts.map((act) => actWords(act, names)).join(', and ')
}

function actWords({ kind, sku, quantity, shopper }: ReviewAct, names: Names): string {
  const who = shopper === null ? 'somebody unseen' : `shopper ${shortId(shopper)}`
  const what = sku === null ? 'something that is not for sale' : lineWords({ sku, quantity }, names)
  return kind === 'pick' ? `${who} took ${what}` : `${who} put ${what} back`
}

/** Explanations in which the same was done stand together: what was done, and the odds of it. */
export function waysOf(
  doubt: Pick<ReviewDoubt, 'ways'>,
  explanations: readonly ReviewExplanation[],
  names: Names,
): { readonly words: string; readonly probability: number }[] {
  const odds = new Map<string, number>()
  doubt.ways.forEach((acts, i) => {
    const words = wayWords(acts, names)
    odds.set(words, (odds.get(words) ?? 0) + (explanations[i]?.probability ?? 0))
  })
  return [...odds].map(([words, probability]) => ({ words, probability })).sort((a, b) => b.probability - a.probability)
}
