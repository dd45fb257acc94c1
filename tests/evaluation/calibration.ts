/** Whether a confidence of 0.9 is right nine times in ten. Pure arithmetic on what was said and what was so. */
import type { Bill } from '../../models/contracts/bills.ts'
import type { Truth } from '../../models/contracts/recording.ts'
import { matchShoppers } from '../../simulators/scoring/shoppers.ts'

/** Something that was said with a confidence: a line of a bill, or a whole bill. */
export interface Said {
  readonly confidence: number
  readonly right: boolean
  /** Whether it was charged without a look. */
  readonly final: boolean
}

export interface Bin {
  /** Confidence from (included) … to (excluded, but for 1). */
  readonly from: number
  readonly to: number
  readonly count: number
  readonly meanConfidence: number
  readonly rightShare: number
}

export interface Reliability {
  readonly count: number
  /** Mean square of confidence minus outcome (Brier 1950): 0 is perfect, 0.25 is what saying one half always gets. */
  readonly brier: number
  /** Expected calibration error (Naeini et al. 2015): mean distance of confidence and share of right ones over the bins. */
  readonly ece: number
  /** Charged without a look, with a confidence of at least `sureFrom`. */
  readonly sure: { readonly count: number; readonly wrong: number }
  readonly bins: readonly Bin[]
}

/** What the goal is stated for: of these at most 1 in 300 wrong. */
export const sureFrom = 0.99
/** Finer towards 1, where nearly all are and where a promise is dearest. */
const edges = [0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1]

export function reliability(said: readonly Said[]): Reliability {
  const bins = edges.slice(1).map((to, i) => binOf(edges[i] ?? 0, to, said))
  const sure = said.filter(({ final, confidence }) => final && confidence >= sureFrom)
  const square = ({ confidence, right }: Said) => (confidence - Number(right)) ** 2
  const off = ({ count, meanConfidence, rightShare }: Bin) => count * Math.abs(meanConfidence - rightShare)
  return {
    count: said.length,
    brier: mean(said.map(square)),
    ece: said.length === 0 ? 0 : bins.reduce((sum, bin) => sum + off(bin), 0) / said.length,
    sure: { count: sure.length, wrong: sure.filter(({ right }) => !right).length },
    bins,
  }
}

function binOf(from: number, to: number, said: readonly Said[]): Bin {
  const within = said.filter(
    ({ confidence }) => confidence >= from && (confidence < to || (to === 1 && confidence === 1)),
  )
  return {
    from,
    to,
    count: within.length,
    meanConfidence: mean(within.map(({ confidence }) => confidence)),
    rightShare: mean(within.map(({ right }) => Number(right))),
  }
}

/** A line is right when the shopper whose bill it is on owes exactly so many. */
export function linesSaid(truth: Truth, bills: readonly Bill[]): Said[] {
  const { byShopper } = matchShoppers(truth, bills)
  const owners = new Map([...byShopper].flatMap(([shopper, theirs]) => theirs.map((bill) => [bill, shopper] as const)))
  return bills.flatMap((bill) => {
    const owed = truth.shoppers[owners.get(bill) ?? '']?.items ?? []
    return bill.items.map(({ sku, quantity, confidence }) => ({
      confidence,
      right: owed.some((item) => item.sku === sku && item.quantity === quantity),
      final: bill.status === 'final',
    }))
  })
}

/** A bill is right when its shopper's receipt is; `wrong`: the shoppers whose receipts are not. */
export function billsSaid(truth: Truth, bills: readonly Bill[], wrong: ReadonlySet<string>): Said[] {
  const { byShopper, nobodys } = matchShoppers(truth, bills)
  const said = ({ confidence, status }: Bill, right: boolean): Said[] =>
    confidence === undefined ? [] : [{ confidence, right, final: status === 'final' }]
  return [
    ...[...byShopper].flatMap(([shopper, theirs]) => theirs.flatMap((bill) => said(bill, !wrong.has(shopper)))),
    ...nobodys.flatMap((bill) => said(bill, bill.items.length === 0)),
  ]
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}
