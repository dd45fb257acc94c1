import { describe, expect, it } from 'vitest'
import { scanOf } from './passages.ts'

const [anna, bo, again] = [
  { ts: 0, account: 'anna' },
  { ts: 2000, account: 'bo' },
  { ts: 300, account: 'anna' },
]

describe('scanOf()', () => {
  it('is the only scan, at once and however long it took', () => {
    expect(scanOf([anna], [15_000], 15_000)).toBe(anna)
    expect(scanOf([anna, again], [1000], 1000)).toBe(anna)
  })

  it('is none of a later one', () => {
    expect(scanOf([bo], [1000], 1000)).toBeNull()
    expect(scanOf([], [1000], 1000)).toBeNull()
  })

  it('waits for the second of two, and keeps their order', () => {
    expect(scanOf([anna, bo], [2300], 5000)).toBeUndefined()
    expect(scanOf([anna, bo], [2300, 4800], 4800)).toBe(anna)
  })

  it('is the one just before when nobody else passes', () => {
    expect(scanOf([anna, { ...bo, ts: 8000 }], [9000], 12_000)?.account).toBe('bo')
  })

  it('is the next person when a code was read twice', () => {
    const staff = [anna, again, { ...bo, ts: 6000 }]
    expect(scanOf(staff.slice(0, 2), [1000], 1000)).toBe(anna)
    expect(scanOf(staff.slice(1), [7000], 10_000)?.account).toBe('bo')
  })
})
