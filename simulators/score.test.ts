import { describe, expect, test } from 'vitest'
import type { Bill, BillsFile, ShelfEvent } from '../models/contracts/bills.ts'
import type { Truth } from '../models/contracts/recording.ts'
import { meanF1, score } from './score.ts'

const prices = new Map([
  ['milk', 120],
  ['wine', 600],
])

type Lines = Record<string, number>
const lines = (items: Lines) => Object.entries(items).map(([sku, quantity]) => ({ sku, quantity }))
const truth = (
  shoppers: Record<string, Lines>,
  aliases: Record<string, string[]> = {},
  events: Truth['events'] = [],
): Truth => ({
  shoppers: Object.fromEntries(
    Object.entries(shoppers).map(([id, items]) => [id, { aliases: aliases[id] ?? [], items: lines(items) }]),
  ),
  events,
})
const bill = (shopper: string, items: Lines, more: Partial<Bill> = {}): Bill => ({
  shopper,
  aliases: [],
  account: null,
  status: 'final',
  items: lines(items).map((line) => ({ ...line, confidence: 1 })),
  currency: 'EUR',
  totalMinor: 0,
  ...more,
})
const file = (bills: Bill[], events: ShelfEvent[] = []): BillsFile => ({
  store: 's1',
  bills,
  events,
  stats: { messages: 0, rejected: 0, wallMs: 0, recordedMs: 0 },
})
const scored = (real: Truth, bills: Bill[], events: ShelfEvent[] = []) => score(real, file(bills, events), prices)

describe('score() of receipts', () => {
  test('is 1 for two empty ones, with or without a bill', () => {
    for (const bills of [[], [bill('a', {})]]) {
      expect(scored(truth({ a: {} }), bills)).toMatchObject({
        precision: 1,
        recall: 1,
        f1: 1,
        exactReceipts: 1,
        wrong: [],
      })
    }
  })

  test('tells what is charged too much unseen from what waits in a review', () => {
    const bills = [bill('a', { milk: 1 }), bill('b', { wine: 1 }, { status: 'review' })]
    expect(scored(truth({ a: {}, b: {} }), bills).money).toMatchObject({ overMinor: 720, overUnseenMinor: 120 })
  })

  test('counts a line right up to the smaller of its two quantities', () => {
    const result = scored(truth({ a: { milk: 3, wine: 1 } }), [bill('a', { milk: 2, wine: 2 })])
    expect(result).toMatchObject({ precision: 3 / 4, recall: 3 / 4, f1: 3 / 4, exactReceipts: 0 })
    expect(result.money).toEqual({
      dueMinor: 960,
      overMinor: 600,
      overUnseenMinor: 600,
      underMinor: 120,
      overShare: 600 / 960,
      underShare: 120 / 960,
    })
    expect(result.wrong).toEqual([
      { shopper: 'a', missing: [{ sku: 'milk', quantity: 1 }], extra: [{ sku: 'wine', quantity: 1 }], bills: 1 },
    ])
  })

  test('holds what one shopper took against the one who was billed for it', () => {
    const result = scored(truth({ a: { milk: 1 }, b: {} }), [bill('a', {}), bill('b', { milk: 1 })])
    expect(result).toMatchObject({ precision: 0, recall: 0, f1: 0, exactReceipts: 0 })
  })

  test("counts a bill that is nobody's as overcharged, and no empty one", () => {
    const result = scored(truth({ a: { milk: 1 } }), [
      bill('a', { milk: 1 }),
      bill('ghost', { wine: 1 }),
      bill('shade', {}),
    ])
    expect(result).toMatchObject({ precision: 1 / 2, recall: 1, exactReceipts: 1, shoppers: 1 })
    expect(result.wrong.map(({ shopper }) => shopper)).toEqual(['ghost'])
  })

  test('counts an exact receipt sent to review as exact, and as reviewed', () => {
    const result = scored(truth({ a: { milk: 1 }, b: {} }), [bill('a', { milk: 1 }, { status: 'review' })])
    expect(result).toMatchObject({ exactReceipts: 1, reviewShare: 0.5 })
  })

  test('adds up two bills of one shopper, but calls no such receipt exact', () => {
    const result = scored(truth({ a: { milk: 2 } }, { a: ['t9'] }), [bill('a', { milk: 1 }), bill('t9', { milk: 1 })])
    expect(result).toMatchObject({ f1: 1, exactReceipts: 0 })
    expect(result.wrong[0]).toMatchObject({ bills: 2, missing: [], extra: [] })
  })
})

describe('score() knows a shopper', () => {
  const real = truth({ acc: { milk: 1 }, t2: { wine: 1 } }, { acc: ['t1', 't7'], t2: ['t1'] })

  test.each([
    ['by the account', bill('t99', { milk: 1 }, { account: 'acc' })],
    ['by an alias of the truth', bill('t7', { milk: 1 })],
    ['by an alias of the bill', bill('t99', { milk: 1 }, { aliases: ['acc'] })],
    ['by an alias of both', bill('t99', { milk: 1 }, { aliases: ['t7'] })],
  ])('%s', (_, own) => {
    expect(scored(real, [own, bill('t2', { wine: 1 })])).toMatchObject({ f1: 1, exactReceipts: 1 })
  })

  test('by their own name before an id that was exchanged', () => {
    const swapped = truth({ t1: { milk: 1 }, t2: { wine: 1 } }, { t1: ['t2'], t2: ['t1'] })
    expect(scored(swapped, [bill('t2', { wine: 1 }, { aliases: ['t1'] }), bill('t1', { milk: 1 })])).toMatchObject({
      f1: 1,
    })
  })
})

describe('score() of stages', () => {
  const at = 1_772_438_400_000
  const real = (ts: number, more: Partial<Truth['events'][number]> = {}) => ({
    ts: at + ts,
    kind: 'pick' as const,
    sku: 'milk',
    quantity: 1,
    cells: ['c1'],
    shopper: 'a',
    ...more,
  })
  const said = (ts: number, more: Partial<ShelfEvent> = {}): ShelfEvent =>
    ({ ...real(ts), confidence: 1, ...more }) as ShelfEvent
  const stages = (events: Truth['events'], found: ShelfEvent[]) =>
    scored(truth({ a: {}, b: {} }, { a: ['t1'] }, events), [bill('a', {}), bill('b', {})], found).stages

  test('finds an event of the same kind within 3 s on a cell of its own', () => {
    expect(stages([real(0)], [said(2900, { cells: ['c0', 'c1'] })])).toMatchObject({
      detection: 1,
      product: 1,
      association: 1,
    })
    expect(stages([real(0)], [said(3100)])).toMatchObject({ detection: 0, invented: 1 })
    expect(stages([real(0)], [said(0, { cells: ['c2'] })])).toMatchObject({ detection: 0 })
    expect(stages([real(0)], [said(0, { kind: 'put' })])).toMatchObject({ detection: 0 })
  })

  test('judges product and shopper on what was found alone, the shopper by any id', () => {
    const found = [said(0, { shopper: 't1' }), said(10_000, { sku: 'wine', shopper: 'b' })]
    const result = stages([real(0), real(10_000), real(20_000)], found)
    expect(result).toMatchObject({
      detection: 2 / 3,
      product: 1 / 2,
      association: 1 / 2,
      pieces: 3,
      found: 2,
      invented: 0,
    })
    expect(stages([real(0)], [said(0, { shopper: null })])).toMatchObject({ association: 0 })
  })

  test('counts pieces: one event of two finds two, and misses one of three', () => {
    expect(stages([real(0), real(500)], [said(200, { quantity: 2 })])).toMatchObject({ detection: 1, found: 2 })
    expect(stages([real(0, { quantity: 3 })], [said(0, { quantity: 2 })])).toMatchObject({ detection: 2 / 3 })
  })
})

test('meanF1() is the mean over recordings, not over items', () => {
  const good = scored(truth({ a: { milk: 9 } }), [bill('a', { milk: 9 })])
  const bad = scored(truth({ a: { milk: 1 } }), [])
  expect(meanF1([good, bad])).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 })
})
