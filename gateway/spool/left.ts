/** What an earlier process left in the spool, and what of it its engine had been given. Pure. */
import type { IncomingMessage } from '../ingest/message.ts'
import { nameOf, type SpoolRecord } from './record.ts'

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
export function leftOf(records: readonly SpoolRecord[]): LeftMessage[] {
  const own = watermarksOf(records)
  const takenIn = new Map<number, number>()
  const left: LeftMessage[] = []
  let least = Number.POSITIVE_INFINITY
  for (let i = records.length - 1; i >= 0; i--) {
    const record = records[i]
    if (record?.kind === 'released') {
      least = Math.min(least, record.watermark)
      for (const name of record.awaiting) if (!takenIn.has(name)) takenIn.set(name, least)
    } else if (record?.kind === 'message') {
      const { arrivedAt, topic, payload } = record
      const before = own[i] ?? null
      const named = takenIn.size === 0 ? undefined : takenIn.get(nameOf(topic, payload))
      const watermark = named ?? (before === null ? null : Math.min(before, least))
      left.push({ message: { arrivedAt, topic, body: { kind: 'bytes', bytes: payload } }, watermark })
    }
  }
  return left.reverse()
}

/** What the engine had been given when each record was written. */
function watermarksOf(records: readonly SpoolRecord[]): (number | null)[] {
  let watermark: number | null = null
  return records.map((record) => {
    if (record.kind === 'released') watermark = record.watermark
    return watermark
  })
}
