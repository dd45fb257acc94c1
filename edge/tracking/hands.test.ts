import { describe, expect, it } from 'vitest'
import type { Landmark } from './detection.ts'
import { eyeOf } from './eyes.ts'
import { handsAtShelves } from './hands.ts'
import type { Pair, Triple } from './matrix.ts'
import { cameraAt } from './testing.ts'

const eye = eyeOf(cameraAt('cam1', [1, 2.2], [1, 1]))
const plates = new Map<string, Triple>([
  ['c1', [1, 1, 1]],
  ['c2', [1.2, 1, 1]],
  ['far', [3, 1, 1]],
])

function pixelOf(at: Triple): Pair {
  const [x = 0, y = 0] = eye.view.project(at)?.pixel ?? []
  return [x, y]
}

/** Somebody whose right hand is at a place; nothing else is seen of them. */
function reaching(at: Triple, visibility = 0.9) {
  const hand = new Set([16, 18, 20, 22])
  const pose = Array.from(
    { length: 33 },
    (_, number): Landmark => ({ pixel: pixelOf(at), visibility: hand.has(number) ? visibility : 0 }),
  )
  return { box: [0, 0, 100, 300] as const, score: 0.9, clothes: null, pose }
}

describe('handsAtShelves()', () => {
  it('finds the square around a hand at a plate, and the plates that it may be at, the nearest first', () => {
    const [hand, ...others] = handsAtShelves(eye, plates, [reaching([1.02, 1, 1.05])], 20)
    expect(others).toEqual([])
    expect(hand?.cells).toEqual(['c1', 'c2'])
    const [x, y] = pixelOf([1.02, 1, 1.05])
    const { left = 0, top = 0, side = 0 } = hand ?? {}
    expect([left + side / 2 - x, top + side / 2 - y].every((off) => Math.abs(off) <= 1)).toBe(true)
    const [metre] = [pixelOf([1.5, 1, 1])[0] - pixelOf([0.5, 1, 1])[0]]
    expect(side / Math.abs(metre)).toBeCloseTo(0.3, 1)
  })

  it('leaves out a hand that is hidden, away from every plate, or too small in the picture', () => {
    expect(handsAtShelves(eye, plates, [reaching([1, 1, 1], 0.3)], 20)).toEqual([])
    expect(handsAtShelves(eye, plates, [reaching([1, 1.9, 0.2])], 20)).toEqual([])
    expect(handsAtShelves(eye, plates, [reaching([1, 1, 1])], 500)).toEqual([])
    expect(handsAtShelves(eye, plates, [{ ...reaching([1, 1, 1]), pose: null }], 20)).toEqual([])
  })

  it('keeps the square within the picture', () => {
    const [width, height] = eye.image
    const at: Triple = [1, 1, 1]
    for (const near of [pixelOf(at), [2, 2], [width - 2, height - 2]] as const) {
      const seen = reaching(at)
      const moved = { ...seen, pose: seen.pose.map((landmark) => ({ ...landmark, pixel: near })) }
      for (const { left, top, side } of handsAtShelves(eye, new Map([['c1', at]]), [moved], 1))
        expect([left, top, width - left - side, height - top - side].every((room) => room >= 0)).toBe(true)
    }
  })
})
