import { describe, expect, test } from 'vitest'
import type { DeviceView } from '../../../models/contracts/http.ts'
import { badgeOf, byUrgency, certaintyOf, clockWords, eventSentence, itemCount, type Names, shortId } from './words.ts'

const names: Names = {
  product: (sku) => (sku === 'water' ? 'Fiji water 0.5 l' : sku),
  shelfOf: (cell) => (cell.startsWith('g1-s2') ? 'g1-s2' : undefined),
}
const pick = {
  ts: 0,
  kind: 'pick',
  sku: 'water',
  quantity: 2,
  cells: ['g1-s2-p1', 'g1-s2-p2'],
  shopper: 't-7',
  confidence: 0.97,
} as const

describe('eventSentence()', () => {
  test('eventSentence() says who took or put back what, and where', () => {
    const event = { ...pick, cells: [...pick.cells] }
    expect(eventSentence(event, names)).toBe('Shopper 7 took 2 × Fiji water 0.5 l from shelf g1-s2')
    expect(eventSentence({ ...event, kind: 'put', quantity: 1 }, names)).toBe(
      'Shopper 7 put 1 × Fiji water 0.5 l back on shelf g1-s2',
    )
    expect(eventSentence({ ...event, shopper: null, sku: 'x', cells: ['z9'] }, names)).toBe(
      'Somebody unseen took 2 × x from shelf z9',
    )
  })
})

describe('shortId()', () => {
  test('shortId() makes numbers of ids with a number, and cuts the others', () => {
    expect(['7', 't-0042', 'target_9', 'mwqwq.x7-t42', 'anna', '3f9a2c77d1e04b'].map(shortId)).toEqual([
      '7',
      '42',
      '9',
      '42',
      'anna',
      '3f9a2c77d1e…',
    ])
  })
})

describe('badgeOf()', () => {
  test('badgeOf() fits a dot', () => {
    expect(['t-7', '1234', 'demo-anna', 'bruno', '--'].map(badgeOf)).toEqual(['7', '12', 'AN', 'BR', '--'])
  })
})

describe('certaintyOf()', () => {
  test('certaintyOf() has three words', () => {
    expect([1, 0.9, 0.89, 0.7, 0.69, 0].map(certaintyOf)).toEqual([
      'sure',
      'sure',
      'likely',
      'likely',
      'unsure',
      'unsure',
    ])
  })
})

describe('itemCount()', () => {
  test('itemCount() counts pieces', () => {
    const counts = [[], [1], [2, 1]].map((list) => itemCount(list.map((quantity) => ({ quantity }))))
    expect(counts).toEqual(['nothing yet', '1 item', '3 items'])
  })
})

describe('clockWords()', () => {
  test('clockWords() says by how much a clock is wrong, and which way', () => {
    expect([null, 40, -99, 1540, -4210, 3_600_000].map(clockWords)).toEqual([
      'not known yet',
      'right',
      'right',
      '1.5 s ahead',
      '4.2 s behind',
      '3600 s ahead',
    ])
  })
})

describe('byUrgency()', () => {
  test('byUrgency() puts first what needs a person, then goes by name', () => {
    const device = (id: string, state: DeviceView['state']) => ({ id, state }) as DeviceView
    const devices = [device('g10', 'online'), device('g2', 'online'), device('rx1', 'silent'), device('g3', 'offline')]
    expect([...devices].sort(byUrgency).map(({ id }) => id)).toEqual(['g3', 'rx1', 'g2', 'g10'])
  })
})
