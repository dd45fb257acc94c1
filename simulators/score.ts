/** Scores bills against the truth (contract section 5). Pure. */
import type { Bill, BillsFile } from '../models/contracts/bills.ts'
import type { Truth } from '../models/contracts/recording.ts'
import { type Matching, matchShoppers } from './scoring/shoppers.ts'
import { type Stages, stagesOf } from './scoring/stages.ts'

export interface WrongReceipt {
  readonly shopper: string
  readonly missing: readonly Line[]
  readonly extra: readonly Line[]
  /** Non-empty bills that the shopper got; more than one is wrong even where the sum is right. */
  readonly bills: number
}

interface Line {
  readonly sku: string
  readonly quantity: number
}

export interface Score {
  readonly shoppers: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Share of shoppers whose receipt is exactly right. */
  readonly exactReceipts: number
  /** Share of shoppers with a bill that was sent to review. */
  readonly reviewShare: number
  readonly money: {
    readonly dueMinor: number
    readonly overMinor: number
    /** What of it was charged without a look: the rest waits in receipts that went to review. */
    readonly overUnseenMinor: number
    readonly underMinor: number
    /** Over and under as shares of what is due; 0 when nothing is due and nothing is wrong. */
    readonly overShare: number
    readonly underShare: number
  }
  readonly stages: Stages
  readonly wrong: readonly WrongReceipt[]
}

/** `priceMinor`: price of a piece by SKU, in minor units; an SKU that is not in it costs nothing. */
export function score(truth: Truth, bills: BillsFile, priceMinor: ReadonlyMap<string, number>): Score {
  const matching = matchShoppers(truth, bills.bills)
  const receipts = receiptsOf(truth, matching)
  const count = (of: (receipt: Receipt) => readonly Line[]): number =>
    sum(receipts.flatMap(of).map(({ quantity }) => quantity))
  const shoppers = receipts.filter(({ isKnown }) => isKnown)
  const wrong = receipts.filter((receipt) => !isExact(receipt))
  return {
    shoppers: shoppers.length,
    ...rates(
      count(({ right }) => right),
      count(({ extra }) => extra),
      count(({ missing }) => missing),
    ),
    exactReceipts: ratio(shoppers.filter(isExact).length, shoppers.length, 1),
    reviewShare: ratio(shoppers.filter(({ isReviewed }) => isReviewed).length, shoppers.length, 0),
    money: moneyOf(receipts, priceMinor),
    stages: stagesOf(truth, bills.events, (real, said) => real === said || matching.shopperOf(said).has(real)),
    wrong: wrong.map(({ shopper, missing, extra, bills: billed }) => ({ shopper, missing, extra, bills: billed })),
  }
}

/** Means of scores over recordings: of each figure by itself, as the contract wants it for F1. */
export function meanF1(scores: readonly Score[]): { precision: number; recall: number; f1: number } {
  const mean = (of: (score: Score) => number): number => ratio(sum(scores.map(of)), scores.length, 1)
  return { precision: mean((s) => s.precision), recall: mean((s) => s.recall), f1: mean((s) => s.f1) }
}

interface Receipt extends WrongReceipt {
  /** A shopper of the truth; otherwise a bill that is nobody's. */
  readonly isKnown: boolean
  readonly isReviewed: boolean
  readonly right: readonly Line[]
}

function receiptsOf(truth: Truth, { byShopper, nobodys }: Matching): Receipt[] {
  const known = [...byShopper].map(([shopper, bills]) =>
    receipt(shopper, truth.shoppers[shopper]?.items ?? [], bills, true),
  )
  return [...known, ...nobodys.map((bill) => receipt(bill.shopper, [], [bill], false))]
}

function receipt(shopper: string, due: readonly Line[], bills: readonly Bill[], isKnown: boolean): Receipt {
  const owed = total(due)
  const billed = total(bills.flatMap(({ items }) => items))
  const skus = [...new Set([...owed.keys(), ...billed.keys()])].sort()
  const lines = (quantity: (owed: number, billed: number) => number): Line[] =>
    skus
      .map((sku) => ({ sku, quantity: quantity(owed.get(sku) ?? 0, billed.get(sku) ?? 0) }))
      .filter((line) => line.quantity > 0)
  return {
    shopper,
    isKnown,
    isReviewed: bills.some(({ status }) => status === 'review'),
    bills: bills.filter(({ items }) => items.length > 0).length,
    right: lines(Math.min),
    missing: lines((a, b) => a - b),
    extra: lines((a, b) => b - a),
  }
}

function isExact({ missing, extra, bills }: Receipt): boolean {
  return missing.length === 0 && extra.length === 0 && bills <= 1
}

function total(lines: readonly Line[]): Map<string, number> {
  const quantities = new Map<string, number>()
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity)
  return quantities
}

/** Two empty receipts score 1. */
function rates(right: number, extra: number, missing: number): { precision: number; recall: number; f1: number } {
  const isEmpty = right + extra + missing === 0
  const otherwise = isEmpty ? 1 : 0
  return {
    precision: ratio(right, right + extra, otherwise),
    recall: ratio(right, right + missing, otherwise),
    f1: ratio(2 * right, 2 * right + extra + missing, otherwise),
  }
}

function moneyOf(receipts: readonly Receipt[], priceMinor: ReadonlyMap<string, number>): Score['money'] {
  const worth = (lines: readonly Line[]): number =>
    sum(lines.map(({ sku, quantity }) => quantity * (priceMinor.get(sku) ?? 0)))
  const dueMinor = sum(receipts.map(({ right, missing }) => worth(right) + worth(missing)))
  const overMinor = sum(receipts.map(({ extra }) => worth(extra)))
  const unseen = receipts.filter(({ isReviewed }) => !isReviewed)
  const overUnseenMinor = sum(unseen.map(({ extra }) => worth(extra)))
  const underMinor = sum(receipts.map(({ missing }) => worth(missing)))
  const share = (amount: number): number => ratio(amount, dueMinor, amount > 0 ? 1 : 0)
  return {
    dueMinor,
    overMinor,
    overUnseenMinor,
    underMinor,
    overShare: share(overMinor),
    underShare: share(underMinor),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function ratio(part: number, whole: number, otherwise: number): number {
  return whole === 0 ? otherwise : part / whole
}
