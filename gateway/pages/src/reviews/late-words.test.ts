import { describe, expect, test } from 'vitest'
import type { LatePerson } from '../../../../models/contracts/late.ts'
import type { Names } from '../words.ts'
import { billWords, lateWayWords, outcomeWords, peopleIn, whenWords, whoWords } from './late-words.ts'

const names: Names = { product: (sku) => (sku === 'water' ? 'Fiji water 0.5 l' : sku), shelfOf: () => 'g1-s2' }
const ts = Date.UTC(2026, 10, 21, 13, 10)
const at = (minutes: number) => ts - minutes * 60_000
const anna: LatePerson = { shopper: 't-7', name: 'anna', tripId: 'trip-7', bill: 'review' }

describe('lateWayWords()', () => {
  test('lateWayWords() says what went or came, by nobody', () => {
    const took = { kind: 'pick' as const, sku: 'water', quantity: 2 }
    expect(lateWayWords({ acts: [took] }, names)).toBe('2 × Fiji water 0.5 l was taken')
    expect(lateWayWords({ acts: [took, { kind: 'put', sku: null, quantity: 1 }] }, names)).toBe(
      '2 × Fiji water 0.5 l was taken, and something that is not for sale was put there',
    )
    expect(lateWayWords({ acts: [] }, names)).toBe('nothing was taken or put back')
  })
})

describe('whenWords()', () => {
  test('whenWords() says when it was, when it was said, and why so late', () => {
    const words = (happened: { from: number; to: number } | null) => whenWords({ happened, ts }, 'Europe/Rome')
    expect(words({ from: at(5) - 300, to: at(5) })).toBe(
      'At 14:05:00, said on 21 November 2026, 14:10: 5 min later, as the scale, its line or the gateway was away.',
    )
    expect(words({ from: at(4), to: at(1) })).toBe(
      'Some time from 21 November 2026, 14:06 to 14:09:00: for 3 min nothing was heard of this scale.',
    )
    expect(words(null)).toContain('Nobody knows when it happened')
  })
})

describe('whoWords()', () => {
  test('whoWords() says why people are listed', () => {
    const happened = { from: at(5), to: at(5) }
    expect(whoWords({ happened, people: [anna], unseen: false })).toBe('These shoppers stood there then:')
    expect(whoWords({ happened, people: [anna], unseen: true })).toBe('Nobody looked then. These shoppers were inside:')
    expect(whoWords({ happened, people: [], unseen: false })).toContain('No shopper')
    expect(whoWords({ happened: null, people: [], unseen: false })).toContain('nobody knows')
  })
})

describe('outcomeWords()', () => {
  test('outcomeWords() names the bill that it is on', () => {
    expect(outcomeWords({ outcome: 'billed', tripId: 'trip-7' }, [anna])).toContain('the bill of shopper anna')
    expect(outcomeWords({ outcome: 'nobody-pays', tripId: null }, [])).toContain('Nobody pays')
  })
})

describe('billWords()', () => {
  test('billWords() says what can still be done', () => {
    expect(billWords({ bill: 'none', tripId: null })).toContain('will wait for a review')
    expect(billWords({ bill: 'none', tripId: 'trip-7' })).toContain('not kept')
    expect(billWords({ bill: 'final', tripId: 'trip-7' })).toContain('stays as it is')
  })
})

describe('peopleIn()', () => {
  test('peopleIn() lists everybody once', () => {
    const change = { ts, happened: null, cells: [], ways: [], unseen: false, people: [anna] }
    expect(peopleIn([change, change])).toEqual([anna])
  })
})
