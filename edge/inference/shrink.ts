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
  const stride = 3 * source.width
  const columns = offsetsOf(box[0], box[2], framing.width, source.width, 3)
  const rows = offsetsOf(box[1], box[3], framing.height, source.height, stride)
  const { bytes } = source
  // One line a colour, not a loop over them: this is most of what a look costs beside the network.
  for (let row = 0; row < framing.height; row++) {
    const upper = rows[points * row] ?? 0
    const lower = rows[points * row + 1] ?? 0
    let at = 3 * ((framing.top + row) * input.width + framing.left)
    for (let column = 0; column < columns.length; column += points) {
      const left = columns[column] ?? 0
      const right = columns[column + 1] ?? 0
      const a = upper + left
      const b = upper + right
      const c = lower + left
      const d = lower + right
      target[at] = ((bytes[a] ?? 0) + (bytes[b] ?? 0) + (bytes[c] ?? 0) + (bytes[d] ?? 0) + 2) >> 2
      target[at + 1] = ((bytes[a + 1] ?? 0) + (bytes[b + 1] ?? 0) + (bytes[c + 1] ?? 0) + (bytes[d + 1] ?? 0) + 2) >> 2
      target[at + 2] = ((bytes[a + 2] ?? 0) + (bytes[b + 2] ?? 0) + (bytes[c + 2] ?? 0) + (bytes[d + 2] ?? 0) + 2) >> 2
      at += 3
    }
  }
}

/** Where along one side the points are, two for each pixel: whole pixels of the source, in steps of so many bytes. */
function offsetsOf(from: number, length: number, pixels: number, most: number, step: number): Int32Array {
  const offsets = new Int32Array(points * pixels)
  for (let point = 0; point < offsets.length; point++) {
    const place = Math.floor(from + ((point + 0.5) * length) / (points * pixels))
    offsets[point] = step * Math.min(Math.max(place, 0), most - 1)
  }
  return offsets
}
