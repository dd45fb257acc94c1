/**
 * The colours of somebody's clothes, by which they are told from others while they are here: a histogram of a crop, kept in
 * memory only and no longer than their track. The head's part of the box is left out: no face goes into it. Pure.
 */
import type { Box, Size } from './framing.ts'

/** Of a box of somebody who stands the head is the upper sixth (0.13 of the height, and a neck); hair hangs on. */
const belowHead = 0.2
/** Above the shoes, which the floor's colour blends with. */
const aboveShoes = 0.92
/** The middle of a box: beside it are arms, and what is behind. */
const inset = 0.25
/** Upper and lower clothes apart; where shirts end. */
const waist = 0.52
/** Six hues at two brightnesses, and three greys: coarse, since light changes from aisle to aisle. */
const hues = 6
const greys = 3
const binsOfPart = 2 * hues + greys
/** A colour whose channels differ by less than this share of the brightest has no hue that light would not change. */
const greyish = 0.22
/** Enough of a crop to count colours in. */
const leastPixels = 20

/** Shares that sum to 1: of the upper clothes, then of the lower. Null where the box is too small. */
export function clothesOf(pixels: Uint8Array, size: Size, [x, y, width, height]: Box): number[] | null {
  const counts = new Array<number>(2 * binsOfPart).fill(0)
  const [left, right] = [x + inset * width, x + (1 - inset) * width].map(Math.round) as [number, number]
  const [top, bottom] = [y + belowHead * height, y + aboveShoes * height].map(Math.round) as [number, number]
  const middle = y + waist * height
  let all = 0
  for (let row = Math.max(top, 0); row < Math.min(bottom, size.height); row++) {
    const part = row < middle ? 0 : binsOfPart
    for (let column = Math.max(left, 0); column < Math.min(right, size.width); column++) {
      const at = 3 * (row * size.width + column)
      const bin = part + binOf(pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0)
      counts[bin] = (counts[bin] ?? 0) + 1
      all += 1
    }
  }
  return all < leastPixels ? null : counts.map((count) => Math.round((count / all) * 1000) / 1000)
}

/** Hue in six parts of the circle (A. R. Smith, "Color Gamut Transform Pairs", 1978), and how bright. */
function binOf(red: number, green: number, blue: number): number {
  const most = Math.max(red, green, blue)
  const chroma = most - Math.min(red, green, blue)
  if (chroma < greyish * most || most < 40) return 2 * hues + Math.min(greys - 1, Math.floor((most * greys) / 256))
  const sixth =
    most === red ? (green - blue) / chroma : most === green ? 2 + (blue - red) / chroma : 4 + (red - green) / chroma
  const hue = Math.floor(sixth + hues + 0.5) % hues
  return hue + (most < 128 ? 0 : hues)
}
