import { describe, expect, it } from 'vitest'
import { amongst, calibrationError, isAmongFirst, share } from './measures.ts'

describe('isAmongFirst()', () => {
  it('counts who is as likely as before the truth', () => {
    expect(isAmongFirst({ probabilities: [0.2, 0.5, 0.3], truth: 1 }, 1)).toBe(true)
    expect(isAmongFirst({ probabilities: [0.2, 0.5, 0.3], truth: 0 }, 2)).toBe(false)
    expect(isAmongFirst({ probabilities: [0.5, 0.5], truth: 0 }, 1)).toBe(false)
  })
})

describe('calibrationError()', () => {
  const said = (probability: number, right: boolean) => ({
    probabilities: [probability, 1 - probability],
    truth: right ? 0 : 1,
  })

  it('is 0 for who is right as often as said, and the distance for who boasts', () => {
    const honest = [said(0.75, true), said(0.75, true), said(0.75, true), said(0.75, false)]
    expect(calibrationError(honest)).toBeCloseTo(0)
    expect(calibrationError([said(1, true), said(1, false)])).toBeCloseTo(0.5)
  })
})

describe('amongst()', () => {
  it('gives the rest to the candidates in proportion', () => {
    expect(amongst({ probabilities: [0.5, 0.3, 0.1, 0.1], truth: 2 }, [1, 2])).toEqual({
      probabilities: [0, expect.closeTo(0.75), expect.closeTo(0.25), 0],
      truth: 2,
    })
  })
})

describe('share()', () => {
  it('gives the interval of Wilson', () => {
    const nine = share([...Array(9).fill(true), false])
    expect([nine.count, nine.value]).toEqual([10, 0.9])
    expect([nine.from, nine.to]).toEqual([expect.closeTo(0.596, 3), expect.closeTo(0.982, 3)])
  })
})
