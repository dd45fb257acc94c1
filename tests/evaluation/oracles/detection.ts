/** Told what changed on the shelves: exactly the true acts, each by itself, with the reach that sensing sees for them. */
import type { Observation, ShelfChange } from '../../../edge/observations.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Entry } from '../log.ts'
import type { Part } from '../true-change.ts'

/** Half a gram is what the engine takes for rounding in any case. */
const exactSdGrams = 0.5

export function toldDetection(log: readonly Entry[]): Observation[] {
  return log.flatMap((entry): Observation[] => {
    if (entry.kind === 'act') return entry.parts.map((part) => changeOf(entry.act, part))
    if (entry.kind !== 'sensed' || entry.observation.kind === 'shelf-change') return []
    return [entry.observation]
  })
}

function changeOf({ ts }: ShelfAct, { shelf, cells, reach }: Part): ShelfChange {
  return {
    kind: 'shelf-change',
    ts,
    from: ts,
    to: ts,
    shelf,
    cells: cells.map(({ cell, grams }) => ({ cell, ts, deltaGrams: grams, sdGrams: exactSdGrams })),
    reach,
  }
}
