/** Ways across the shop that go round its fixtures: a visibility graph over their corners, with Dijkstra's search. */
import type { Store } from '../../models/contracts/store.ts'
import { type Box, boxAround, corners, crosses, distance, grown, inside, type Vec2 } from './geometry.ts'
import type { Shelving } from './shelving.ts'

/** Half a body's breadth: ways keep their corners at 0.3 m from a fixture, and none comes nearer than 0.2 m. */
const cornerClearance = 0.3
const bodyClearance = 0.2

export class Floor {
  readonly bounds: Box
  private readonly blocked: readonly Box[]
  private readonly nodes: readonly Vec2[]

  constructor(store: Store, shelving: Shelving) {
    const footprints = shelving.footprints
    this.bounds = boxAround([...store.zones.flatMap(({ polygon }) => polygon), ...footprints.flatMap(corners)])
    this.blocked = footprints.map((box) => grown(box, bodyClearance))
    this.nodes = footprints
      .flatMap((box) => corners(grown(box, cornerClearance)))
      .filter((node) => inside(this.bounds, node) && !this.blocked.some((box) => inside(box, node)))
  }

  isFree(point: Vec2): boolean {
    return inside(this.bounds, point) && !this.blocked.some((box) => inside(box, point))
  }

  /** The points to pass on the shortest way, `to` last. Where there is none the way is straight. */
  route(from: Vec2, to: Vec2): Vec2[] {
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
