import { describe, expect, it } from 'vitest'
import { clothesOf } from './clothes.ts'

const size = { width: 60, height: 120 }
const box = [10, 10, 40, 100] as const

/** A figure of one colour above its waist and another below, with a head of a third. */
function figure(shirt: number[], trousers: number[], head: number[]): Uint8Array {
  const pixels = new Uint8Array(size.width * size.height * 3)
  for (let row = 0; row < size.height; row++)
    for (let column = 0; column < size.width; column++)
      pixels.set(row < 30 ? head : row < 62 ? shirt : trousers, 3 * (row * size.width + column))
  return pixels
}

describe('clothesOf()', () => {
  const [red, blue, grey, white] = [
    [200, 20, 20],
    [20, 20, 90],
    [90, 95, 92],
    [250, 250, 250],
  ] as const

  it('counts upper and lower clothes apart, as shares of one', () => {
    const found = clothesOf(figure([...red], [...blue], [...white]), size, box) ?? []
    expect(found.filter((share) => share > 0.05)).toHaveLength(2)
    expect(found.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2)
    expect(found).not.toEqual(clothesOf(figure([...blue], [...red], [...white]), size, box))
  })

  it('takes nothing from the head', () => {
    const [one, other] = [white, grey].map((head) => clothesOf(figure([...red], [...blue], [...head]), size, box))
    expect(one).toEqual(other)
  })

  it('says nothing of a box of a few pixels, or beyond the picture', () => {
    expect(clothesOf(figure([...red], [...blue], [...white]), size, [0, 0, 4, 6])).toBeNull()
    expect(clothesOf(figure([...red], [...blue], [...white]), size, [500, 500, 40, 100])).toBeNull()
  })
})
