/**
 * Whether a camera still sees what it was calibrated for. A view is where edges are, in 16 x 12 parts of the picture: enough
 * to notice that it shifted, nothing in which anybody could be seen. Pure.
 */

const columns = 16
const rows = 12
/** Pixels of the thumbnail to a part. */
const part = 4
/** Of the grey thumbnail that a view is made of. */
export const thumbnailSize = { width: columns * part, height: rows * part } as const

/** For each part how much changes across it and down it; logarithmic, so that light and shade matter little. */
export type View = Uint8Array

const steps = 32
/** Grey levels from pixel to pixel. A picture with less than this on the whole is dark, or of nothing. */
const leastEdges = 0.7

/** `grey`: rows of the thumbnail, a byte a pixel. Null for a picture that is too plain or too dark to be known again. */
export function viewOf(grey: Uint8Array): View | null {
  const { width, height } = thumbnailSize
  const sums = new Float64Array(columns * rows * 2)
  for (let y = 1; y < height - 1; y += 1)
    for (let x = 1; x < width - 1; x += 1) {
      const at = y * width + x
      const cell = 2 * (Math.floor(y / part) * columns + Math.floor(x / part))
      sums[cell] = (sums[cell] ?? 0) + Math.abs((grey[at + 1] ?? 0) - (grey[at - 1] ?? 0))
      sums[cell + 1] = (sums[cell + 1] ?? 0) + Math.abs((grey[at + width] ?? 0) - (grey[at - width] ?? 0))
    }
  const mean = sums.reduce((a, b) => a + b, 0) / sums.length / part ** 2
  return mean < leastEdges ? null : Uint8Array.from(sums, (sum) => Math.round(steps * Math.log1p(sum / part ** 2)))
}

/** What stands still in all of them: who walks through is left out of the middle value of each part. */
export function steadyView(views: readonly View[]): View {
  return Uint8Array.from({ length: columns * rows * 2 }, (_, i) => {
    const sorted = views.map((view) => view[i] ?? 0).sort((a, b) => a - b)
    return sorted[sorted.length >> 1] ?? 0
  })
}

/**
 * Measured on a shop's camera with people in most pictures (`tests/camera-view.peer.test.ts`): unmoved, another place fits
 * worse by 0.14 and more, in any light; turned by 3 degrees, better by 0.09 and more.
 */
const betterElsewhere = 0.05
/** Unmoved views were alike by 0.59 and more; other views by 0.2 to 0.67. */
const leastAlike = 0.45
/** Parts: a fifth of the picture. What was turned further is not alike any more. */
const furthest = 3

/** Whether what stands still is not where it was. Something new in view is no movement as long as the rest stays. */
export function hasMoved(calibrated: View, now: View): boolean {
  const here = alike(calibrated, now, 0, 0)
  if (here < leastAlike) return true
  for (let down = -furthest; down <= furthest; down += 1)
    for (let across = -furthest; across <= furthest; across += 1)
      if ((across !== 0 || down !== 0) && alike(calibrated, now, across, down) > here + betterElsewhere) return true
  return false
}

/** Correlation, from -1 to 1, of one view with the other shifted by so many parts, where both are known. */
function alike(a: View, b: View, across: number, down: number): number {
  const pairs: [number, number][] = []
  for (let y = Math.max(0, -down); y < Math.min(rows, rows - down); y += 1)
    for (let x = Math.max(0, -across); x < Math.min(columns, columns - across); x += 1) {
      const [here, there] = [2 * (y * columns + x), 2 * ((y + down) * columns + x + across)]
      pairs.push([a[here] ?? 0, b[there] ?? 0], [a[here + 1] ?? 0, b[there + 1] ?? 0])
    }
  return correlation(pairs)
}

function correlation(pairs: readonly (readonly [number, number])[]): number {
  const mean = (side: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length
  const [meanA, meanB] = [mean(0), mean(1)]
  let [both, ofA, ofB] = [0, 0, 0]
  for (const [a, b] of pairs) {
    both += (a - meanA) * (b - meanB)
    ofA += (a - meanA) ** 2
    ofB += (b - meanB) ** 2
  }
  return ofA === 0 || ofB === 0 ? 0 : both / Math.sqrt(ofA * ofB)
}

/** As the store file has it. */
export function viewText(view: View): string {
  return Buffer.from(view).toString('base64')
}

export function viewFromText(text: string): View {
  return Uint8Array.from(Buffer.from(text, 'base64'))
}
