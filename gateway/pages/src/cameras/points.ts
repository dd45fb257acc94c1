/** The points that somebody is clicking. Pure. */
import { type FloorPoint, mostPoints } from '../../../../models/geometry/calibration/points.ts'

/** A point whose place is not known yet has null for x and y. */
export interface Draft {
  /** Tells it from others while the page is open. */
  readonly key: number
  readonly u: number
  readonly v: number
  readonly x: number | null
  readonly y: number | null
  readonly z: number
}

export interface Drafts {
  readonly points: readonly Draft[]
  /** Key of the point that a click on the plan places. */
  readonly selected: number | null
}

export const noDrafts: Drafts = { points: [], selected: null }

/** Adds a point at a pixel and selects it. */
export function added({ points, selected }: Drafts, u: number, v: number): Drafts {
  if (points.length >= mostPoints) return { points, selected }
  const key = 1 + Math.max(0, ...points.map((point) => point.key))
  return { points: [...points, { key, u, v, x: null, y: null, z: 0 }], selected: key }
}

export function changed({ points }: Drafts, key: number, change: Partial<Omit<Draft, 'key'>>): Drafts {
  return { points: points.map((point) => (point.key === key ? { ...point, ...change } : point)), selected: key }
}

export function removed({ points, selected }: Drafts, key: number): Drafts {
  return { points: points.filter((point) => point.key !== key), selected: selected === key ? null : selected }
}

/** Those whose place is known, in their order. */
export function finished({ points }: Drafts): (Draft & { readonly x: number; readonly y: number })[] {
  return points.flatMap((point) => (point.x === null || point.y === null ? [] : [{ ...point, x: point.x, y: point.y }]))
}

export function floorPoints(drafts: Drafts): FloorPoint[] {
  return finished(drafts).map(({ u, v, x, y, z }) => ({ pixel: [u, v], place: [x, y, z] }))
}
