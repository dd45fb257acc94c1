import { describe, expect, it } from 'vitest'
import { enrolmentAnswers, spread } from './enrolment.ts'

describe('spread()', () => {
  it('takes evenly, each draw one later', () => {
    expect(spread([0, 1, 2, 3, 4, 5], 3)).toEqual([0, 2, 4])
    expect(spread([0, 1, 2, 3, 4, 5], 3, 1)).toEqual([1, 3, 5])
  })
})

describe('enrolmentAnswers()', () => {
  it('says which product of the shelf a picture points to', () => {
    const pictures = [
      { features: Float32Array.of(1, 0), classId: 7 },
      { features: Float32Array.of(0, 1), classId: 9 },
    ]
    const judged = [{ features: Float32Array.of(0.8, 0.6), classId: 9 }]
    const shelves = new Map([[9, [9, 7]]])
    const [answer] = enrolmentAnswers(shelves, pictures, judged, { count: 1, temperature: 0.2 })
    expect(answer).toEqual({ probabilities: [expect.closeTo(0.269, 3), expect.closeTo(0.731, 3)], truth: 0 })
  })
})
