/** Which true acts a sensed change tells of. */
import type { ShelfChange } from '../../../edge/observations.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Entry } from '../log.ts'

/** As in scoring: the same direction, a plate in common, and not further apart in time than this. */
const windowMs = 3000
/** Of two changes that were both going on, the one whose steepest instant is nearer: it decides where all else is equal. */
const nearerShare = 0.1

/** The acts of each change; none of a change that nobody made. Each act is told of by the best fitting change at most. */
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

/** Of changes at the same time on plates side by side, the one on the right plates and of the right weight. */
function nearest(act: ShelfAct, changes: readonly ShelfChange[]): ShelfChange | null {
  let best: ShelfChange | null = null
  let least = Number.POSITIVE_INFINITY
  for (const change of changes) {
    if (outsideMs(change, act) > windowMs || !tells(change, act)) continue
    const apartMs = 2 * outsideMs(change, act) + nearerShare * Math.abs(change.ts - act.ts)
    const misfit = apartMs + windowMs * (elsewhereShare(change, act) + wrongWeight(change, act))
    if (misfit >= least) continue
    best = change
    least = misfit
  }
  return best
}

function tells(change: ShelfChange, { kind, cells }: ShelfAct): boolean {
  return change.cells.some(({ cell, deltaGrams }) => deltaGrams < 0 === (kind === 'pick') && cells.includes(cell))
}

/** How far the end of the act is from the time in which the plates were unsettled: some things are taken very slowly. */
function outsideMs({ from, to }: ShelfChange, { ts }: ShelfAct): number {
  return Math.max(0, from - ts, ts - to)
}

/** The share of the act's weight that other plates carried. */
function elsewhereShare({ cells }: ShelfChange, { loads }: ShelfAct): number {
  const elsewhere = loads.filter(({ plate }) => !cells.some(({ cell }) => cell === plate.id))
  return sum(elsewhere.map(({ grams }) => grams)) / sum(loads.map(({ grams }) => grams))
}

/** How far the weight is off, as a share of the act's; too much says less, since one change may tell of several acts. */
function wrongWeight(change: ShelfChange, { loads }: ShelfAct): number {
  const grams = sum(loads.map((load) => load.grams))
  const off = Math.abs(gramsOf(change)) / grams - 1
  return off > 0 ? Math.min(0.5, off) : -off
}

function gramsOf({ cells }: ShelfChange): number {
  return sum(cells.map(({ deltaGrams }) => deltaGrams))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
