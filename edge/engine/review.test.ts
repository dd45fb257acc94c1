import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store, t0 } from '../fixture.ts'
import type { Observation, ShelfChange } from '../observations.ts'
import { type EngineState, heldBy, initialState, latestDoubt, step, type TripBill } from './engine.ts'
import { defaultPolicy } from './receipt.ts'

const catalogue = catalogueOf(store)

function entered(shopper: string): Observation {
  return { kind: 'entered', ts: t0, shopper, target: shopper, position: [0, 0], staff: false }
}

function tea(ms: number, reach: ShelfChange['reach'], deltaGrams = -542): ShelfChange {
  const ts = t0 + ms
  const cells = [{ cell: 'p6', ts, deltaGrams, sdGrams: 1 }]
  return { kind: 'shelf-change', ts, from: ts - 200, to: ts + 200, shelf: 'a', cells, reach }
}

/** Anna or Bo took tea: a coin toss. Anna leaves. */
const toss: readonly Observation[] = [
  entered('anna'),
  entered('bo'),
  tea(5000, [
    { shopper: 'anna', logOdds: [3] },
    { shopper: 'bo', logOdds: [3] },
  ]),
  { kind: 'left', ts: t0 + 9000, shopper: 'anna' },
]

function play(observations: readonly Observation[], from: EngineState = initialState) {
  let state = from
  const bills: TripBill[] = []
  for (const observation of observations) {
    const stepped = step(catalogue, defaultPolicy, state, observation)
    state = stepped.state
    bills.push(...stepped.effects.filter((effect): effect is TripBill => effect.kind === 'bill'))
  }
  return { state, bills }
}

function chanceOfTea(state: EngineState, shopper: string): number {
  const session = state.sessions[shopper]
  const held = session === undefined ? [] : heldBy(state, session)
  return held.reduce((sum, { counts, probability }) => (Object.keys(counts).length > 0 ? sum + probability : sum), 0)
}

const tripId = `s1.${t0}.anna`
const decided = (lines: { sku: string; quantity: number }[]): Observation => ({
  kind: 'decided',
  ts: t0 + 20_000,
  tripId,
  lines,
  reviewer: 'marta',
})

describe('step()', () => {
  it('bills nobody under the name of another with whom a tracker exchanged them', () => {
    const rejoined = (shopper: string, target: string): Observation => ({ kind: 'rejoined', ts: t0, shopper, target })
    const left = (shopper: string): Observation => ({ kind: 'left', ts: t0 + 9000, shopper })
    const exchanged = [rejoined('anna', 'bo'), rejoined('bo', 'anna'), rejoined('bo', 'bo-2')]
    const { bills } = play([entered('anna'), entered('bo'), ...exchanged, left('anna'), left('bo')])
    expect(bills.map(({ shopper, aliases }) => [shopper, aliases])).toEqual([
      ['anna', []],
      ['bo', ['bo-2']],
    ])
  })

  it('lays before a reviewer the competing receipts, and the change on which they differ', () => {
    const { bills } = play(toss)
    const findings = bills[0]?.findings
    expect(findings?.explanations.map(({ lines }) => lines)).toEqual([[], [{ sku: 'tea', quantity: 1 }]])
    for (const { probability } of findings?.explanations ?? []) expect(probability).toBeCloseTo(0.5, 1)
    expect(findings?.doubts).toEqual([
      {
        change: '000000000',
        ts: t0 + 5000,
        cells: [{ cell: 'p6', deltaGrams: -542 }],
        ways: [
          [{ kind: 'pick', sku: 'tea', quantity: 1, shopper: 'bo' }],
          [{ kind: 'pick', sku: 'tea', quantity: 1, shopper: 'anna' }],
        ],
      },
    ])
  })

  it('takes a decision as evidence about the carts that competed', () => {
    const { state } = play(toss)
    expect(chanceOfTea(state, 'bo')).toBeCloseTo(0.5, 1)
    expect(chanceOfTea(play([decided([{ sku: 'tea', quantity: 1 }])], state).state, 'bo')).toBeLessThan(0.05)
    expect(chanceOfTea(play([decided([])], state).state, 'bo')).toBeGreaterThan(0.95)
  })

  it('believes a reviewer not beyond what a reviewer errs', () => {
    const { state } = play([decided([{ sku: 'tea', quantity: 1 }])], play(toss).state)
    expect(chanceOfTea(state, 'bo')).toBeGreaterThan(0.001)
  })

  it('learns nothing about others from a decision that fits no explanation better than another', () => {
    const { state } = play(toss)
    const before = chanceOfTea(state, 'bo')
    const after = play([decided([{ sku: 'tea', quantity: 7 }])], state).state
    expect(chanceOfTea(after, 'bo')).toBeCloseTo(before, 2)
  })

  it('keeps nothing of a case once it is decided, and takes a second decision for nothing', () => {
    const first = play([decided([])], play(toss).state).state
    expect(first.cases).toEqual([])
    expect(JSON.stringify(first.belief)).not.toContain(tripId)
    expect(play([decided([{ sku: 'tea', quantity: 1 }])], first).state).toEqual(first)
  })

  it('keeps nothing of a case that can be evidence about nobody any more', () => {
    const { state } = play([...toss, { kind: 'left', ts: t0 + 12_000, shopper: 'bo' }])
    expect(state.cases).toEqual([])
    expect(state.belief).toEqual(initialState.belief)
  })

  it('gives up weighing cases after six hours, or when there are more than 50', () => {
    const later = (ms: number, i: number): Observation[] => {
      const [a, b] = [`a${i}`, `b${i}`]
      const both = [a, b].map((shopper) => ({ shopper, logOdds: [3] }))
      const left = (shopper: string): Observation => ({ kind: 'left', ts: t0 + ms + 9000, shopper })
      return [entered(a), entered(b), tea(ms, both), left(a)]
    }
    const old = play([...toss, ...later(7 * 3_600_000, 1)]).state
    expect(old.cases.map(({ tripId: id }) => id)).not.toContain(tripId)
    expect(JSON.stringify(old.belief)).not.toContain(tripId)
    const many = play(Array.from({ length: 60 }, (_, i) => later(10_000 * i, i)).flat()).state
    expect(many.cases.length).toBe(50)
    expect(JSON.stringify(many.belief)).not.toContain(`s1.${t0}.a0"`)
  })
})

describe('latestDoubt()', () => {
  it('names a change that may go before a person, and none that is clear', () => {
    expect(latestDoubt(play(toss.slice(0, 3)).state)).toBe('000000000')
    const clear = [entered('anna'), tea(5000, [{ shopper: 'anna', logOdds: [3] }])]
    expect(latestDoubt(play(clear).state)).toBe(null)
  })
})
