/** A detection as a person on the floor: one story about its box, of which there can be two. Pure. */
import { type Detection, type FrameSeen, inOrder } from './detection.ts'
import { type Floor, isOnFloor } from './floor.ts'
import type { Spot } from './motion.ts'
import { type Eye, type Height, type Place, placesOf, spotOf, standing } from './place.ts'

export interface Sighting {
  readonly detection: Detection
  readonly by: Place['by']
  /** Where they stand if they are so tall. */
  readonly spot: (tall: Height) => Spot
  /** What the box says of their height. */
  readonly height: Height | null
  readonly clothes: readonly number[] | null
}

/** By detection, the surest first; detections of nobody on the floor are left out and counted. */
export function sightingsOf(eye: Eye, floor: Floor | null, frame: FrameSeen) {
  const all = inOrder(frame.detections).map((detection) =>
    placesOf(eye, detection.box)
      .map((place) => sightingAt(eye, detection, place))
      .filter(({ spot }) => isOnFloor(floor, spot(standing).at)),
  )
  const sightings = all.filter((stories) => stories.length > 0)
  return { sightings, elsewhere: all.length - sightings.length }
}

function sightingAt(eye: Eye, detection: Detection, place: Place): Sighting {
  return {
    detection,
    by: place.by,
    spot: (tall) => spotOf(eye, place, tall),
    height: place.by === 'feet' ? place.measured : null,
    // A box without its lower part has the colours of other parts of the body in it.
    clothes: place.by === 'feet' ? detection.clothes : null,
  }
}
