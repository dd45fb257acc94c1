import { describe, expect, it } from 'vitest'
import { store } from '../../../edge/fixture.ts'
import type { Observation, ShelfChange } from '../../../edge/observations.ts'
import { papersOf } from '../../../gateway/replay/replay.ts'
import type { ShelfAct } from '../../../simulators/world/ledger.ts'
import type { Person } from '../../../simulators/world/person.ts'
import { foldEngine } from '../fold.ts'
import type { Entry, Sensed, TrueAct } from '../log.ts'
import { change, enters, leaves, person } from '../testing.ts'
import { toldAssociation } from './association.ts'
import { toldDetection } from './detection.ts'
import { matchActs } from './matching.ts'
import { toldProduct } from './product.ts'

const anna = person('anna')
const bruno = person('bruno')
const people = new Map([
  ['anna', anna],
  ['bruno', bruno],
])

const sensed = (observation: Observation): Sensed => ({ kind: 'sensed', observation, people })

function picked(sku: string, cell: string, grams: number, by: Person): TrueAct {
  const plate = { id: cell, index: 0, from: 0, to: 0.1 }
  const loads = [{ plate, grams }]
  const act: ShelfAct = { ts: 10_050, kind: 'pick', sku, quantity: 1, cells: [cell], loads, person: by }
  const reach = [{ shopper: by.identity.name, logOdds: [2] }]
  return { kind: 'act', act, parts: [{ shelf: 'a', cells: [{ cell, grams: -grams }], reach }] }
}

/** A log in which both are inside while something happens. */
const logOf = (...happens: Entry[]): Entry[] => [
  { kind: 'came', person: anna, ts: 0 },
  sensed(enters('anna')),
  { kind: 'came', person: bruno, ts: 0 },
  sensed(enters('bruno')),
  ...happens,
  sensed(leaves('anna')),
  sensed(leaves('bruno')),
  { kind: 'gone', person: anna, ts: 90_000 },
  { kind: 'gone', person: bruno, ts: 90_000 },
]

const billed = (observations: readonly Observation[]) =>
  papersOf(foldEngine(store, observations)).bills.map(({ shopper, items }) => [
    shopper,
    ...items.map(({ sku, quantity }) => `${quantity} ${sku}`),
  ])

describe('matchActs()', () => {
  const taken = change('p3', -350, {})
  const actsOf = (...entries: Entry[]) => [...matchActs(entries)].map(([, acts]) => acts.length)

  it('ties an act to the nearest change of the same direction on the same plates', () => {
    const later: ShelfChange = { ...taken, ts: 12_000 }
    expect(actsOf(sensed(later), sensed(taken), picked('cola', 'p3', 350, anna))).toEqual([0, 1])
  })

  it('ties it to the one of the right weight of two in the same second', () => {
    const heavier: ShelfChange = {
      ...taken,
      cells: [{ cell: 'p3', ts: 10_050, deltaGrams: -700, sdGrams: 1 }],
      ts: 10_050,
    }
    expect(actsOf(sensed(heavier), sensed(taken), picked('cola', 'p3', 350, anna))).toEqual([0, 1])
  })

  it.each([
    ['another direction', change('p3', 350, {})],
    ['other plates', change('p4', -350, {})],
    ['another time', { ...taken, ts: 14_000, from: 13_500, to: 14_500 }],
  ])('ties it to none of %s', (_, other) => {
    expect(actsOf(sensed(other), picked('cola', 'p3', 350, anna))).toEqual([0])
  })
})

describe('toldDetection()', () => {
  it('has the true changes and no others', () => {
    const log = logOf(sensed(change('p6', -542, { bruno: 2 })), picked('cola', 'p3', 351.2, anna))
    const told = toldDetection(log)
    expect(told.filter(({ kind }) => kind === 'shelf-change')).toMatchObject([
      { ts: 10_050, cells: [{ cell: 'p3', deltaGrams: -351.2 }], reach: [{ shopper: 'anna' }] },
    ])
    expect(billed(told)).toEqual([['anna', '1 cola'], ['bruno']])
  })
})

describe('toldProduct()', () => {
  it('settles what two masses leave open', () => {
    const log = logOf(sensed(change('p5', -540, { anna: 2 })), picked('tea', 'p5', 540, anna))
    expect(billed(toldProduct(log, matchActs(log)))).toEqual([['anna', '1 tea'], ['bruno']])
    const other = logOf(sensed(change('p5', -540, { anna: 2 })), picked('water', 'p5', 540, anna))
    expect(billed(toldProduct(other, matchActs(other)))).toEqual([['anna', '1 water'], ['bruno']])
  })

  it('leaves a change that nobody made as it is', () => {
    const log = logOf(sensed(change('p5', -540, { anna: 2 })))
    expect(toldProduct(log, matchActs(log)).some(({ kind }) => kind === 'product-seen')).toBe(false)
  })
})

describe('toldAssociation()', () => {
  const names = { nameOf: ({ identity }: Person) => identity.name, gated: false }

  it('gives a change to whoever made it', () => {
    const log = logOf(sensed(change('p3', -350, { bruno: 3, anna: -3 })), picked('cola', 'p3', 350, anna))
    expect(billed(toldAssociation(log, matchActs(log), names))).toEqual([['anna', '1 cola'], ['bruno']])
  })

  it('leaves one that nobody made with its candidates, by their true names', () => {
    const log = logOf(sensed(change('p3', -350, { bruno: 3, anna: -3 })))
    expect(billed(toldAssociation(log, matchActs(log), names))).toEqual([['anna'], ['bruno', '1 cola']])
  })
})
