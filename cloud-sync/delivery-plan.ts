/** Which bills to send now, and what an answer means. Pure: times in milliseconds since the epoch. */
import type { OutboxBill } from './outbox.ts'

/**
 * - `delivered`: the service has it.
 * - `refused`: it will never take it as it is; a person has to look.
 * - `broken`: the service stumbled over this one; others may still pass.
 * - `unreachable`: nothing can be delivered at the moment, or the token is not accepted.
 */
export type Outcome = 'delivered' | 'refused' | 'broken' | 'unreachable'

const refusals: ReadonlySet<number> = new Set([400, 409, 413, 422])

/** What an HTTP status says about a bill. A 2xx counts only with an answer that could be read (`understood`). */
export function outcomeOf(status: number, understood: boolean): Outcome {
  if (status === 200 || status === 201) return understood ? 'delivered' : 'unreachable'
  if (refusals.has(status)) return 'refused'
  return status === 500 ? 'broken' : 'unreachable'
}

/** Soon enough that a short outage is not felt, rare enough that a long one costs nothing. */
const firstBackoffMs = 1000
const maxBackoffMs = 60_000
/** A refused bill waits for a person or an update; an hour keeps the log readable. */
export const refusedRetryMs = 3_600_000

/** After the nth failure in a row: 1 s doubling to 60 s, spread by `random` in [0, 1) over its upper half. */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(maxBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10))
  return Math.max(firstBackoffMs, Math.round(whole * (0.5 + random / 2)))
}

export interface Delay {
  readonly failures: number
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly refused: boolean
}

/** What is due, in its order. */
export function due(
  entries: readonly OutboxBill[],
  delays: ReadonlyMap<number, Delay>,
  now: number,
): readonly OutboxBill[] {
  return entries.filter(({ seq }) => (delays.get(seq)?.until ?? 0) <= now)
}

/** When the first of the delays ends; Infinity: there is none. */
export function nextAt(delays: ReadonlyMap<number, Delay>): number {
  let first = Number.POSITIVE_INFINITY
  for (const { until } of delays.values()) first = Math.min(first, until)
  return first
}
