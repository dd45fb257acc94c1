import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import type { CellDelta } from '../observations.ts'
import { nothingLearned } from './learned.ts'
import { partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)

function delta(cell: string, ts: number, deltaGrams: number, heldMs?: number): CellDelta {
  return { cell, ts, deltaGrams, sdGrams: 0.5, ...(heldMs === undefined ? {} : { heldMs }) }
}

describe('partings()', () => {
  it('has a way in which a thing came and another went, and one in which it was a hand', () => {
    const ways = partings(weighing(catalogue, nothingLearned), [delta('p3', 0, 351, 600), delta('p3', 700, -350)])
    expect(ways.map(({ parts }) => parts.map(({ falls, until }) => (until !== undefined ? 'hand' : falls)))).toEqual([
      [false, true],
      ['hand'],
    ])
  })

  it('has a way, however many hands there were at once', () => {
    const cells = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6'].flatMap((cell, i) => [
      delta(cell, 700 * i, 300, 400),
      delta(cell, 700 * i + 500, -900 + 50 * i, 400),
      delta(cell, 700 * i + 1200, -500),
    ])
    expect(partings(weighing(catalogue, nothingLearned), cells).length).toBeGreaterThan(0)
  })

  it('has a way in which nothing was done where all that is left is less than the scale is sure of', () => {
    const touched = { ...delta('p3', 0, 27, 600), sdGrams: 18 }
    for (const { parts, logPrior } of partings(weighing(catalogue, nothingLearned), [touched])) {
      expect(parts).toEqual([])
      expect(logPrior).toBeGreaterThan(-10)
    }
  })
})
