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
  const small = new Uint8Array(columns * rows)
  for (let cell = 0; cell < small.length; cell++) {
    let sum = 0
    for (let point = 0; point < pointsPerSide ** 2; point++) {
      const x = (cell % columns) + ((point % pointsPerSide) + 0.5) / pointsPerSide
      const y = Math.floor(cell / columns) + (Math.floor(point / pointsPerSide) + 0.5) / pointsPerSide
      const at = 3 * (Math.floor((y * height) / rows) * width + Math.floor((x * width) / columns))
      // Luma, about (ITU-R BT.601).
      sum += 0.3 * (bytes[at] ?? 0) + 0.6 * (bytes[at + 1] ?? 0) + 0.1 * (bytes[at + 2] ?? 0)
    }
    small[cell] = sum / pointsPerSide ** 2
  }
  return small
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
