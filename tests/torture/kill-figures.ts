/** What was acknowledged, beside what the journal holds. */
import type { Observation } from '../../edge/observations.ts'
import { openJournalStore } from '../../edge/runtime/journal-store.ts'
import { longestLateMs } from '../../gateway/ingest/ingest.ts'
import type { Change } from './shelf.ts'

export interface KillFigures {
  readonly kills: number
  readonly acknowledged: number
  /** Acknowledged, and in no observation. */
  readonly lost: readonly Astray[]
  /** As well, but so late that it is refused in words: the gateway was killed again before the shelf could say it. */
  readonly tooLate: readonly Astray[]
  /** In two observations. */
  readonly doubled: readonly Astray[]
}

interface Astray {
  readonly change: Change
  /** What the journal holds of its plate, oldest first. */
  readonly found: readonly Found[]
}

interface Found {
  readonly cell: string
  /** Event time. */
  readonly ts: number
  readonly deltaGrams: number
}

/** Changes are whole grams; a level is known to a fraction. */
const sameGrams = 0.4

export function figuresOf(kills: number, changes: readonly Change[], journal: string): KillFigures {
  const byCell = byPlate(observed(journal))
  const acknowledged = changes.filter((change) => change.acknowledged !== null)
  const counted = acknowledged.map((change) => {
    const found = byCell.get(change.cell) ?? []
    const times = found.filter(({ deltaGrams }) => Math.abs(deltaGrams - change.deltaGrams) < sameGrams).length
    return { change, found, times }
  })
  return {
    kills,
    acknowledged: acknowledged.length,
    lost: counted.filter(({ change, times }) => times === 0 && !isTooLate(change)),
    tooLate: counted.filter(({ change, times }) => times === 0 && isTooLate(change)),
    doubled: counted.filter(({ times }) => times > 1),
  }
}

function isTooLate({ payload, acknowledged }: Change): boolean {
  const { ts } = JSON.parse(payload) as { ts: number }
  return acknowledged !== null && acknowledged.at - ts > longestLateMs
}

/** All that can be said of one that is lost or doubled, for whoever looks for the cause. */
export function describe({ change, found }: Astray): string {
  const { device, seq, payload, acknowledged, said } = change
  const when = acknowledged === null ? 'never' : `at ${acknowledged.at} by gateway ${acknowledged.gateway}`
  return [
    `${device} seq ${seq}, said ${said} times, acknowledged ${when}`,
    `  it said ${payload}`,
    `  the journal has of its plate: ${found.map(({ ts, deltaGrams }) => `${deltaGrams.toFixed(1)} g at ${ts}`).join(', ') || 'nothing'}`,
  ].join('\n')
}

function observed(path: string): Found[] {
  const journal = openJournalStore(path)
  try {
    journal.open('kills')
    return journal.observations().flatMap((body) => {
      const observation = JSON.parse(body) as Observation
      return observation.kind === 'shelf-change' ? observation.cells : []
    })
  } finally {
    journal.close()
  }
}

function byPlate(found: readonly Found[]): Map<string, Found[]> {
  const plates = new Map<string, Found[]>()
  for (const one of found) plates.set(one.cell, [...(plates.get(one.cell) ?? []), one])
  return plates
}
