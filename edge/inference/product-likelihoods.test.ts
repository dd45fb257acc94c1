import { describe, expect, it } from 'vitest'
import { enrol, largest, similarity, softmax } from './product-likelihoods.ts'

describe('softmax()', () => {
  it('gives probabilities, less sure the larger the temperature', () => {
    expect(softmax([Math.log(3), 0], 1)[0]).toBeCloseTo(0.75)
    expect(softmax([0, 0, 0, 0], 7)).toEqual([0.25, 0.25, 0.25, 0.25])
    const [sure = 0] = softmax([5, 0], 1)
    const [unsure = 0] = softmax([5, 0], 10)
    expect(unsure).toBeLessThan(sure)
  })

  it('does not overflow', () => {
    expect(softmax([10_000, 0], 0.01)).toEqual([1, 0])
  })
})

describe('largest()', () => {
  it('gives the places of the largest in order, the earlier of equals first', () => {
    expect(largest([0.1, 0.4, 0.1, 0.4], 3)).toEqual([1, 3, 0])
  })
})

describe('enrol()', () => {
  it('points where the pictures point, with length 1', () => {
    const mean = enrol([Float32Array.of(1, 0), Float32Array.of(0, 1)])
    expect(similarity(mean, mean)).toBeCloseTo(1)
    expect(similarity(mean, Float32Array.of(1, 0))).toBeCloseTo(Math.SQRT1_2)
  })

  it('refuses no pictures', () => {
    expect(() => enrol([])).toThrow('found no pictures, wanted at least one')
  })
})
