/** When a payment is tried again, given up, and asked after. Pure: times in milliseconds since the epoch. */
import type { DeclineReason } from '../../models/contracts/payments.ts'
import type { Step } from '../ledger/bookings.ts'

const dayMs = 86_400_000
/**
 * Days after the first decline. The first of them is soon, for a limit of the day; the last after four weeks, so that
 * whoever is paid by the month was paid in between. Six tries in 28 days stay far below the 15 in 30 from which Visa
 * fines.
 */
const retryDays = [1, 3, 7, 14, 28] as const
/**
 * Overdue for so long, a debt counts as lost (IFRS 9, B5.5.37: default is presumed at 90 days past due). It stays owed.
 */
export const writeOffMs = 90 * dayMs

/** What broke does so again until somebody has looked; an hour keeps the log readable. */
export const brokenPauseMs = 3_600_000
/** No try is put off for longer, but by a clock that was ahead: with a day, by which one is set back without much harm. */
export const longestRetryMs = longestPause(retryDays) + dayMs

/** What only the shopper can mend, or nobody. To go on trying a closed card is forbidden (Visa's declines of category 1). */
const waitsForShopper: ReadonlySet<DeclineReason> = new Set([
  'authentication-required',
  'method-unusable',
  'no-method',
  'too-small',
])

/** What a decline leads to, at `now`, of a bill that is overdue since `failedSince` (null: it was not until now). */
export function afterDecline(failedSince: number | null, reason: DeclineReason, now: number): Step {
  const since = overdueSince(failedSince, now)
  const nextAt = nextTryAt(since, reason, now)
  if (nextAt !== null) return { kind: 'declined', nextAt, reason }
  return { kind: 'refused', nextAt: since + writeOffMs, reason }
}

/** Since when something is overdue that fails at `now`: what was noted while the clock was ahead counts from now on. */
export function overdueSince(failedSince: number | null, now: number): number {
  return Math.min(failedSince ?? now, now)
}

/**
 * When to try again by itself what failed first at `failedSince` and now for this reason; null: not any more. A try by
 * hand in between changes nothing of that, and a service that was down for long catches up with one.
 */
export function nextTryAt(failedSince: number, reason: DeclineReason, now: number): number | null {
  if (waitsForShopper.has(reason)) return null
  return retryDays.map((days) => failedSince + days * dayMs).find((at) => at > now) ?? null
}

/** Days after a refund was sent: a bank can send it back for 30 of them (Stripe), and longer where a day is a banking day. */
const lookDays = [1, 3, 7, 14, 31, 45] as const
/** As `longestRetryMs`. */
export const longestLookMs = longestPause(lookDays) + dayMs

/** When to look next, at `now`, whether a refund that was sent at `sentAt` has come back; null: not any more. */
export function nextLookAt(sentAt: number, now: number): number | null {
  return lookDays.map((days) => Math.min(sentAt, now) + days * dayMs).find((at) => at > now) ?? null
}

function longestPause(days: readonly number[]): number {
  return Math.max(...days.map((day, i) => day - (days[i - 1] ?? 0))) * dayMs
}

/** An answer that is outstanding is asked after soon, then ever more seldom: a provider that is down needs rest. */
export function askAgainMs(asks: number): number {
  return Math.min(5_000 * 2 ** Math.min(asks, 10), 600_000)
}

/** A shopper may have one bill tried so often with one payment method: with our six that is still below Visa's 15. */
export const mostTriesByShopper = 8
export const triesByShopperWithinMs = 30 * dayMs
