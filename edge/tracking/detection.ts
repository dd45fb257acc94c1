/** What one camera's frame shows of people, as tracking takes it in. Pure. */

/** Left, top, width, height; pixels of the picture. */
export type Box = readonly [x: number, y: number, width: number, height: number]

/** One of the 33 landmarks of MediaPipe's pose network. */
export interface Landmark {
  /** Pixels of the picture. */
  readonly pixel: readonly [x: number, y: number]
  /** Probability of being seen, neither hidden nor outside of the picture. */
  readonly visibility: number
}

export interface Detection {
  readonly box: Box
  /** Probability of being a person. */
  readonly score: number
  /** Colours of the clothes (`edge/inference/clothes.ts`); null where they were not looked at. */
  readonly clothes: readonly number[] | null
  /** By number of the landmark; null where the pose was not looked at, or not found. */
  readonly pose: readonly Landmark[] | null
}

export interface FrameSeen {
  readonly camera: string
  /** When the frame was taken, milliseconds since the epoch. */
  readonly tsMs: number
  readonly detections: readonly Detection[]
}

/** More people than a camera over one aisle shows apart; bounds what a network gone wrong can cost. */
const mostDetections = 50

/** The surest first, cut off; the same whatever order they came in. */
export function inOrder(detections: readonly Detection[]): Detection[] {
  return detections.filter(isSound).sort(compareDetections).slice(0, mostDetections)
}

function isSound({ box, score }: Detection): boolean {
  return [...box, score].every(Number.isFinite) && box[2] > 0 && box[3] > 0
}

function compareDetections(a: Detection, b: Detection): number {
  if (a.score !== b.score) return b.score - a.score
  for (const [index, side] of a.box.entries()) {
    const other = b.box[index] ?? 0
    if (side !== other) return side - other
  }
  return 0
}

/** Intersection over union: 0 to 1. */
export function overlap(a: Box, b: Box): number {
  const both = intersection(a, b)
  return both / (a[2] * a[3] + b[2] * b[3] - both)
}

/** How much of the smaller box lies in the other: 0 to 1. */
export function sharedPart(a: Box, b: Box): number {
  return intersection(a, b) / Math.min(a[2] * a[3], b[2] * b[3])
}

function intersection(a: Box, b: Box): number {
  const width = Math.max(0, Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]))
  const height = Math.max(0, Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]))
  return width * height
}
