/** Where cells and zones are, and how far a hand is from the space over a cell. Metres, store coordinates. */
import type { Store, Zone } from '../../models/contracts/store.ts'
import type { Point, Position } from '../../models/contracts/units.ts'
import { hypot2, hypot3 } from './hypot.ts'

/** The space over one plate from which things are taken, in the fixture's own axes. */
export interface CellSpace {
  readonly cell: string
  readonly shelf: string
  /** Place in the shelf's row of cells, counted along the shelf. */
  readonly index: number
  readonly center: Position
  /** Unit vector along the shelf. */
  readonly along: Point
  /** Unit vector out of the open side. */
  readonly front: Point
  readonly halfWidth: number
  readonly halfDepth: number
  /** Free height over the plate, up to the next shelf. */
  readonly height: number
}

/** Hands go over the top shelf and bottles stand taller than the gap to no shelf at all: 40 cm. */
const openHeight = 0.4

/** Every cell of the store, keyed by cell id. Cells of a shelf are numbered along it whatever the file's order. */
export function cellSpaces(store: Store): Map<string, CellSpace> {
  const spaces = new Map<string, CellSpace>()
  for (const fixture of store.fixtures) {
    const front = unit(fixture.front)
    const along: Point = [-front[1], front[0]]
    const heights = fixture.shelves.map((shelf) => shelf.cells[0]?.center[2] ?? 0)
    for (const shelf of fixture.shelves) {
      const place = (center: Position) => center[0] * along[0] + center[1] * along[1]
      const ordered = [...shelf.cells].sort((a, b) => place(a.center) - place(b.center) || compare(a.id, b.id))
      ordered.forEach(({ id, center, size }, index) => {
        const above = Math.min(...heights.filter((z) => z > center[2] + 0.05), center[2] + openHeight)
        spaces.set(id, {
          cell: id,
          shelf: shelf.id,
          index,
          center,
          along,
          front,
          halfWidth: size[0] / 2,
          halfDepth: size[1] / 2,
          height: above - center[2],
        })
      })
    }
  }
  return spaces
}

/** Metres along the shelf from a point to a cell; 0 in front of it. */
export function asideMetres({ center, along, halfWidth }: CellSpace, x: number, y: number): number {
  return Math.max(0, Math.abs((x - center[0]) * along[0] + (y - center[1]) * along[1]) - halfWidth)
}

/** Distance in metres from a point to the space over a cell; 0 inside it. */
export function distanceToCell(space: CellSpace, point: Position): number {
  const dx = point[0] - space.center[0]
  const dy = point[1] - space.center[1]
  const along = asideMetres(space, point[0], point[1])
  const deep = Math.max(0, Math.abs(dx * space.front[0] + dy * space.front[1]) - space.halfDepth)
  const high = point[2] - space.center[2]
  const vertical = high < 0 ? -high : Math.max(0, high - space.height)
  return hypot3(along, deep, vertical)
}

/** Distance in metres on the floor from a body to the nearest point of a cell's plate. */
export function floorDistance(space: CellSpace, x: number, y: number): number {
  const dx = x - space.center[0]
  const dy = y - space.center[1]
  const along = asideMetres(space, x, y)
  const deep = Math.max(0, Math.abs(dx * space.front[0] + dy * space.front[1]) - space.halfDepth)
  return hypot2(along, deep)
}

/** Metres from a point to a zone; 0 inside. */
export function distanceToZone(zone: Zone, [x, y]: Point): number {
  if (insidePolygon(zone.polygon, x, y)) return 0
  let best = Number.POSITIVE_INFINITY
  zone.polygon.forEach((a, i) => {
    const b = zone.polygon[(i + 1) % zone.polygon.length] ?? a
    best = Math.min(best, distanceToSegment(x, y, a, b))
  })
  return best
}

function insidePolygon(polygon: readonly Point[], x: number, y: number): boolean {
  let inside = false
  polygon.forEach(([ax, ay], i) => {
    const [bx, by] = polygon[(i + 1) % polygon.length] ?? [ax, ay]
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside
  })
  return inside
}

function distanceToSegment(x: number, y: number, [ax, ay]: Point, [bx, by]: Point): number {
  const lengthSquared = (bx - ax) ** 2 + (by - ay) ** 2
  const t = lengthSquared === 0 ? 0 : ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / lengthSquared
  const clamped = Math.min(1, Math.max(0, t))
  return Math.hypot(x - ax - clamped * (bx - ax), y - ay - clamped * (by - ay))
}

function unit([x, y]: Point): Point {
  const length = Math.hypot(x, y)
  return [x / length, y / length]
}

/** Order of ids by code unit, the same on every machine and in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
