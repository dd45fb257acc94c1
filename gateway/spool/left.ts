/** What an earlier process left in the spool, and what of it the engine was given that the journal holds. Pure. */
import type { IncomingMessage } from '../ingest/message.ts'
import { nameOf, type SpoolRecord } from './record.ts'

/** In place of a watermark, with a number that no other process of the spool has: what stands after it is of another process. */
export const processBegins = -1

/** In place of a process's first watermark: the clock was set back before it, and the journal stood at a time of the former clock. */
export const clockSetBack = 1

export interface LeftMessage {
  readonly message: IncomingMessage
  readonly wasGiven: boolean
}

/**
 * Messages among records in the order in which they were written. `journalTime` is the event time at which the journal stands: the
 * first release of the latest process that reached it says what that engine had been given: all that stands before, but what it names.
 * Times of messages do not tell: how far a device's clock is off, another process may see otherwise. `isAhead`: the journal stands
 * at a time of a clock that has been set back since.
 */
export function leftOf(records: readonly SpoolRecord[], journalTime: number, isAhead = false): LeftMessage[] {
  const at = releaseAt(records, journalTime, isAhead)
  const release = records[at]
  const waiting = new Set(release?.kind === 'released' ? release.awaiting : [])
  return records.flatMap((record, i) => {
    if (record.kind !== 'message') return []
    const { arrivedAt, topic, payload } = record
    const name = nameOf(topic, payload)
    const message = { arrivedAt, topic, body: { kind: 'bytes' as const, bytes: payload }, name }
    return [{ message, wasGiven: i < at && !waiting.has(name) }]
  })
}

/** Without such a release nothing waited when the journal was written (what waits is on disk before): all was given. */
function releaseAt(records: readonly SpoolRecord[], journalTime: number, isAhead: boolean): number {
  const processes: { readonly at: number; readonly watermark: number }[][] = [[]]
  let seen = new Set<string>()
  for (const [at, record] of records.entries()) {
    if (record.kind !== 'released') continue
    const { watermark, awaiting } = record
    const words = `${watermark} ${awaiting.join()}`
    // What a failed write left unsynced was written again.
    if (seen.has(words)) continue
    // Another process begins where the journal stood; one of a former version did not say so.
    if (watermark === processBegins || watermark < (processes.at(-1)?.at(-1)?.watermark ?? watermark)) {
      processes.push([])
      seen = new Set()
    }
    seen.add(words)
    if (watermark !== processBegins) processes.at(-1)?.push({ at, watermark })
  }
  // A process of whose releases none outlived a power cut wrote nothing into the journal.
  const latest = processes.findLast((releases) => releases.length > 0)
  const reached = latest?.find(({ watermark }) => watermark >= journalTime)?.at
  // One that began after the clock was set back has written nothing into a journal that still stands where it stood.
  const began = isAhead ? latest?.find(({ watermark }) => watermark === clockSetBack)?.at : undefined
  return reached ?? began ?? records.length
}
