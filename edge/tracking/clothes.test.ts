import { describe, expect, it } from 'vitest'
import { type Clothes, clothesApart, followClothes, isOtherClothes, wardrobesApart } from './clothes.ts'

const red = [0.7, 0.2, 0.1]
const darkRed = [0.45, 0.45, 0.1]
const blue = [0.05, 0.15, 0.8]

describe('clothesApart()', () => {
  it('goes by the same camera where it has seen them, since light and side differ', () => {
    const known: Clothes = { a: red, b: darkRed }
    expect(clothesApart(known, 'a', red)).toBeCloseTo(0)
    expect(clothesApart(known, 'b', red)).toBeGreaterThan(1)
    expect(clothesApart({ a: darkRed }, 'b', red)).toBeLessThan(clothesApart({ b: darkRed }, 'b', red))
    expect(isOtherClothes(clothesApart({ a: darkRed }, 'b', red))).toBe(false)
    expect(isOtherClothes(clothesApart(known, 'a', blue))).toBe(true)
  })

  it('says nothing where there is nothing to compare', () => {
    expect(clothesApart({}, 'a', red)).toBe(0)
    expect(clothesApart({ a: red }, 'a', null)).toBe(0)
    expect(wardrobesApart({}, { a: red })).toBe(0)
  })
})

describe('followClothes()', () => {
  it('follows slowly, so that one crop that somebody else reaches into changes little', () => {
    const clothes: Clothes = {}
    followClothes(clothes, 'a', red)
    followClothes(clothes, 'a', blue)
    expect(clothesApart(clothes, 'a', red)).toBeLessThan(1)
  })
})
