import { describe, expect, test } from 'vitest'
import type { ReviewAct } from '../../../../models/contracts/reviews.ts'
import type { Names } from '../words.ts'
import { changeWords, isDisputed, oddsWords, waysOf, wayWords } from './case-words.ts'

const names: Names = {
  product: (sku) => (sku === 'water' ? 'Fiji water 0.5 l' : sku),
  shelfOf: (cell) => (cell.startsWith('g1-s2') ? 'g1-s2' : undefined),
}
const took = (shopper: string | null, sku: string | null = 'water'): ReviewAct => ({
  kind: 'pick',
  sku,
  quantity: 1,
  shopper,
})

describe('oddsWords()', () => {
  test('oddsWords() never says that something is certain or impossible', () => {
    expect([0.62, 0.004, 0.999, 0.5].map(oddsWords)).toEqual([
      '62 of 100',
      'less than 1 of 100',
      '99 of 100',
      '50 of 100',
    ])
  })
})

describe('changeWords()', () => {
  test('changeWords() adds up the plates of a shelf', () => {
    const cells = [
      { cell: 'g1-s2-p1', deltaGrams: -300.4 },
      { cell: 'g1-s2-p2', deltaGrams: -238 },
    ]
    expect(changeWords({ cells }, names)).toBe('Shelf g1-s2 became 538 g lighter')
    expect(changeWords({ cells: [{ cell: 'z', deltaGrams: 41 }] }, names)).toBe('Shelf z became 41 g heavier')
    const both = [...cells, { cell: 'g1-s2-p1', deltaGrams: 300 }]
    expect(changeWords({ cells: both }, names)).toBe('Shelf g1-s2 became 538 g lighter and 300 g heavier')
  })
})

describe('wayWords()', () => {
  test('wayWords() says who did what', () => {
    expect(wayWords([took('t-7')], names)).toBe('shopper 7 took 1 × Fiji water 0.5 l')
    expect(wayWords([took(null), { ...took('t-8', null), kind: 'put' }], names)).toBe(
      'somebody unseen took 1 × Fiji water 0.5 l, and shopper 8 put something that is not for sale back',
    )
    expect(wayWords([], names)).toBe('nothing was taken or put back')
  })
})

describe('waysOf()', () => {
  test('waysOf() adds the odds of explanations in which the same was done', () => {
    const explanations = [0.5, 0.3, 0.2].map((probability) => ({ probability, lines: [] }))
    expect(waysOf({ ways: [[], [took('t-7')], []] }, explanations, names)).toEqual([
      { words: 'nothing was taken or put back', probability: 0.7 },
      { words: 'shopper 7 took 1 × Fiji water 0.5 l', probability: 0.3 },
    ])
  })
})

describe('isDisputed()', () => {
  test('isDisputed() finds the lines on which explanations differ', () => {
    const bread = { sku: 'bread', quantity: 1 }
    const explanations = [{ lines: [bread, { sku: 'water', quantity: 1 }] }, { lines: [bread] }]
    expect([bread, { sku: 'water', quantity: 1 }].map((line) => isDisputed(line, explanations))).toEqual([false, true])
  })
})
