import { expect, test } from 'vitest'
import { singlesOfHalves } from './half.ts'

test.each([
  ['one', 0x3c00, 1],
  ['minus two', 0xc000, -2],
  ['a third, as near as a half comes', 0x3555, 0.333251953125],
  ['the largest', 0x7bff, 65504],
  ['the smallest normal', 0x0400, 2 ** -14],
  ['the smallest subnormal', 0x0001, 2 ** -24],
  ['minus zero', 0x8000, -0],
  ['infinity', 0x7c00, Number.POSITIVE_INFINITY],
  ['not a number', 0x7e00, Number.NaN],
])('singlesOfHalves() reads %s', (_, bits, value) => {
  expect(singlesOfHalves(Uint16Array.of(bits))).toEqual(Float32Array.of(value))
})
