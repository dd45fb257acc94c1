import { describe, expect, test } from 'vitest'
import { clockOffset, clockWords } from './clock.ts'

describe('clockOffset()', () => {
  test('takes the service to have answered half-way', () => {
    expect([clockOffset(1000, 1400, 1200), clockOffset(1000, 1400, 61_200)]).toEqual([0, 60_000])
  })
})

describe('clockWords()', () => {
  test('says nothing of what does not matter, and the rest as people do', () => {
    expect([0, 19_000, -19_000, 60_000, 300_000, -7_200_000, 100_000_000].map(clockWords)).toEqual([
      null,
      null,
      null,
      '60 seconds behind',
      '5 minutes behind',
      '2 hours ahead',
      '28 hours behind',
    ])
  })
})
