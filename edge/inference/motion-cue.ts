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
  const across = Array.from({ length: columns * pointsPerSide }, (_, point) => 3 * placeOf(point, columns, width))
  const sums = new Float32Array(columns * rows)
  for (let line = 0; line < rows * pointsPerSide; line++) {
    const start = 3 * width * placeOf(line, rows, height)
    const first = columns * Math.floor(line / pointsPerSide)
    for (let point = 0; point < across.length; point++) {
      const at = start + (across[point] ?? 0)
      const cell = first + Math.floor(point / pointsPerSide)
      // Luma, about (ITU-R BT.601).
      sums[cell] = (sums[cell] ?? 0) + 0.3 * (bytes[at] ?? 0) + 0.6 * (bytes[at + 1] ?? 0) + 0.1 * (bytes[at + 2] ?? 0)
    }
  }
  return Uint8Array.from(sums, (sum) => sum / pointsPerSide ** 2)
}

/** Which pixel of a side a point of the small picture is on. */
function placeOf(point: number, cells: number, pixels: number): number {
  return Math.floor(((point + 0.5) * pixels) / (cells * pointsPerSide))
}

/** Side of the tiles, in cells, of which the one that changed most counts: a person is no larger than some. */
const tileSide = 6

/** Mean absolute difference within the tile that changed most, grey levels from 0 to 255. */
export function changeBetween(a: Uint8Array, b: Uint8Array): number {
  const sums = new Map<number, { sum: number; cells: number }>()
  for (const [cell, level] of a.entries()) {
    const tile = Math.floor(Math.floor(cell / columns) / tileSide) * columns + Math.floor((cell % columns) / tileSide)
    const at = sums.get(tile) ?? { sum: 0, cells: 0 }
    sums.set(tile, { sum: at.sum + Math.abs(level - (b[cell] ?? level)), cells: at.cells + 1 })
  }
  return Math.max(0, ...[...sums.values()].map(({ sum, cells }) => sum / cells))
}
