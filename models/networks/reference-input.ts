/**
 * A picture that anybody can make again from this rule, to compare what a network says of it: blocks of 16 x 16 pixels,
 * each channel of each the high byte of the next number of a linear congruential generator (Numerical Recipes, seed 1).
 * Blocks and not noise, since noise averages out in a network's first layers.
 */
const blockPixels = 16

/** Bytes [height, width, 3]. */
export function referenceInput(width: number, height: number): Uint8Array {
  const columns = Math.ceil(width / blockPixels)
  const blocks = congruential(columns * Math.ceil(height / blockPixels) * 3)
  const picture = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const block = Math.floor(y / blockPixels) * columns + Math.floor(x / blockPixels)
      picture.set(blocks.subarray(block * 3, block * 3 + 3), (y * width + x) * 3)
    }
  return picture
}

function congruential(count: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 24
  })
}
