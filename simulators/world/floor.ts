/** Ways across the shop that go round its fixtures: a visibility graph over their corners, with Dijkstra's search. */
import type { Store } from '../../models/contracts/store.ts'
import { type Box, boxAround, corners, crosses, distance, grown, inside, turned, type Vec2 } from './geometry.ts'
import type { Shelving } from './shelving.ts'

/** Half a body's breadth: ways keep their corners at 0.3 m from a fixture, and none comes nearer than 0.2 m. */
const cornerClearance = 0.3
const bodyClearance = 0.2

/** Its boxes are upright in the shop's own frame: a shop may stand askew in its coordinates, as a whole. */
export class Floor {
  private readonly bounds: Box
  private readonly blocked: readonly Box[]
  private readonly nodes: readonly Vec2[]
  private readonly askew: number

  constructor(store: Store, shelving: Shelving) {
    this.askew = askewOf(store)
    const upright = (point: Vec2): Vec2 => turned(point, -this.askew)
    const footprints = store.fixtures.map(({ id }) => boxAround(outline(id, shelving).map(upright)))
    const zones = store.zones.flatMap(({ polygon }) => polygon.map(upright))
    this.bounds = boxAround([...zones, ...footprints.flatMap(corners)])
    this.blocked = footprints.map((box) => grown(box, bodyClearance))
    this.nodes = footprints.flatMap((box) => corners(grown(box, cornerClearance))).filter((node) => this.isClear(node))
  }

  isFree(point: Vec2): boolean {
    return this.isClear(turned(point, -this.askew))
  }

  /** The points to pass on the shortest way, `to` last. Where there is none the way is straight. */
  route(from: Vec2, to: Vec2): Vec2[] {
    const way = this.shortest(turned(from, -this.askew), turned(to, -this.askew))
    return [...way.slice(0, -1).map((point) => turned(point, this.askew)), to]
  }

  private isClear(point: Vec2): boolean {
    return inside(this.bounds, point) && !this.blocked.some((box) => inside(box, point))
  }

  private shortest(from: Vec2, to: Vec2): Vec2[] {
    if (this.sees(from, to)) return [to]
    const points = [from, ...this.nodes, to]
    const cost = points.map(() => Number.POSITIVE_INFINITY)
    const before = points.map(() => -1)
    const open = new Set(points.keys())
    cost[0] = 0
    while (open.size > 0) {
      const next = cheapest(open, cost)
      open.delete(next)
      if (next === points.length - 1) break
      this.relax(points, next, open, cost, before)
    }
    return pathTo(points, before)
  }

  private relax(
    points: readonly Vec2[],
    at: number,
    open: ReadonlySet<number>,
    cost: number[],
    before: number[],
  ): void {
    const here = points[at]
    const spent = cost[at] ?? Number.POSITIVE_INFINITY
    if (here === undefined || spent === Number.POSITIVE_INFINITY) return
    for (const other of open) {
      const there = points[other]
      if (there === undefined) continue
      const total = spent + distance(here, there)
      if (total >= (cost[other] ?? 0) || !this.sees(here, there)) continue
      cost[other] = total
      before[other] = at
    }
  }

  private sees(a: Vec2, b: Vec2): boolean {
    return !this.blocked.some((box) => crosses(a, b, box))
  }
}

/** How far the first fixture is turned from the nearest axis, radians; in most shops all stand alike. */
export function askewOf({ fixtures: [first] }: Store): number {
  if (first === undefined) return 0
  const angle = Math.atan2(first.front[1], first.front[0])
  return angle - Math.round(angle / (Math.PI / 2)) * (Math.PI / 2)
}

/** Corners of a fixture's shelves. */
function outline(fixture: string, { shelves }: Shelving): Vec2[] {
  const points = shelves
    .filter((shelf) => shelf.fixture === fixture)
    .flatMap(({ along, front, from, to, edge, depth }) =>
      [from, to].flatMap((u) =>
        [edge, edge - depth].map((v): Vec2 => [along[0] * u + front[0] * v, along[1] * u + front[1] * v]),
      ),
    )
  return points.length === 0 ? [[0, 0]] : points
}

function cheapest(open: ReadonlySet<number>, cost: readonly number[]): number {
  let best = -1
  for (const i of open) if (best < 0 || (cost[i] ?? 0) < (cost[best] ?? 0)) best = i
  return best
}

function pathTo(points: readonly Vec2[], before: readonly number[]): Vec2[] {
  const path: Vec2[] = []
  for (let at = points.length - 1; at > 0; at = before[at] ?? 0) {
    const point = points[at]
    if (point !== undefined) path.unshift(point)
    if (before[at] === -1) break
  }
  return path
}
