/** Which true acts a sensed change tells of. */
import type { ShelfChange } from '../../../edge/observations.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Entry } from '../witness.ts'

/** As in scoring: the same direction, a plate in common, and not further apart in time than this. */
const windowMs = 3000

/** The acts of each change; none of a change that nobody made. Each act is told of by the nearest change at most. */
export type Matches = ReadonlyMap<ShelfChange, readonly ShelfAct[]>

export function matchActs(log: readonly Entry[]): Matches {
  const changes = log.flatMap((entry) =>
    entry.kind === 'sensed' && entry.observation.kind === 'shelf-change' ? [entry.observation] : [],
  )
  const matches = new Map<ShelfChange, ShelfAct[]>(changes.map((change) => [change, []]))
  for (const entry of log) {
    if (entry.kind !== 'act') continue
    const change = nearest(entry.act, changes)
    if (change !== null) matches.get(change)?.push(entry.act)
  }
  return matches
}

function nearest(act: ShelfAct, changes: readonly ShelfChange[]): ShelfChange | null {
  let best: ShelfChange | null = null
  let least = windowMs
  for (const change of changes) {
    const apart = Math.abs(change.ts - act.ts)
    if (apart > least || !tells(change, act)) continue
    best = change
    least = apart
  }
  return best
}

function tells({ cells }: ShelfChange, { kind, cells: real }: ShelfAct): boolean {
  const sum = cells.reduce((total, { deltaGrams }) => total + deltaGrams, 0)
  return sum < 0 === (kind === 'pick') && cells.some(({ cell }) => real.includes(cell))
}
