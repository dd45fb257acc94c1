/**
 * A part of a picture brought to fewer pixels, by hand: for pictures that are decoded already a library's thread, pipeline
 * and copies cost twice as much as the work. Pure.
 */
import type { Box, Framing, Size } from './framing.ts'

/** Rows of red, green and blue bytes. */
export interface Rgb extends Size {
  readonly bytes: Uint8Array
}

/** Points of each pixel, across and down. */
const points = 2
/** With more than one and a half of the source's pixels from point to point, fine patterns would turn into coarse ones. */
const mostShrink = 3

/** Whether `shrinkInto` may be used: the library is better at enlarging, and averages where much is left out. */
export function isModest([, , width, height]: Box, to: Size): boolean {
  const [across, down] = [width / to.width, height / to.height]
  return Math.min(across, down) >= 1 && Math.max(across, down) <= mostShrink
}

/**
 * Writes what a box shows of a picture, which it lies in, to its place in a network's input. Each pixel is the mean of four
 * points.
 */
export function shrinkInto(target: Uint8Array, input: Size, source: Rgb, box: Box, framing: Framing): void {
  const columns = offsetsOf(box[0], box[2], framing.width, source.width)
  const rows = offsetsOf(box[1], box[3], framing.height, source.height)
  const { bytes } = source
  const stride = 3 * source.width
  for (let row = 0; row < framing.height; row++) {
    const upper = (rows[points * row] ?? 0) * stride
    const lower = (rows[points * row + 1] ?? 0) * stride
    let at = 3 * ((framing.top + row) * input.width + framing.left)
    for (let column = 0; column < framing.width; column++) {
      const left = 3 * (columns[points * column] ?? 0)
      const right = 3 * (columns[points * column + 1] ?? 0)
      for (let colour = 0; colour < 3; colour++) {
        const over = (bytes[upper + left + colour] ?? 0) + (bytes[upper + right + colour] ?? 0)
        const under = (bytes[lower + left + colour] ?? 0) + (bytes[lower + right + colour] ?? 0)
        target[at] = (over + under + 2) >> 2
        at += 1
      }
    }
  }
}

/** Where along one side the points are, in whole pixels of the source: two for each pixel. */
function offsetsOf(from: number, length: number, pixels: number, most: number): Int32Array {
  return Int32Array.from({ length: points * pixels }, (_, point) => {
    const place = Math.floor(from + ((point + 0.5) * length) / (points * pixels))
    return Math.min(Math.max(place, 0), most - 1)
  })
}
