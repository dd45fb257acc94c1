/** How much has changed from one picture to the next, cheaply: what says that a camera is worth looking at. */
import { asPictureError, openPicture, type Picture } from './picture.ts'

/** Cells of the small grey picture; somebody 8 m away covers some of them. */
const columns = 32
const rows = 18
/** Points of a picture that are read for each cell, across and down. */
const pointsPerSide = 4

/** Grey levels [18, 32]. Throws a PictureError for a JPEG that cannot be read. */
export async function thumbnail(picture: Picture): Promise<Uint8Array> {
  if (picture.kind === 'rgb') return sampled(picture)
  try {
    return await openPicture(picture).resize(columns, rows, { fit: 'fill' }).greyscale().raw().toBuffer()
  } catch (error) {
    throw asPictureError(error)
  }
}

function sampled({ bytes, width, height }: Picture & { kind: 'rgb' }): Uint8Array {
  const across = Int32Array.from({ length: columns * pointsPerSide }, (_, point) => 3 * placeOf(point, columns, width))
  const sums = new Int32Array(columns * rows)
  for (let line = 0; line < rows * pointsPerSide; line++) {
    const start = 3 * width * placeOf(line, rows, height)
    const first = columns * Math.floor(line / pointsPerSide)
    for (let column = 0, point = 0; column < columns; column++) {
      let sum = 0
      for (const last = point + pointsPerSide; point < last; point++) {
        const at = start + (across[point] ?? 0)
        // Luma in tenths, about (ITU-R BT.601).
        sum += 3 * (bytes[at] ?? 0) + 6 * (bytes[at + 1] ?? 0) + (bytes[at + 2] ?? 0)
      }
      sums[first + column] = (sums[first + column] ?? 0) + sum
    }
  }
  return Uint8Array.from(sums, (sum) => sum / (10 * pointsPerSide ** 2))
}

/** Which pixel of a side a point of the small picture is on. */
function placeOf(point: number, cells: number, pixels: number): number {
  return Math.floor(((point + 0.5) * pixels) / (cells * pointsPerSide))
}

/** Side of the tiles, in cells, of which the one that changed most counts: a person is no larger than some. */
const tileSide = 6

/** Mean absolute difference within the tile that changed most, grey levels from 0 to 255. */
export function changeBetween(a: Uint8Array, b: Uint8Array): number {
  const tiles = Math.ceil(columns / tileSide)
  const sums = new Int32Array(tiles * Math.ceil(rows / tileSide))
  const cells = new Int32Array(sums.length)
  for (let cell = 0; cell < a.length; cell++) {
    const tile = tiles * Math.floor(cell / (columns * tileSide)) + Math.floor((cell % columns) / tileSide)
    const level = a[cell] ?? 0
    sums[tile] = (sums[tile] ?? 0) + Math.abs(level - (b[cell] ?? level))
    cells[tile] = (cells[tile] ?? 0) + 1
  }
  return sums.reduce((most, sum, tile) => Math.max(most, sum / (cells[tile] ?? 1)), 0)
}
