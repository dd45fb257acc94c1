/** Bills that a store is to send once more, since the account service was put back from a copy that does not have them. */
import type { SqlSession } from '../sql.ts'

/** Name of the header with which a store's accounts come; its value is a time interval (ISO 8601-1, 5.5.1: start/end). */
export const billsWantedHeader = 'bills-wanted'

/** When the service took them, milliseconds since the epoch. */
export interface BillsWanted {
  readonly from: number
  readonly to: number
}

/** A store that was switched off meanwhile hears of it, too. */
const toldMs = 30 * 86_400_000
/**
 * What a store's clock may be off, either way, also of a service whose clock was wrong just then: what is sent twice is billed once,
 * a bill that is not asked for is lost, and one of which something may be forgotten must not be taken for a new one.
 */
const clockOffMs = 86_400_000

/**
 * The header's value, another one each time that the service was put back; null: nothing is wanted. Where the clock was behind the
 * copy then, nobody knows until when.
 */
export async function billsWanted(session: SqlSession, now: number): Promise<string | null> {
  const [row] = await session.query<{ known_until: number | null }>(
    'SELECT MIN(known_until) AS known_until FROM restored WHERE at > ?',
    [now - toldMs],
  )
  const at = await lastRestoredAt(session)
  if (row === undefined || row.known_until === null || at === null) return null
  const isClockBehind = at <= row.known_until
  const [from, to] = [Math.max(0, row.known_until - clockOffMs), at + (isClockBehind ? toldMs : clockOffMs)]
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`
}

/** When the service was put back from a copy last, by its clock then, which may have been set back since; null: never. */
export async function lastRestoredAt(session: SqlSession): Promise<number | null> {
  const [row] = await session.query<{ at: number }>('SELECT at FROM restored ORDER BY rowid DESC LIMIT 1')
  return row?.at ?? null
}

/**
 * Whether the books may have forgotten what became of the bill of a trip that ended then, milliseconds since the epoch: they were
 * put back from a copy since, in the last 30 days.
 */
export async function mayHaveForgotten(session: SqlSession, endedAt: number, now: number): Promise<boolean> {
  const rows = await session.query('SELECT at FROM restored WHERE at > ? AND (at >= ? OR at <= known_until) LIMIT 1', [
    now - toldMs,
    endedAt - clockOffMs,
  ])
  return rows.length > 0
}

/** Null for none, and for what is no interval. */
export function readBillsWanted(header: string | null): BillsWanted | null {
  const [from = Number.NaN, to = Number.NaN] = (header ?? '').split('/').map(Date.parse)
  return from <= to ? { from, to } : null
}
