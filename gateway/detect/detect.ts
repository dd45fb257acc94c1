/** The people in a video, as the gateway sees them in a camera's pictures. */
import { videoFrames } from '../../devices/camera/video-file.ts'
import type { Inference } from '../../edge/inference/inference.ts'
import type { Seen } from '../../edge/inference/inference-worker.ts'

/** A line of the file that `npm run detect` writes. */
export interface DetectedFrame {
  /** Counted from 0 over all frames of the video. */
  readonly frame: number
  /** Since the beginning of the video. */
  readonly timeMs: number
  /** The surest first; pixels of the video (left, top, width, height), to a tenth; score from 0 to 1. */
  readonly persons: readonly { readonly box: readonly number[]; readonly score: number }[]
}

/** Nothing can be looked at, in words for a person. */
export class DetectError extends Error {
  override readonly name = 'DetectError'
}

/** One is decoded while the other is looked at. */
const ahead = 2

/**
 * Every n-th frame in order, at the threshold that a store runs with. Throws a VideoError for a video that cannot be read,
 * a DetectError where the network cannot be used.
 */
export async function* detect(video: string, every: number, inference: Inference): AsyncGenerator<DetectedFrame> {
  const looking: Promise<DetectedFrame>[] = []
  for await (const { frame, timeMs, width, height, rgb } of videoFrames(video, every)) {
    const seen = inference.look({ kind: 'rgb', bytes: rgb, width, height })
    const found = seen.then((result) => ({ frame, timeMs, persons: personsOf(result) }))
    found.catch(() => {}) // Heard when its turn comes; where an earlier one failed it is not.
    looking.push(found)
    if (looking.length >= ahead) yield* firstOf(looking)
  }
  while (looking.length > 0) yield* firstOf(looking)
}

async function* firstOf(looking: Promise<DetectedFrame>[]): AsyncGenerator<DetectedFrame> {
  const first = looking.shift()
  if (first !== undefined) yield first
}

function personsOf(seen: Seen): DetectedFrame['persons'] {
  if (seen.kind !== 'seen') throw new DetectError(seen.why)
  return seen.persons.map(({ box, score }) => ({
    box: box.map((pixels) => rounded(pixels, 1)),
    score: rounded(score, 3),
  }))
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
