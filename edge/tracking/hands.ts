/** Hands at shelves that a picture shows large enough to see what they hold. Pure; metres and pixels. */
import type { Detection, Landmark } from './detection.ts'
import type { Pair, Triple } from './matrix.ts'
import type { Eye } from './place.ts'
import type { Plates } from './shelves.ts'

export interface HandAtShelf {
  /** A square within the picture, whole pixels: the hand and what it may hold. */
  readonly left: number
  readonly top: number
  readonly side: number
  /** The plates that the hand is at, as far as one picture can tell; never none. */
  readonly cells: readonly string[]
}

/** MediaPipe's landmarks of each hand: wrist, little finger, index finger, thumb. */
const handLandmarks = [
  [15, 17, 19, 21],
  [16, 18, 20, 22],
] as const
const leastVisibility = 0.5
/** Most packages are smaller than a bottle of wine, 0.3 m, which is held in the middle. */
const heldMetres = 0.3
/** A hand over one plate is as near as that to its neighbours in the picture; what else it can be, the scales tell. */
const nearMetres = 0.35

/** `leastPixels`: of the side of the square, below which nothing can be told. At most two hands a person. */
export function handsAtShelves(
  eye: Eye,
  plates: Plates,
  detections: readonly Detection[],
  leastPixels: number,
): HandAtShelf[] {
  const seen = [...plates].flatMap(([cell, at]) => {
    const pixel = eye.view.project(at)?.pixel
    return pixel === undefined ? [] : [{ cell, pixel, scale: pixelsPerMetre(eye, at) }]
  })
  return detections.flatMap(({ pose }) =>
    handLandmarks.flatMap((numbers) => {
      const at = pose === null ? null : middleOf(numbers.map((number) => pose[number]))
      if (at === null) return []
      const near = seen
        .map((plate) => ({ ...plate, metres: distance(plate.pixel, at) / plate.scale }))
        .filter(({ metres }) => metres <= nearMetres)
        .sort((a, b) => a.metres - b.metres || (a.cell < b.cell ? -1 : 1))
      const [nearest] = near
      if (nearest === undefined) return []
      const square = squareAround(at, heldMetres * nearest.scale, eye.image)
      return square.side < leastPixels ? [] : [{ ...square, cells: near.map(({ cell }) => cell) }]
    }),
  )
}

/** Null where a part of the hand is hidden or not found. */
function middleOf(landmarks: readonly (Landmark | undefined)[]): Pair | null {
  let [x, y] = [0, 0]
  for (const landmark of landmarks) {
    if (landmark === undefined || landmark.visibility < leastVisibility) return null
    x += landmark.pixel[0] / landmarks.length
    y += landmark.pixel[1] / landmarks.length
  }
  return [x, y]
}

/** How large a metre across the line of sight is there. */
function pixelsPerMetre({ view }: Eye, at: Triple): number {
  const step = 0.05
  const here = view.project(at)?.pixel ?? [0, 0]
  const axes: readonly Triple[] = [
    [step, 0, 0],
    [0, step, 0],
    [0, 0, step],
  ]
  const ends = axes.map(([dx, dy, dz]) => view.project([at[0] + dx, at[1] + dy, at[2] + dz])?.pixel ?? here)
  return Math.max(1, ...ends.map((end) => distance(end, here) / step))
}

/** Moved, and if need be made smaller, so that it lies within the picture. */
function squareAround([x, y]: Pair, wanted: number, [width, height]: Pair) {
  const side = Math.max(1, Math.floor(Math.min(wanted, width, height)))
  const within = (middle: number, room: number) => Math.round(Math.min(Math.max(middle - side / 2, 0), room - side))
  return { left: within(x, width), top: within(y, height), side }
}

function distance(a: Pair, b: Pair): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}
