/** What a person gives for a calibration: places whose pixel and whose metres are known. Pure. */
import type { Pixel } from '../camera.ts'
import type { Vector } from '../vector.ts'

export interface FloorPoint {
  readonly pixel: Pixel
  /** In the store's metres; on the floor z is 0. */
  readonly place: Vector
}

/** A homography has eight numbers, a point gives two. */
export const leastPoints = 4
/** A person clicks ten in two minutes; more than this no longer makes it better. */
export const mostPoints = 40
/** A row of points is a row when what they deviate from it is less than this share of its length. */
const leastSpread = 0.03

/** Why nothing can be calculated from these, in words for the person who clicked; null when nothing is wrong. */
export function faultOfPoints(points: readonly FloorPoint[], image: readonly [number, number]): string | null {
  if (points.length < leastPoints)
    return `found ${points.length} points, wanted at least ${leastPoints}, better 8; each is a place in the picture and where it is in the store`
  if (points.length > mostPoints) return `found ${points.length} points, wanted at most ${mostPoints}`
  return outside(points, image) ?? repeated(points) ?? inARow(points) ?? tooFewOfOneHeight(points)
}

function outside(points: readonly FloorPoint[], [width, height]: readonly [number, number]): string | null {
  const at = points.findIndex(({ pixel: [x, y] }) => !(x >= 0 && y >= 0 && x <= width && y <= height))
  if (at < 0) return null
  return `point ${at + 1} is at pixel ${points[at]?.pixel.join(', ')}, wanted one within the picture of ${width} x ${height}`
}

function repeated(points: readonly FloorPoint[]): string | null {
  for (const [i, a] of points.entries())
    for (const [j, b] of points.slice(0, i).entries()) {
      const names = `points ${j + 1} and ${i + 1}`
      if (Math.hypot(a.pixel[0] - b.pixel[0], a.pixel[1] - b.pixel[1]) < 1) return `${names} are the same pixel`
      if (Math.hypot(...a.place.map((value, axis) => value - (b.place[axis] ?? 0))) < 0.01)
        return `${names} are the same place in the store`
    }
  return null
}

function inARow(points: readonly FloorPoint[]): string | null {
  const wanted = 'wanted them spread over the picture, with four of which no three lie in a row'
  if (spread(points.map(({ pixel }) => pixel)) < leastSpread) return `all points lie in a row in the picture; ${wanted}`
  if (spread(points.map(({ place: [x, y] }) => [x, y])) < leastSpread)
    return `all points lie in a row on the plan; ${wanted}`
  return null
}

/** The lesser of the two main extents against the greater. */
function spread(flat: readonly Pixel[]): number {
  const mean = (axis: 0 | 1) => flat.reduce((sum, point) => sum + point[axis], 0) / flat.length
  const [meanX, meanY] = [mean(0), mean(1)]
  let [xx, xy, yy] = [0, 0, 0]
  for (const [x, y] of flat) {
    xx += (x - meanX) ** 2
    xy += (x - meanX) * (y - meanY)
    yy += (y - meanY) ** 2
  }
  const middle = (xx + yy) / 2
  const root = Math.hypot((xx - yy) / 2, xy)
  return Math.sqrt(Math.max(0, middle - root) / (middle + root))
}

function tooFewOfOneHeight(points: readonly FloorPoint[]): string | null {
  const most = pointsOfOneHeight(points).length
  if (most >= leastPoints) return null
  return `found ${most} points of one height, wanted at least ${leastPoints}: begin with points on the floor`
}

/** The points of the height that most of them have. */
export function pointsOfOneHeight(points: readonly FloorPoint[]): FloorPoint[] {
  const heights = points.map(({ place }) => points.filter((other) => other.place[2] === place[2]))
  return heights.reduce((best, level) => (level.length > best.length ? level : best), [])
}
