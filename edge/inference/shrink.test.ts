import { expect, it } from 'vitest'
import { isModest, shrinkInto } from './shrink.ts'

const source = {
  width: 8,
  height: 4,
  bytes: Uint8Array.from({ length: 8 * 4 * 3 }, (_, index) => 10 * (Math.floor(index / 3) % 8) + (index % 3)),
}

it('shrinkInto() averages what falls into a pixel, at its place', () => {
  const target = new Uint8Array(6 * 3 * 3)
  shrinkInto(target, { width: 6, height: 3 }, source, [0, 0, 8, 4], { left: 1, top: 1, width: 4, height: 2 })
  const row = [...target.subarray(18, 36)]
  expect(row).toEqual([0, 0, 0, 5, 6, 7, 25, 26, 27, 45, 46, 47, 65, 66, 67, 0, 0, 0])
  expect([...target.subarray(0, 18)]).toEqual(new Array(18).fill(0))
  expect([...target.subarray(36)]).toEqual(row)
})

it.each([
  [2, true],
  [3, true],
  [3.1, false],
  [0.9, false],
])('isModest() for a factor of %s: %s', (factor, modest) => {
  expect(isModest([0, 0, 100 * factor, 100], { width: 100, height: 100 / 1.5 })).toBe(modest)
})
