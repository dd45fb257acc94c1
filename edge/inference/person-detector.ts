/** Where people are in a picture. */
import { threshold } from '../../models/networks/manifest.ts'
import { clothesOf } from './clothes.ts'
import { boxInPicture, frameInto, type Size } from './framing.ts'
import { openNetwork } from './network.ts'
import { emptyPixels, framedPixels, type Picture, sizeOf } from './picture.ts'
import { ssdAnchors } from './ssd-anchors.ts'
import { type ScoredBox, ssdBoxes } from './ssd-boxes.ts'
import { suppress } from './suppression.ts'

/** Person among the labels that lie before the network in its source's file. */
const personLabel = 4

/** What each part of one look took, in milliseconds of the wall's clock. */
export interface StageTimes {
  readonly resizeMs: number
  readonly runMs: number
  readonly boxesMs: number
}

export interface PersonSeen extends ScoredBox {
  /** Colours of their clothes; null where they are too few pixels. */
  readonly clothes: readonly number[] | null
}

export interface Look {
  /** In pixels of the picture, the surest first. */
  readonly persons: readonly PersonSeen[]
  /** The picture's own. */
  readonly size: Size
  readonly times: StageTimes
}

export interface PersonDetector {
  /**
   * `leastScore`: what to give; by default what a store takes for a person at sight. Throws a PictureError for a picture
   * that cannot be read.
   */
  look(picture: Picture, leastScore?: number): Promise<Look>
}

/** `now`: milliseconds of a clock that never goes back. Throws a NetworkError where the network cannot be used. */
export async function openPersonDetector(now: () => number): Promise<PersonDetector> {
  const network = await openNetwork('person-detection')
  const { input } = network.manifest
  const own = emptyPixels(input)
  const sure = threshold(network.manifest, 'score')
  const overlap = threshold(network.manifest, 'overlap')
  const anchors = ssdAnchors()
  return {
    async look(picture, score = sure) {
      const startedAt = now()
      const size = await sizeOf(picture)
      const framing = frameInto(size, input)
      const pixels = await framedPixels(picture, framing, input, own)
      const resizedAt = now()
      const { boxes = noNumbers, classes = noNumbers } = await network.run(pixels)
      const ranAt = now()
      const found = suppress(ssdBoxes({ boxes, classes }, anchors, { label: personLabel, score, input }), overlap)
      const persons = found.map(({ box, score }) => ({
        box: boxInPicture(box, framing, size),
        score,
        clothes: clothesOf(pixels, input, box),
      }))
      const times = { resizeMs: resizedAt - startedAt, runMs: ranAt - resizedAt, boxesMs: now() - ranAt }
      return { persons, size, times }
    },
  }
}

const noNumbers = new Float32Array()
