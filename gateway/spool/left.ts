/** What an earlier process left in the spool, and what of it its engine had been given. Pure. */
import type { IncomingMessage } from '../ingest/message.ts'
import type { KeptRecord } from './record.ts'

export interface LeftMessage {
  readonly message: IncomingMessage
  /** What the engine had been given when it was taken in: event time; null: nothing. */
  readonly watermark: number | null
}

/**
 * Messages among records in the order in which they were written. An engine that was given everything up to a time was not given
 * what was kept before and not taken in yet (`awaiting`). And one that starts from an older time (a restart) knows no more than
 * that, of all that stands before: what was open then is given anew from there.
 */
export function leftOf(records: readonly KeptRecord[]): LeftMessage[] {
  const own = watermarksOf(records)
  const takenIn = new Map<number, number>()
  const left: LeftMessage[] = []
  let least = Number.POSITIVE_INFINITY
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i]
    if (record?.kind === 'released') {
      least = Math.min(least, record.watermark)
      for (const sum of record.awaiting) if (!takenIn.has(sum)) takenIn.set(sum, least)
    } else if (record?.kind === 'message') {
      const { arrivedAt, topic, payload, sum } = record
      const before = own[i] ?? null
      const watermark = takenIn.get(sum) ?? (before === null ? null : Math.min(before, least))
      left.push({ message: { arrivedAt, topic, body: { kind: 'bytes', bytes: payload } }, watermark })
    }
  }
  return left.reverse()
}

/** What the engine had been given when each record was written. */
function watermarksOf(records: readonly KeptRecord[]): (number | null)[] {
  let watermark: number | null = null
  return records.map((record) => {
    if (record.kind === 'released') watermark = record.watermark
    return watermark
  })
}
