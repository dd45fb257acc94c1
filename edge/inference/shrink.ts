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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const lastColumn = columns.length - points
  for (let row = 0; row < framing.height; row++) {
    const upper = rows[points * row] ?? 0
    const lower = rows[points * row + 1] ?? 0
    let at = 3 * ((framing.top + row) * input.width + framing.left)
    for (let column = 0; column < lastColumn; column += points) {
      const left = columns[column] ?? 0
      const right = columns[column + 1] ?? 0
      // Three colours at once, each with room for its sum: this is most of what a look costs beside the network.
      const a = view.getInt32(upper + left, true)
      const b = view.getInt32(upper + right, true)
      const c = view.getInt32(lower + left, true)
      const d = view.getInt32(lower + right, true)
      const redBlue = (a & 0xff00ff) + (b & 0xff00ff) + (c & 0xff00ff) + (d & 0xff00ff) + 0x20002
      const green = (a & 0xff00) + (b & 0xff00) + (c & 0xff00) + (d & 0xff00) + 0x200
      target[at] = redBlue >> 2
      target[at + 1] = green >> 10
      target[at + 2] = redBlue >> 18
      at += 3
    }
    // Of the picture's last pixel there are only three bytes to read.
    const left = columns[lastColumn] ?? 0
    const right = columns[lastColumn + 1] ?? 0
    const four = [upper + left, upper + right, lower + left, lower + right]
    for (let colour = 0; colour < 3; colour++)
      target[at + colour] = (four.reduce((sum, from) => sum + (bytes[from + colour] ?? 0), 0) + 2) >> 2
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
