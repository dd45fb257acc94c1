/** Refused messages by cause, with the latest example in words; and how often the log may say so. */
import type { Cause, Rejection } from './causes.ts'

export interface CauseCount {
  readonly cause: Cause
  readonly count: number
  readonly example: string
}

export interface Tally {
  add(rejection: Rejection): void
  /** In alphabetical order of the causes. */
  list(): CauseCount[]
}

export function createTally(): Tally {
  const counts = new Map<Cause, { count: number; example: string }>()
  return {
    add({ cause, sentence }) {
      counts.set(cause, { count: (counts.get(cause)?.count ?? 0) + 1, example: sentence })
    },
    list: () => [...counts].map(([cause, entry]) => ({ cause, ...entry })).sort((a, b) => (a.cause < b.cause ? -1 : 1)),
  }
}

/** Once a minute a cause and device: enough to notice, too little to fill a disk. */
const reportEveryMs = 60_000

export interface Reporter {
  /** How many have gathered since the last report, this one included; null while it is too early for another. */
  due(rejection: Rejection, now: number): number | null
}

/** Bounded by the causes times the devices of the store. */
export function createReporter(): Reporter {
  const last = new Map<string, { at: number; held: number }>()
  return {
    due({ cause, device }, now) {
      const key = `${cause} ${device ?? ''}`
      const entry = last.get(key)
      if (entry !== undefined && now - entry.at < reportEveryMs) {
        entry.held += 1
        return null
      }
      last.set(key, { at: now, held: 0 })
      return (entry?.held ?? 0) + 1
    },
  }
}
