import fc from 'fast-check'
import { describe, it } from 'vitest'
import { hypot2, hypot3 } from './hypot.ts'

const metres = fc.double({ min: -1e4, max: 1e4, noNaN: true })

describe('hypot2()', () => {
  it('is Math.hypot to the last bit', () => {
    fc.assert(
      fc.property(metres, metres, (x, y) => hypot2(x, y) === Math.hypot(x, y)),
      { numRuns: 2000 },
    )
  })
})

describe('hypot3()', () => {
  it('is Math.hypot to the last bit', () => {
    fc.assert(
      fc.property(metres, metres, metres, (x, y, z) => hypot3(x, y, z) === Math.hypot(x, y, z)),
      { numRuns: 2000 },
    )
  })
})
