/** The store file's shelves as the world needs them: plates in order along each shelf, with their extents. */
import type { Cell, Fixture, Store } from '../../models/contracts/store.ts'
import { type Box, boxAround, dot, type Vec2, type Vec3 } from './geometry.ts'

export interface Plate {
  readonly id: string
  /** Place in `Shelving.plates`, the index of every per-plate array of the simulators. */
  readonly index: number
  /** Extent along the shelf, metres from the store's origin. */
  readonly from: number
  readonly to: number
}

export interface ShelfSpace {
  readonly id: string
  readonly device: string
  readonly fixture: string
  /** In order along the shelf. */
  readonly plates: readonly Plate[]
  /** Unit vector along the shelf, and the one that its open side faces. */
  readonly along: Vec2
  readonly front: Vec2
  /** Position of the front edge along `front`, of the plates' tops, and the plates' depth, metres. */
  readonly edge: number
  readonly height: number
  readonly depth: number
  readonly from: number
  readonly to: number
}

export interface Shelving {
  readonly plates: readonly Plate[]
  readonly shelves: readonly ShelfSpace[]
  readonly shelfOfPlate: ReadonlyMap<string, ShelfSpace>
  /** What nobody can walk through, by fixture. */
  readonly footprints: readonly Box[]
}

export function shelvingOf(store: Store): Shelving {
  let index = 0
  const shelves = store.fixtures.flatMap((fixture) =>
    fixture.shelves.map((shelf) => {
      const space = shelfSpace(fixture, shelf, index)
      index += shelf.cells.length
      return space
    }),
  )
  const plates = shelves.flatMap((shelf) => shelf.plates).sort((a, b) => a.index - b.index)
  const shelfOfPlate = new Map(shelves.flatMap((shelf) => shelf.plates.map(({ id }) => [id, shelf] as const)))
  return { plates, shelves, shelfOfPlate, footprints: store.fixtures.map(footprint) }
}

function shelfSpace(fixture: Fixture, shelf: Fixture['shelves'][number], firstIndex: number): ShelfSpace {
  const front = fixture.front
  const along: Vec2 = [-front[1], front[0]]
  const at = (cell: Cell): number => dot([cell.center[0], cell.center[1]], along)
  const plates = shelf.cells
    .map((cell, i) => ({
      id: cell.id,
      index: firstIndex + i,
      from: at(cell) - cell.size[0] / 2,
      to: at(cell) + cell.size[0] / 2,
    }))
    .sort((a, b) => a.from - b.from)
  const edges = shelf.cells.map((cell) => dot([cell.center[0], cell.center[1]], front) + cell.size[1] / 2)
  return {
    id: shelf.id,
    device: shelf.device,
    fixture: fixture.id,
    plates,
    along,
    front,
    edge: Math.max(...edges),
    height: Math.max(...shelf.cells.map(({ center }) => center[2])),
    depth: Math.min(...shelf.cells.map(({ size }) => size[1])),
    from: Math.min(...plates.map(({ from }) => from)),
    to: Math.max(...plates.map(({ to }) => to)),
  }
}

function footprint(fixture: Fixture): Box {
  const [fx, fy] = fixture.front
  const points = fixture.shelves.flatMap(({ cells }) =>
    cells.flatMap(({ center: [x, y], size: [width, depth] }) => {
      const half: Vec2 = [
        (Math.abs(fy) * width + Math.abs(fx) * depth) / 2,
        (Math.abs(fx) * width + Math.abs(fy) * depth) / 2,
      ]
      return [[x - half[0], y - half[1]] as Vec2, [x + half[0], y + half[1]] as Vec2]
    }),
  )
  return boxAround(points.length === 0 ? [[0, 0]] : points)
}

/** A point of the shelf: `u` along it, `depth` behind its front edge, `above` its plates; all metres. */
export function pointOn(shelf: ShelfSpace, u: number, depth: number, above: number): Vec3 {
  const out = shelf.edge - depth
  return [shelf.along[0] * u + shelf.front[0] * out, shelf.along[1] * u + shelf.front[1] * out, shelf.height + above]
}

/** Where a body stands that works at `u` of the shelf, `away` metres from its front edge. */
export function standAt(shelf: ShelfSpace, u: number, away: number): Vec2 {
  const [x, y] = pointOn(shelf, u, -away, 0)
  return [x, y]
}

/** Shares of a load of `width` metres that lies with its middle at `u`, by plate; they add up to 1. */
export function sharesOf(
  shelf: ShelfSpace,
  u: number,
  width: number,
): { readonly plate: Plate; readonly share: number }[] {
  const from = u - width / 2
  const to = u + width / 2
  const overlaps = shelf.plates
    .map((plate) => ({ plate, share: Math.min(to, plate.to) - Math.max(from, plate.from) }))
    .filter(({ share }) => share > 1e-6)
  const sum = overlaps.reduce((total, { share }) => total + share, 0)
  if (sum > 0) return overlaps.map(({ plate, share }) => ({ plate, share: share / sum }))
  const nearest = [...shelf.plates].sort((a, b) => Math.abs(a.from + a.to - 2 * u) - Math.abs(b.from + b.to - 2 * u))[0]
  return nearest === undefined ? [] : [{ plate: nearest, share: 1 }]
}
