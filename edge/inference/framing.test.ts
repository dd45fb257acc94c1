import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxInPicture, frameInto } from './framing.ts'

const input = { width: 300, height: 300 }
const side = fc.integer({ min: 1, max: 8000 })

describe('frameInto()', () => {
  it.each([
    ['a wide picture', { width: 768, height: 432 }, { left: 0, top: 65, width: 300, height: 169 }],
    ['a high picture', { width: 480, height: 640 }, { left: 37, top: 0, width: 225, height: 300 }],
    ['a picture that is smaller', { width: 30, height: 30 }, { left: 0, top: 0, width: 300, height: 300 }],
    ['a line', { width: 5000, height: 1 }, { left: 0, top: 149, width: 300, height: 1 }],
  ])('keeps the shape of %s and puts it in the middle', (_, picture, framing) => {
    expect(frameInto(picture, input)).toEqual(framing)
  })
})

describe('boxInPicture()', () => {
  it('gives the whole picture for the whole frame, whatever its shape', () => {
    fc.assert(
      fc.property(side, side, (width, height) => {
        const framing = frameInto({ width, height }, input)
        const frame = [framing.left, framing.top, framing.width, framing.height] as const
        const whole = [0, 0, width, height]
        for (const [index, pixels] of boxInPicture(frame, framing, { width, height }).entries())
          expect(pixels).toBeCloseTo(whole[index] ?? Number.NaN)
      }),
    )
  })

  it('cuts off what lies in the grey around or beyond', () => {
    const picture = { width: 600, height: 300 }
    const framing = frameInto(picture, input)
    expect(boxInPicture([-50, 0, 100, 300], framing, picture)).toEqual([0, 0, 100, 300])
    expect(boxInPicture([0, 0, 300, 60], framing, picture)).toEqual([0, 0, 600, 0])
  })
})
