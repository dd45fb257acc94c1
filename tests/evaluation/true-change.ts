/** What an act really changed on the shelves, and who could have done it as sensing sees it. */
import type { Reach } from '../../edge/observations.ts'
import { offsetOf } from '../../edge/sensing/clock-offset.ts'
import { type CellSpace, cellSpaces } from '../../edge/sensing/geometry.ts'
import { reachOf } from '../../edge/sensing/reach.ts'
import type { SensingState } from '../../edge/sensing/sensing.ts'
import type { Store } from '../../models/contracts/store.ts'
import type { ShelfAct } from '../../simulators/world/ledger.ts'

/** Plates side by side, in order along the shelf. */
export interface Part {
  readonly shelf: string
  readonly cells: readonly { readonly cell: string; readonly grams: number }[]
  readonly reach: readonly Reach[]
}

/** Sensing looks at bodies up to a second after a change. */
const bodiesMs = 1300
/** The truth has the end of the movement, a scale finds its middle: half of what a hand takes. */
const slackMs = 100

/** How long after an act sensing has seen all that it asks for. */
export function knownAfterMs({ offsets }: SensingState): number {
  return bodiesMs + Math.max(0, offsetOf(offsets))
}

/** Ask when `knownAfterMs` have gone by, and before sensing forgets (20 s). */
export function createReachOfAct(sensing: SensingState, store: Store): (act: ShelfAct) => Part[] {
  const spaces = cellSpaces(store)
  const deviceOf = new Map(
    store.fixtures.flatMap(({ shelves }) => shelves.map(({ id, device }) => [id, device] as const)),
  )
  return (act) =>
    truePlates(act, spaces).map(({ shelf, cells }) => {
      const changes = cells.map(({ cell }) => ({ cell, at: act.ts, slackMs, sharp: true }))
      const offset = offsetOf(sensing.offsets, deviceOf.get(shelf) ?? '')
      return { shelf, cells, reach: reachOf(Object.values(sensing.presence.people), spaces, changes, offset) }
    })
}

/** Exact weights by plate; plates with a gap between them apart. */
export function truePlates(
  { kind, loads }: Pick<ShelfAct, 'kind' | 'loads'>,
  spaces: ReadonlyMap<string, CellSpace>,
): Omit<Part, 'reach'>[] {
  const gramsOf = new Map<string, number>()
  const sign = kind === 'pick' ? -1 : 1
  for (const { plate, grams } of loads) gramsOf.set(plate.id, (gramsOf.get(plate.id) ?? 0) + sign * grams)
  const plates = [...gramsOf].flatMap(([cell, grams]) => {
    const space = spaces.get(cell)
    return space === undefined ? [] : [{ cell, grams, shelf: space.shelf, index: space.index }]
  })
  plates.sort((a, b) => a.index - b.index)
  const runs: (typeof plates)[] = []
  for (const plate of plates) {
    const run = runs.at(-1)
    if (run?.at(-1)?.index === plate.index - 1) run.push(plate)
    else runs.push([plate])
  }
  return runs.map((run) => ({ shelf: run[0]?.shelf ?? '', cells: run.map(({ cell, grams }) => ({ cell, grams })) }))
}
