/** Lets go of what the store need not keep any more, at the start and daily; says in words and figures what went. */

import type { StoreRuntime } from '../edge/runtime/port.ts'
import { mostPruned } from '../edge/runtime/prune.ts'
import { createDaily, type Daily } from '../models/platform/daily.ts'
import { before, storeRetention } from '../models/privacy/retention.ts'
import type { Clock } from './clock.ts'
import type { UsedCodes } from './entry/used-codes.ts'
import type { BusLog } from './mqtt/bus.ts'

export type StoreKind = keyof typeof storeRetention

export interface RetentionOptions {
  readonly runtime: Pick<StoreRuntime, 'prune'>
  readonly usedCodes: Pick<UsedCodes, 'forget'>
  readonly clock: Clock
  /** Told of each kind of which something went. */
  readonly onRemoved: (kind: StoreKind, count: number) => void
  readonly log: BusLog
}

/** One bounded part; true: there is more. */
export async function removeOld({ runtime, usedCodes, clock, onRemoved, log }: RetentionOptions): Promise<boolean> {
  const now = clock.now()
  // A simulated clock that nobody has set yet.
  if (now === 0) return false
  const limits = before(storeRetention, now)
  const removed = { ...(await runtime.prune(limits)), usedCodes: usedCodes.forget(limits.usedCodes) }
  for (const [kind, count] of Object.entries(removed) as [StoreKind, number][]) {
    if (count === 0) continue
    onRemoved(kind, count)
    const { what, days } = storeRetention[kind]
    log.info({ kind, count }, `${count} older than ${days} days were removed: ${what}`)
  }
  return Object.values(removed).some((count) => count >= mostPruned)
}

export function createRetention(options: RetentionOptions): Daily {
  return createDaily({
    work: () => removeOld(options),
    onError: ({ message }) => options.log.warn({}, `old data could not be removed, it is tried again: ${message}`),
  })
}
