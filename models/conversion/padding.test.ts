import { describe, expect, it } from 'vitest'
import { samePads } from './padding.ts'

describe('samePads()', () => {
  it.each([
    ['one step a pixel', [10, 10, 3, 1], [1, 1]],
    ['an odd one after', [300, 150, 3, 2], [0, 1]],
    ['an even share', [19, 10, 3, 2], [1, 1]],
    ['nothing where the window fits', [256, 128, 2, 2], [0, 0]],
    ['nothing where the window is smaller than its step', [10, 5, 1, 2], [0, 0]],
  ] as const)('gives %s', (_, [size, steps, kernel, stride], pads) => {
    expect(samePads(size, steps, kernel, stride)).toEqual(pads)
  })
})
