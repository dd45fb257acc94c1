import { describe, expect, it } from 'vitest'
import type { OpenChange } from './pictures.ts'
import { countedTwice, handsOf, sameMoment } from './together.ts'

const pick = (holder: string | null) => ({
  kind: 'pick' as const,
  sku: 'cola',
  quantity: 1,
  grams: 500,
  cells: ['p1'],
  holder,
})

const opened = (ts: number, hands: OpenChange['hands']): OpenChange => ({
  ts,
  from: ts - 300,
  to: ts + 300,
  cells: ['p1'],
  grams: [-500],
  hands,
})

describe('handsOf()', () => {
  it('keeps what speaks for somebody, not what speaks against them, nor nobody', () => {
    const actors = [
      { holder: 'anna', staff: false, logOdds: [-1, 3] },
      { holder: 'bruno', staff: false, logOdds: [-3.5, -2] },
      { holder: null, staff: false, logOdds: [-4.5, -4.5] },
    ]
    expect(handsOf(actors)).toEqual({ anna: 3 })
  })
})

describe('sameMoment()', () => {
  it('finds changes within half a second for which the same hand was there, nearest first', () => {
    const open = {
      a: opened(1000, { anna: 3 }),
      b: opened(1450, { anna: 2, bruno: 3 }),
      c: opened(1100, { anna: 1 }),
      later: opened(2000, { anna: 3 }),
      other: opened(1000, { carla: 3 }),
    }
    expect(sameMoment(open, 'a')).toEqual(['c', 'b'])
  })
})

describe('countedTwice()', () => {
  const one = { anna: 3.2, bruno: 3 }
  const other = { anna: 3, bruno: 3.2 }

  it('takes back the weaker half when one hand is said to have done both', () => {
    expect(countedTwice(one, other, [pick('anna')], [pick('anna')])).toBe(-3)
  })

  it('takes nothing back from two people, nor from nobody', () => {
    expect(countedTwice(one, other, [pick('anna')], [pick('bruno')])).toBeCloseTo(0)
    expect(countedTwice(one, other, [pick(null)], [pick(null)])).toBeCloseTo(0)
    expect(countedTwice(one, other, [], [pick('anna')])).toBeCloseTo(0)
  })
})
