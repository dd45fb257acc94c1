/** A small shop's floor, drawn from the seed: where its gondolas stand, its door, its back room. */
import type { Random } from '../random.ts'
import { turned } from '../world/geometry.ts'

/** A gondola from its first plate on; `along` is the direction in which its plates follow, metres. */
export interface GondolaPlace {
  readonly id: string
  readonly front: readonly [number, number]
  /** Where its plates begin, in the middle of their depth. */
  readonly origin: readonly [number, number]
  readonly along: readonly [number, number]
  readonly lengthMetres: number
  readonly depthMetres: number
}

type Point = readonly [number, number]

export interface Room {
  readonly gondolas: readonly GondolaPlace[]
  /** Corners of the zones, and where receivers hang. */
  readonly floor: readonly Point[]
  readonly door: readonly Point[]
  readonly backRoom: readonly Point[]
  readonly corners: readonly Point[]
}

/** Lengths of the gondolas' shelves are drawn by the caller, since they hang on the plates. */
export function drawRoom(lengths: readonly number[], random: Random): Room {
  const width = random.range(4.8, 6.2)
  const height = random.range(4.8, 6.2)
  const depth = random.range(0.32, 0.48)
  const spots = random.shuffled(spotsOf(width, height, depth, random)).slice(0, lengths.length)
  const move = placement(width, height, random)
  const gondolas = spots.map((spot, i) => {
    const length = lengths[i] ?? 1
    const [ox, oy] = spot.middle
    const [ax, ay] = spot.along
    return {
      id: `g${i + 1}`,
      front: move.direction(spot.front),
      origin: move.point([ox - (ax * length) / 2, oy - (ay * length) / 2]),
      along: move.direction(spot.along),
      lengthMetres: length,
      depthMetres: depth,
    }
  })
  const wide = random.range(1.2, 1.7)
  const deep = random.range(1.1, 1.4)
  return {
    gondolas,
    floor: rectangle(0, 0, width, height).map(move.point),
    door: rectangle(0, 0, wide, deep).map(move.point),
    backRoom: rectangle(width - 0.9, 0, width, 0.9).map(move.point),
    corners: rectangle(0.2, 0.2, width - 0.2, height - 0.2).map(move.point),
  }
}

interface Spot {
  readonly front: Point
  readonly along: Point
  readonly middle: Point
}

/** Walls and an island of two back to back, with aisles of a metre and more for gondolas up to 1.5 m long. */
function spotsOf(width: number, height: number, depth: number, random: Random): Spot[] {
  const x: Point = [1, 0]
  const y: Point = [0, 1]
  const island = height * random.range(0.44, 0.5)
  const middle = width / 2 + random.range(-0.15, 0.15)
  const side = height * random.range(0.5, 0.6)
  const half = depth / 2
  return [
    { front: [0, -1], along: x, middle: [width * 0.5 - 0.75 + random.range(-0.1, 0), height - half] },
    { front: [0, -1], along: x, middle: [width * 0.5 + 0.8 + random.range(0, 0.1), height - half] },
    { front: [0, 1], along: x, middle: [middle, island + half] },
    { front: [0, -1], along: x, middle: [middle, island - half] },
    { front: [-1, 0], along: y, middle: [width - half, side] },
    { front: [1, 0], along: y, middle: [half, side] },
  ]
}

/** Shops whose walls do not go along the axes of their plan, and by how much at most, radians. */
const askewShare = 0.25
const mostAskew = 0.4

/** The shop as a mirror image or not, turned by quarters, some a little more, its origin somewhere else. */
function placement(width: number, height: number, random: Random) {
  const mirrored = random.chance(0.5)
  const quarters = random.int(0, 3)
  const askew = random.chance(askewShare) ? random.range(-mostAskew, mostAskew) : 0
  const shift: Point = [random.range(-4, 4), random.range(-4, 4)]
  const direction = ([x, y]: Point): Point => {
    let at: Point = mirrored ? [-x, y] : [x, y]
    for (let i = 0; i < quarters; i++) at = [-at[1], at[0]]
    return turned(at, askew)
  }
  const point = ([x, y]: Point): Point => {
    const [dx, dy] = direction([x - width / 2, y - height / 2])
    return [dx + shift[0], dy + shift[1]]
  }
  return { direction, point }
}

/** Corners in order, counter-clockwise. */
export function rectangle(x0: number, y0: number, x1: number, y1: number): [number, number][] {
  return [
    [x0, y0],
    [x1, y0],
    [x1, y1],
    [x0, y1],
  ]
}
