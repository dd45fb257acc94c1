/** Bodies that a picture is made of: convex shapes of unit size, each brought to its place and size by a linear map. */
import { cross, dot, minus, times, type Vector } from '../../models/geometry/vector.ts'

/** Shapes in their own coordinates; `limb` is the hull of two balls on the y axis, one at 0 and one at `length`. */
export type Shape =
  | { readonly kind: 'ball' }
  /** From -1 to 1 on each axis. */
  | { readonly kind: 'box' }
  /** Around the y axis, of radius 1, from -1 to 1. */
  | { readonly kind: 'can' }
  | { readonly kind: 'limb'; readonly fromRadius: number; readonly toRadius: number; readonly length: number }

/** Red, green and blue of light, 1 for what a white sheet throws back. */
export type Light = Float64Array

/** Writes the share of light that a point throws back, by its place in the shape's own coordinates. */
export type Paint = (out: Light, x: number, y: number, z: number) => void

export interface Solid {
  readonly shape: Shape
  /** Where the shape's origin lies, metres in the store. */
  readonly at: Vector
  /** Rows of the map from the store to the shape: place = axes · (point - at). They stand upright on each other. */
  readonly axes: readonly [Vector, Vector, Vector]
  readonly paint: Paint
  /** Cloth and skin are uneven, tins and walls are not: how much a normal is tilted at random, from 0. */
  readonly folds?: number
  /** The middle of the body that this is a part of: what faces it lies in the body's own shade. Metres in the store. */
  readonly core?: readonly [x: number, y: number]
}

/** a + factor · b */
export function along(a: Vector, b: Vector, factor: number): Vector {
  return [a[0] + b[0] * factor, a[1] + b[1] * factor, a[2] + b[2] * factor]
}

export function unit(a: Vector): Vector {
  return times(a, 1 / Math.max(1e-9, Math.hypot(a[0], a[1], a[2])))
}

/** A direction across `axis`, as near to `wish` as can be. */
export function across(axis: Vector, wish: Vector): Vector {
  const flat = along(wish, axis, -dot(wish, axis))
  if (dot(flat, flat) > 1e-6) return unit(flat)
  return unit(cross(axis, Math.abs(axis[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]))
}

export interface LimbForm {
  readonly from: Vector
  readonly to: Vector
  readonly fromRadius: number
  readonly toRadius: number
  /** The direction in which it is thinner, and how thick it is there as a share. */
  readonly flat?: { readonly towards: Vector; readonly share: number }
}

/** A part of a body between two points, thick as given at each end. */
export function limb({ from, to, fromRadius, toRadius, flat }: LimbForm, paint: Paint, folds = 0): Solid {
  const reach = minus(to, from)
  const length = Math.max(1e-3, Math.hypot(...reach))
  const axis = times(reach, 1 / length)
  const thin = across(axis, flat?.towards ?? [1, 0, 0])
  const axes = [cross(axis, thin), axis, times(thin, 1 / (flat?.share ?? 1))] as const
  // A ball that holds the other needs a length that keeps the hull well formed.
  const shape = {
    kind: 'limb',
    fromRadius,
    toRadius,
    length: Math.max(length, Math.abs(fromRadius - toRadius) * 1.01),
  } as const
  return { shape, at: from, axes: [axes[0], axes[1], axes[2]], paint, folds }
}

/** A ball pulled to the given half lengths along three directions that stand upright on each other. */
export function ball(
  at: Vector,
  directions: readonly [Vector, Vector, Vector],
  halves: Vector,
  paint: Paint,
  folds = 0,
): Solid {
  return { shape: { kind: 'ball' }, at, axes: halved(directions, halves), paint, folds }
}

export function box(at: Vector, directions: readonly [Vector, Vector, Vector], halves: Vector, paint: Paint): Solid {
  return { shape: { kind: 'box' }, at, axes: halved(directions, halves), paint }
}

/** Upright, `halves` are radius across, half height and radius in depth. */
export function can(at: Vector, directions: readonly [Vector, Vector, Vector], halves: Vector, paint: Paint): Solid {
  return { shape: { kind: 'can' }, at, axes: halved(directions, halves), paint }
}

function halved([a, b, c]: readonly [Vector, Vector, Vector], [x, y, z]: Vector): [Vector, Vector, Vector] {
  return [times(a, 1 / x), times(b, 1 / y), times(c, 1 / z)]
}

/** Corners of a box around the solid, in the store. */
export function hullOf({ shape, at, axes }: Solid): Vector[] {
  const [low, high] = extentOf(shape)
  const back = axes.map((row) => times(row, 1 / dot(row, row)))
  const [u = at, v = at, w = at] = back
  const corners: Vector[] = []
  for (const x of [low[0], high[0]])
    for (const y of [low[1], high[1]])
      for (const z of [low[2], high[2]]) corners.push(along(along(along(at, u, x), v, y), w, z))
  return corners
}

function extentOf(shape: Shape): readonly [Vector, Vector] {
  if (shape.kind !== 'limb')
    return [
      [-1, -1, -1],
      [1, 1, 1],
    ]
  const { fromRadius, toRadius, length } = shape
  const most = Math.max(fromRadius, toRadius)
  return [
    [-most, Math.min(-fromRadius, length - toRadius), -most],
    [most, Math.max(fromRadius, length + toRadius), most],
  ]
}
