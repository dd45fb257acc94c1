/** A detection as a person on the floor: one story about its box, of which there can be two. Pure. */
import { type Detection, type FrameSeen, inOrder, overlap } from './detection.ts'
import { type Floor, isOnFloor } from './floor.ts'
import type { Spot } from './motion.ts'
import { type Eye, type Height, type Place, placesOf, spotOf, standing } from './place.ts'

/** Half sure: what is less may be a part of somebody, or two in one box. */
const clearScore = 0.3
/** Of the middle of a box, where colours are counted, little is another's then. */
const clearOverlap = 0.15

export interface Sighting {
  readonly detection: Detection
  readonly by: Place['by']
  /** Where they stand if they are so tall. */
  readonly spot: (tall: Height) => Spot
  /** What the box says of their height. */
  readonly height: Height | null
  readonly clothes: readonly number[] | null
  /** The clothes are theirs alone, and can be remembered. */
  readonly clear: boolean
}

/** By detection, the surest first; detections of nobody on the floor are left out and counted. */
export function sightingsOf(eye: Eye, floor: Floor | null, frame: FrameSeen) {
  const ordered = inOrder(frame.detections)
  const all = ordered.map((detection, index) =>
    placesOf(eye, detection.box)
      .map((place) => sightingAt(eye, detection, place, isClear(detection, ordered, index)))
      .filter(({ spot }) => isOnFloor(floor, spot(standing).at)),
  )
  const sightings = all.filter((stories) => stories.length > 0)
  return { sightings, elsewhere: all.length - sightings.length }
}

/** Nobody else's box reaches into it who is as likely somebody: else the colours may be theirs. */
function isClear({ box, score }: Detection, all: readonly Detection[], own: number): boolean {
  return (
    score >= clearScore &&
    all.every((other, index) => index === own || other.score < clearScore || overlap(box, other.box) <= clearOverlap)
  )
}

function sightingAt(eye: Eye, detection: Detection, place: Place, clear: boolean): Sighting {
  return {
    detection,
    by: place.by,
    spot: (tall) => spotOf(eye, place, tall),
    height: place.by === 'feet' ? place.measured : null,
    // A box without its lower part has the colours of other parts of the body in it.
    clothes: place.by === 'feet' ? detection.clothes : null,
    clear,
  }
}
