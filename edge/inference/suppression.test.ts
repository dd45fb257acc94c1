import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ScoredBox } from './ssd-boxes.ts'
import { intersectionOverUnion, suppress } from './suppression.ts'

describe('intersectionOverUnion()', () => {
  it.each([
    ['the same box', [0, 0, 10, 10], [0, 0, 10, 10], 1],
    ['half of it', [0, 0, 10, 10], [0, 0, 10, 5], 0.5],
    ['one beside it', [0, 0, 10, 10], [10, 0, 10, 10], 0],
    ['nothing and nothing', [5, 5, 0, 0], [5, 5, 0, 0], 0],
  ] as const)('of %s', (_, a, b, share) => {
    expect(intersectionOverUnion(a, b)).toBe(share)
  })
})

describe('suppress()', () => {
  it('keeps the surest of boxes about the same, and both of two apart', () => {
    const boxes: ScoredBox[] = [
      { box: [0, 0, 10, 20], score: 0.5 },
      { box: [1, 0, 10, 20], score: 0.9 },
      { box: [40, 0, 10, 20], score: 0.6 },
    ]
    expect(suppress(boxes, 0.5).map(({ score }) => score)).toEqual([0.9, 0.6])
  })

  const place = fc.integer({ min: 0, max: 100 })
  const scored = fc.record({
    box: fc.tuple(place, place, place, place),
    score: fc.double({ min: 0, max: 1, noNaN: true }),
  })

  it('keeps no two that overlap more than asked, and the surest of all', () => {
    fc.assert(
      fc.property(fc.array(scored, { minLength: 1, maxLength: 150 }), (boxes) => {
        const kept = suppress(boxes, 0.5)
        expect(kept[0]?.score).toBe(Math.max(...boxes.map(({ score }) => score)))
        for (const [index, { box }] of kept.entries())
          for (const other of kept.slice(index + 1))
            expect(intersectionOverUnion(box, other.box)).toBeLessThanOrEqual(0.5)
      }),
    )
  })
})
