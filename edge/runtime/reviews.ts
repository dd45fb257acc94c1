/** A bill in review as a person sees it, and what their decision makes of it. Pure. */
import type { ChangeEvidence, Decision, ReviewCase, ReviewSummary } from '../../models/contracts/reviews.ts'
import type { Catalogue } from '../engine/catalogue.ts'
import type { TripBill } from '../engine/engine.ts'
import { offeredIn } from '../engine/offers.ts'
import { receiptOfDecision } from '../engine/review.ts'
import type { Decided } from '../observations.ts'
import type { DecisionOutcome } from './port.ts'
import type { ReviewRow } from './review-tables.ts'

export function toSummary({ body }: Pick<ReviewRow, 'body'>): ReviewSummary {
  const { tripId, shopper, account, endedAt, receipt } = JSON.parse(body) as TripBill
  return { tripId, shopper, account, endedAt, totalMinor: receipt.totalMinor }
}

export function toCase(row: ReviewRow, catalogue: Catalogue): ReviewCase {
  const bill = JSON.parse(row.body) as TripBill
  const { aliases, startedAt, findings } = bill
  const { currency, products } = offerOf(catalogue, bill)
  const evidence = JSON.parse(row.evidence) as Record<string, ChangeEvidence>
  return {
    ...toSummary(row),
    aliases: [...aliases],
    startedAt,
    currency,
    explanations: [...(findings?.explanations ?? [])],
    others: findings?.others ?? 1,
    late: [...(findings?.late ?? [])],
    doubts: (findings?.doubts ?? []).map((doubt) => ({ ...doubt, evidence: evidence[doubt.change] ?? null })),
    formerProducts: [...products.values()].flatMap(({ sku, name, priceMinor }) =>
      catalogue.products.get(sku)?.priceMinor === priceMinor ? [] : [{ sku, name, priceMinor }],
    ),
    decision: decisionOf(row),
  }
}

/** What was for sale when they were inside. */
function offerOf({ offers }: Catalogue, { startedAt, endedAt }: Pick<TripBill, 'startedAt' | 'endedAt'>) {
  return offeredIn(offers, startedAt, endedAt)
}

function decisionOf({ decision }: ReviewRow): Decision | null {
  return decision === null ? null : (JSON.parse(decision) as Decision)
}

/** The bill of a trip as decided: final, issued once. Nobody settles a trip before it ends, whatever a clock says that was set back since. */
export function decidedBill(catalogue: Catalogue, row: ReviewRow, { lines, ts }: Decided): TripBill {
  const bill = JSON.parse(row.body) as TripBill
  const { currency, products } = offerOf(catalogue, bill)
  return {
    ...bill,
    currency,
    receipt: receiptOfDecision(products, lines),
    findings: null,
    checkedAt: Math.max(Math.round(ts), bill.endedAt),
  }
}

/** Why a decision cannot be taken, or that it was taken before; null: it can be. */
export function objection(
  catalogue: Catalogue,
  row: ReviewRow | null,
  { tripId, lines }: Decided,
): DecisionOutcome | null {
  if (row === null) return { kind: 'no-such-case', found: tripId }
  const { products } = offerOf(catalogue, JSON.parse(row.body) as TripBill)
  const unknown = lines.findIndex(({ sku }) => !products.has(sku))
  if (unknown >= 0)
    return {
      kind: 'wrong-line',
      where: `/lines/${unknown}/sku`,
      found: lines[unknown]?.sku ?? '',
      wanted: 'a SKU of the store',
    }
  const twice = lines.findIndex(({ sku }, i) => lines.findIndex((other) => other.sku === sku) !== i)
  if (twice >= 0)
    return { kind: 'wrong-line', where: `/lines/${twice}/sku`, found: lines[twice]?.sku ?? '', wanted: 'each SKU once' }
  const before = decisionOf(row)
  if (before === null) return null
  if (!sameLines(before.lines, lines)) return { kind: 'other-decision', decision: before }
  return { kind: 'decided', totalMinor: receiptOfDecision(products, lines).totalMinor, duplicate: true }
}

function sameLines(a: Decided['lines'], b: Decided['lines']): boolean {
  const told = (lines: Decided['lines']) =>
    lines
      .map(({ sku, quantity }) => `${sku} ${quantity}`)
      .sort()
      .join()
  return told(a) === told(b)
}
