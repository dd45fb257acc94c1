/**
 * The shop seen from above, in drawing units: centimetres, x to the right, y down (the store's y points up).
 * Shelves hang above one another, so each is drawn as a strip of its fixture: the lowest at the open side.
 */
import type { Cell, Device, Fixture, Store, Zone } from '../../../../models/contracts/store.ts'

type Vector = readonly [number, number]

interface Plate {
  readonly cell: string
  readonly shelf: string
  /** Corners, as SVG's `points` wants them. */
  readonly points: string
}

export interface FixturePlan {
  readonly id: string
  readonly outline: string
  readonly plates: readonly Plate[]
  /** Where its name is written: in front of the open side. */
  readonly label: Vector
}

export interface ZonePlan {
  readonly id: string
  readonly kind: Zone['kind']
  readonly points: string
  /** The middle of its upper edge; its name hangs below. */
  readonly label: Vector
}

export interface DevicePlan {
  readonly id: string
  readonly kind: 'camera' | 'receiver' | 'gate'
  readonly at: Vector
}

export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface FloorPlan {
  /** With a margin around everything. */
  readonly bounds: Bounds
  readonly zones: readonly ZonePlan[]
  readonly fixtures: readonly FixturePlan[]
  readonly devices: readonly DevicePlan[]
}

const unitsPerMetre = 100
/** Room for names and for shoppers at the edge, metres. */
const marginMetres = 0.4

/** Metres in the store to drawing units. */
export function toDrawing([x, y]: Vector): Vector {
  return [Math.round(x * unitsPerMetre), Math.round(-y * unitsPerMetre)]
}

/** Drawing units to metres in the store, to the centimetre. */
export function fromDrawing([x, y]: Vector): Vector {
  return [Math.round(x) / unitsPerMetre, Math.round(-y) / unitsPerMetre]
}

export function floorPlanOf(store: Store): FloorPlan {
  const zones = store.zones.map(planZone)
  return {
    bounds: boundsOf(store),
    zones,
    fixtures: store.fixtures.filter(hasCells).map(planFixture),
    devices: store.devices.flatMap((device) => planDevice(device, store.zones)),
  }
}

const hasCells = (fixture: Fixture) => fixture.shelves.some(({ cells }) => cells.length > 0)

function planZone({ id, kind, polygon }: Zone): ZonePlan {
  const top = Math.max(...polygon.map(([, y]) => y))
  return { id, kind, points: pointsOf(polygon), label: toDrawing([middleOf(polygon)[0], top]) }
}

/** Extent of something along a fixture (u) and into the room (v), metres. */
interface Extent {
  readonly u0: number
  readonly u1: number
  readonly v0: number
  readonly v1: number
}

function planFixture(fixture: Fixture): FixturePlan {
  const axes = axesOf(fixture)
  const all = around(fixture.shelves.flatMap(({ cells }) => cells.map((cell) => extentOf(cell, axes))))
  const shelves = [...fixture.shelves].sort((a, b) => heightOf(a.cells) - heightOf(b.cells))
  const strip = (all.v1 - all.v0) / shelves.length
  const plates = shelves.flatMap(({ id, cells }, level) => {
    const v1 = all.v1 - level * strip
    return cells.map((cell) => {
      const { u0, u1 } = extentOf(cell, axes)
      return { cell: cell.id, shelf: id, points: pointsOf(corners({ u0, u1, v0: v1 - strip, v1 }, axes)) }
    })
  })
  const label = toDrawing(inStore([(all.u0 + all.u1) / 2, all.v1 + 0.14], axes))
  return { id: fixture.id, outline: pointsOf(corners(all, axes)), plates, label }
}

interface Axes {
  readonly along: Vector
  readonly front: Vector
}

function axesOf({ front: [fx, fy] }: Fixture): Axes {
  return { along: [fy, -fx], front: [fx, fy] }
}

/** `size` is along the shelf and its depth. */
function extentOf({ center: [x, y], size: [width, depth] }: Cell, { along, front }: Axes): Extent {
  const u = x * along[0] + y * along[1]
  const v = x * front[0] + y * front[1]
  return { u0: u - width / 2, u1: u + width / 2, v0: v - depth / 2, v1: v + depth / 2 }
}

function around(extents: readonly Extent[]): Extent {
  return {
    u0: Math.min(...extents.map(({ u0 }) => u0)),
    u1: Math.max(...extents.map(({ u1 }) => u1)),
    v0: Math.min(...extents.map(({ v0 }) => v0)),
    v1: Math.max(...extents.map(({ v1 }) => v1)),
  }
}

function heightOf(cells: readonly Cell[]): number {
  return cells[0]?.center[2] ?? 0
}

function inStore([u, v]: Vector, { along, front }: Axes): Vector {
  return [u * along[0] + v * front[0], u * along[1] + v * front[1]]
}

function corners({ u0, u1, v0, v1 }: Extent, axes: Axes): Vector[] {
  const all: Vector[] = [
    [u0, v0],
    [u1, v0],
    [u1, v1],
    [u0, v1],
  ]
  return all.map((corner) => inStore(corner, axes))
}

function planDevice(device: Device, zones: readonly Zone[]): DevicePlan[] {
  if (device.kind === 'camera' || device.kind === 'receiver') {
    const [x, y] = device.position
    return [{ id: device.id, kind: device.kind, at: toDrawing([x, y]) }]
  }
  const zone = device.kind === 'gate' ? zones.find(({ id }) => id === device.zone) : undefined
  return zone === undefined ? [] : [{ id: device.id, kind: 'gate', at: toDrawing(middleOf(zone.polygon)) }]
}

function middleOf(polygon: readonly Vector[]): Vector {
  const xs = polygon.map(([x]) => x)
  const ys = polygon.map(([, y]) => y)
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2]
}

function pointsOf(polygon: readonly Vector[]): string {
  return polygon.map((point) => toDrawing(point).join(',')).join(' ')
}

/** Cameras and receivers outside of zones and fixtures do not widen the plan: they hang on walls. */
function boundsOf({ zones, fixtures }: Store): Bounds {
  const points: Vector[] = [
    ...zones.flatMap(({ polygon }) => polygon),
    ...fixtures.flatMap((fixture) => {
      const axes = axesOf(fixture)
      return fixture.shelves.flatMap(({ cells }) => cells.flatMap((cell) => corners(extentOf(cell, axes), axes)))
    }),
  ]
  if (points.length === 0) return { x: 0, y: 0, width: 500, height: 500 }
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  const [x, y] = toDrawing([Math.min(...xs) - marginMetres, Math.max(...ys) + marginMetres])
  const [right, bottom] = toDrawing([Math.max(...xs) + marginMetres, Math.min(...ys) - marginMetres])
  return { x, y, width: right - x, height: bottom - y }
}
