/** One picture of the shop, from what the engine, the outbox and the devices say. Pure. */
import type { EdgeView, OutboxEntry } from '../../edge/runtime/port.ts'
import type { DeviceView, LiveView } from '../../models/contracts/http.ts'
import type { LateSummary } from '../../models/contracts/late.ts'
import type { ReviewSummary } from '../../models/contracts/reviews.ts'
import type { CauseCount } from '../ingest/tally.ts'

/** As many as the contract of the live view says. */
export const shownBills = 20
/** The same for bills in review and cases of what was said too late: nobody looks at more at once. */
export const shownReviews = 50

export interface LiveParts {
  readonly storeId: string
  /** In words; none when all is well. */
  readonly problems: readonly string[]
  /** What somebody must see to, in words; the store goes on meanwhile. */
  readonly notices: readonly string[]
  readonly edge: EdgeView
  /** Oldest first. */
  readonly bills: readonly OutboxEntry[]
  readonly waitingBills: number
  /** Oldest first. */
  readonly reviews: readonly ReviewSummary[]
  readonly openReviews: number
  /** Oldest first. */
  readonly late: readonly LateSummary[]
  readonly openLate: number
  readonly devices: readonly DeviceView[]
  readonly rejected: readonly CauseCount[]
}

export function liveView({
  storeId,
  problems,
  notices,
  edge,
  bills,
  waitingBills,
  reviews,
  openReviews,
  late,
  openLate,
  devices,
  rejected,
}: LiveParts): LiveView {
  return {
    storeId,
    time: edge.time,
    problems: [...problems],
    notices: [...notices],
    shoppers: [...edge.shoppers],
    events: [...edge.events],
    bills: bills.slice(-shownBills).map(billView),
    waitingBills,
    reviews: [...reviews],
    openReviews,
    late: [...late],
    openLate,
    devices: [...devices],
    rejected: [...rejected],
  }
}

export type BillView = LiveView['bills'][number]

export function billView({ tripId, purchase, deliveredAt }: OutboxEntry): BillView {
  const { status, shopper, currency, totalMinor, lines } = purchase.bill
  return {
    tripId,
    shopper,
    account: purchase.account,
    endedAt: purchase.tripEndTime,
    status,
    lines: lines.map(({ sku, name, quantity, totalMinor, confidence }) => ({
      sku,
      name,
      quantity,
      totalMinor,
      confidence,
    })),
    currency,
    totalMinor,
    delivered: deliveredAt !== null,
  }
}
