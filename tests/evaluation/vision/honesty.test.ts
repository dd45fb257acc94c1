import { describe, expect, it } from 'vitest'
import { seeded } from '../../../edge/tracking/testing.ts'
import { bestTemperature, honestyOf } from './honesty.ts'
import type { Answer } from './measures.ts'

/** Of two, the first right as often as `right` says where 0.9 was said. */
function answers(right: number): Answer[] {
  return Array.from({ length: 200 }, (_, at) => ({ probabilities: [0.9, 0.1], truth: (at * 7) % 100 < right ? 0 : 1 }))
}

describe('bestTemperature()', () => {
  it('leaves an honest one alone, and softens one that boasts', () => {
    expect(bestTemperature(answers(90))).toBeCloseTo(1, 1)
    const [said, so] = [Math.log(9), Math.log(7 / 3)]
    expect(bestTemperature(answers(70))).toBeCloseTo(said / so, 1)
  })
})

describe('honestyOf()', () => {
  it('judges by temperatures of the other pictures, beside what chance alone gives', () => {
    const { error, from, to, floor, floorAtMost, temperatures } = honestyOf(answers(70), seeded(1))
    expect(error).toBeLessThan(0.03)
    expect([from, to].every((each) => each >= 0 && each < 0.12)).toBe(true)
    // Of 200 throws with 0.7 the mean distance from 0.7 is 0.026.
    expect(floor).toBeCloseTo(0.026, 2)
    expect(floorAtMost).toBeGreaterThan(floor)
    expect(temperatures[0]).toBeGreaterThan(2)
  })
})
