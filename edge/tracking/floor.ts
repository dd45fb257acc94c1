/** Where people can be: on the shop's floor. Pure; metres. */
import type { Store } from '../../models/contracts/store.ts'
import type { Pair } from './matrix.ts'

/** Corners of a convex polygon, against the clock. */
export type Floor = readonly Pair[]

/** Around the floor, since places are some decimetres off; whoever is seen further out is behind the shop's window. */
const marginMetres = 0.5

const doorKinds: readonly Store['zones'][number]['kind'][] = ['entry', 'exit', 'entry-exit', 'staff']

/** Arm and lean reach 0.95 m from the trunk (`edge/sensing/reach.ts`): whoever takes a thing stands so far before it. */
const standMetres = 1

/**
 * The smallest convex floor that holds every zone and shelf of the store, where people stand at the shelves, and what its
 * cameras hang over: a store file need not have a zone for its aisles. Null where it has no zone at all.
 */
export function floorOf({ zones, fixtures, devices }: Pick<Store, 'zones' | 'fixtures' | 'devices'>): Floor | null {
  if (zones.length === 0) return null
  const corners = zones.flatMap(({ polygon }) => polygon.map(([x, y]): Pair => [x, y]))
  const shelves = fixtures.flatMap(({ front, shelves }) =>
    shelves.flatMap(({ cells }) =>
      cells.flatMap(({ center: [x, y] }): Pair[] => [
        [x, y],
        [x + front[0] * standMetres, y + front[1] * standMetres],
      ]),
    ),
  )
  const cameras = devices.flatMap((device): Pair[] =>
    device.kind === 'camera' ? [[device.position[0], device.position[1]]] : [],
  )
  return hull([...corners, ...shelves, ...cameras])
}

/** Where people come in and go out, the staff too: a floor for each such zone. */
export function doorsOf({ zones }: Pick<Store, 'zones'>): Floor[] {
  return zones.flatMap(({ kind, polygon }) =>
    doorKinds.includes(kind) ? [hull(polygon.map(([x, y]): Pair => [x, y]))] : [],
  )
}

export function isAtDoor({ doors }: { readonly doors: readonly Floor[] }, at: Pair): boolean {
  return doors.some((door) => isOnFloor(door, at))
}

/** Within the floor or so near to it that it may be. */
export function isOnFloor(floor: Floor | null, [x, y]: Pair): boolean {
  return (floor ?? []).every((corner, index, corners) => {
    const next = corners[(index + 1) % corners.length] ?? corner
    const [ax, ay] = [next[0] - corner[0], next[1] - corner[1]]
    return ax * (y - corner[1]) - ay * (x - corner[0]) >= -marginMetres * Math.hypot(ax, ay)
  })
}

/** A. M. Andrew, "Another efficient algorithm for convex hulls in two dimensions", 1979. */
function hull(points: readonly Pair[]): Pair[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  return [...halfHull(sorted), ...halfHull(sorted.reverse())]
}

function halfHull(sorted: readonly Pair[]): Pair[] {
  const kept: Pair[] = []
  for (const point of sorted) {
    while (kept.length >= 2 && turn(kept.at(-2) ?? point, kept.at(-1) ?? point, point) <= 0) kept.pop()
    kept.push(point)
  }
  return kept.slice(0, -1)
}

function turn(a: Pair, b: Pair, c: Pair): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}
