/** The engine under any observations whatever, sensible or not. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostConcerned, mostLateChanges } from '../../models/contracts/late.ts'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import { type Effect, type EngineState, finalEvents, heldBy, initialState, step } from './engine.ts'
import { placeOf } from './hypothesis.ts'
import { defaultPolicy } from './receipt.ts'

const catalogue = catalogueOf(store)
/** A day is up to a second of work. */
const numRuns = 30
const cells = ['p1', 'p2', 'p3', 'p4', 'p5', 'p6']
const skus = store.products.map(({ sku }) => sku)

/** Shoppers by their number: nobody has come in as the last ones. */
const shopper = fc.integer({ min: 0, max: 6 }).map((n) => `s${n}`)
const logOdds = fc.double({ min: -16, max: 6, noNaN: true })

/** What shelves weigh when things are moved, and what they never should. */
const grams = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(538, 350, 25, 542), fc.integer({ min: 1, max: 3 })) },
  { weight: 1, arbitrary: fc.tuple(fc.double({ min: 2.5, max: 3000, noNaN: true }), fc.constant(1)) },
)
const weighed = fc
  .tuple(grams, fc.double({ min: -6, max: 6, noNaN: true }))
  .map(([[each, count], off]) => Math.max(2.5, each * count + off))

const happening = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('entered' as const), staff: fc.boolean() }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('shelf-change' as const),
      first: fc.nat({ max: 5 }),
      /** All on one plate, one after the other. */
      again: fc.boolean(),
      /** There and back, and the level between lasted so long. */
      heldMs: fc.constantFrom(null, 100, 900),
      sign: fc.constantFrom(-1, 1),
      weights: fc.array(weighed, { minLength: 1, maxLength: 3 }),
      /** A shelf that finds changes itself may say anything of how sure it is. */
      sdGrams: fc.constantFrom(0.5, 2, 15, 200, 1e5),
      gapMs: fc.constantFrom(0, 200, 700),
      reach: fc.dictionary(shopper, fc.array(logOdds, { minLength: 3, maxLength: 3 }), { maxKeys: 5 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('product-seen' as const),
      cell: fc.constantFrom(...cells),
      likelihoods: fc.dictionary(fc.constantFrom(...skus, 'ghost'), fc.constantFrom(0, 1e-12, 0.1, 1)),
      rest: fc.constantFrom(0.01, 1),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('identified' as const),
      shopper,
      account: fc.constantFrom('ann', 'bob'),
      staff: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rejoined' as const), shopper }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('left' as const), shopper }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('said-late' as const),
      deltas: fc.dictionary(fc.constantFrom(...cells), fc.double({ min: -3000, max: 3000, noNaN: true }), {
        minKeys: 1,
        maxKeys: 3,
      }),
      agoMs: fc.constantFrom(null, 500, 60_000, 86_400_000),
      near: fc.uniqueArray(shopper, { maxLength: 3 }),
      unseen: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('late-settled' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('decided' as const),
      which: fc.nat({ max: 3 }),
      lines: fc.uniqueArray(fc.record({ sku: fc.constantFrom(...skus), quantity: fc.integer({ min: 1, max: 3 }) }), {
        selector: ({ sku }) => sku,
      }),
    }),
  },
)
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never

/** Four come in first, one of them to work. */
const first = [false, true, false, false].map((staff) => ({ kind: 'entered' as const, staff }))
const day = fc
  .array(happening, { minLength: 1, maxLength: 25, size: 'max' })
  .map((rest): Happening[] => [...first, ...rest])

/** `entered`: how many have come in before. */
function observationOf(happening: Happening, ts: number, entered: number, { cases, late }: EngineState): Observation {
  switch (happening.kind) {
    case 'entered':
      return { ...happening, ts, shopper: `s${entered}`, target: `t${entered}`, position: [5, -2.5] }
    case 'rejoined':
      return { ...happening, ts, target: `again-${happening.shopper}` }
    case 'identified':
    case 'left':
      return { ...happening, ts }
    case 'product-seen':
      return { ...happening, ts, from: ts - 2000, to: ts, cells: [happening.cell] }
    case 'decided': {
      const { kind, lines, which } = happening
      return { kind, ts, tripId: cases[which]?.tripId ?? 'nobody', lines, reviewer: 'r1' }
    }
    case 'said-late': {
      const { deltas, agoMs, ...said } = happening
      const happened = agoMs === null ? null : { from: ts - agoMs - 300, to: ts - agoMs }
      const changed = Object.entries(deltas).map(([cell, deltaGrams]) => ({ cell, ts, deltaGrams, sdGrams: 2 }))
      return { ...said, ts, shelf: 'a', cells: changed, happened }
    }
    case 'late-settled':
      return { ...happening, ts, lateCase: late[0]?.id ?? 'none', outcome: 'no-goods', tripId: null, reviewer: 'r1' }
    case 'shelf-change': {
      const { kind, again, heldMs, weights, sign, sdGrams, gapMs } = happening
      const moved = weights.map((each, i) => {
        const cell = cells[(happening.first + (again ? 0 : i)) % cells.length] ?? ''
        const back = again && heldMs !== null && i % 2 === 1 ? -1 : 1
        const held = again && heldMs !== null && i < weights.length - 1 ? { heldMs } : {}
        return { cell, ts: ts + i * gapMs, deltaGrams: back * sign * each, sdGrams, ...held }
      })
      const reach = Object.entries(happening.reach).map(([one, odds]) => ({
        shopper: one,
        logOdds: odds.slice(0, moved.length),
      }))
      return { kind, ts, from: ts - 500, to: ts + 2000, shelf: 'a', cells: moved, reach }
    }
  }
}

/** The state before and after each observation, and what followed from it. */
interface Moment {
  readonly before: EngineState
  readonly observation: Observation
  readonly state: EngineState
  readonly effects: readonly Effect[]
}

function live(happenings: readonly Happening[]): Moment[] {
  let state = initialState
  let number = 0
  return happenings.map((happening, i) => {
    const observation = observationOf(happening, 1_800_000_000_000 + 2000 * i, number, state)
    if (observation.kind === 'entered') number++
    const before = state
    const stepped = step(catalogue, defaultPolicy, before, observation)
    state = stepped.state
    return { before, observation, ...stepped }
  })
}

/** Days that once went wrong. */
const change = {
  kind: 'shelf-change',
  first: 0,
  again: false,
  heldMs: null,
  gapMs: 700,
  sdGrams: 0.5,
  sign: -1,
} as const
const examples: [Happening[]][] = [
  // A part of a cluster of which one hypothesis alone was likely enough to be kept.
  [
    [
      ...first,
      { ...change, sign: 1, sdGrams: 15, weights: [538, 16.115835988042196], reach: { s1: [0, 0, 0] } },
      { ...change, weights: [538, 538], reach: { s0: [0, 0, 0] } },
      { ...change, weights: [538], reach: {} },
    ],
  ],
]

function everyMoment(check: (moment: Moment) => void): void {
  const property = fc.property(day, (happenings) => {
    for (const moment of live(happenings)) check(moment)
  })
  fc.assert(property, { numRuns, examples })
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
const isShare = (value: number) => value >= 0 && value <= 1

function effectsAreSound(effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.kind === 'event') {
      const { confidence, quantity, sku } = effect.event
      expect(isShare(confidence) && quantity >= 1 && skus.includes(sku), JSON.stringify(effect)).toBe(true)
      continue
    }
    if (effect.kind === 'late') {
      const { changes, count } = effect.noted
      expect(count >= changes.length && changes.length > 0 && changes.length <= mostLateChanges).toBe(true)
      for (const { ways, people } of changes) {
        expect(sum(ways.map(({ probability }) => probability)), JSON.stringify(ways)).toBeLessThan(1.001)
        expect(people.length <= mostConcerned && new Set(people.map((one) => one.shopper)).size === people.length).toBe(
          true,
        )
      }
      continue
    }
    const { receipt, findings } = effect
    expect(isShare(receipt.confidence)).toBe(true)
    for (const { quantity, confidence } of receipt.lines) {
      expect(Number.isInteger(quantity) && quantity >= 1 && isShare(confidence), JSON.stringify(receipt)).toBe(true)
    }
    expect(receipt.totalMinor).toBe(sum(receipt.lines.map(({ totalMinor }) => totalMinor)))
    expect(findings === null).toBe(receipt.status === 'final')
    if (findings !== null)
      expect(sum(findings.explanations.map(({ probability }) => probability)) + findings.others).toBeCloseTo(1, 2)
  }
}

/** Whose carts may be remembered. */
function holders({ sessions }: EngineState): Set<string> {
  return new Set(Object.values(sessions).map((one) => `s:${one.account === null ? one.shopper : `@${one.account}`}`))
}

describe('step()', () => {
  test('keeps what every shopper may hold as probabilities that sum to 1, and says only what is one', () => {
    everyMoment(({ state, effects }) => {
      effectsAreSound(effects)
      for (const session of Object.values(state.sessions)) {
        const chances = heldBy(state, session).map(({ probability }) => probability)
        expect(chances.every(isShare)).toBe(true)
        expect(sum(chances)).toBeCloseTo(1, 9)
      }
    })
  })

  test('keeps within its bounds, and nothing of who has left or of what is settled', () => {
    everyMoment(({ state }) => {
      const { clusters, certain } = state.belief
      const changes = clusters.flatMap(({ hypotheses }) => Object.keys(hypotheses[0]?.choices ?? {}))
      const slots = clusters.flatMap(({ keys }) => keys)
      for (const { keys, hypotheses } of clusters) {
        expect(hypotheses.length).toBeGreaterThan(1)
        expect(hypotheses.length).toBeLessThanOrEqual(200)
        expect(keys.length + Object.keys(hypotheses[0]?.choices ?? {}).length).toBeLessThanOrEqual(32)
        expect(hypotheses.every(({ logWeight }) => logWeight <= 0 && logWeight >= -9)).toBe(true)
      }
      expect(new Set(slots).size).toBe(slots.length)
      expect([...changes].sort()).toEqual(Object.keys(state.open).sort())
      const places = new Set([...Object.keys(certain), ...slots.map(placeOf)])
      const known = new Set([
        ...holders(state),
        ...cells.flatMap((cell) => [`c:${cell}`, `p:${cell}`]),
        ...state.cases.map(({ tripId }) => `r:${tripId}`),
      ])
      expect([...places].filter((place) => !known.has(place))).toEqual([])
    })
  })

  test('gives the same bytes again, and from a copy of its state as text at any moment', () => {
    fc.assert(
      fc.property(day, fc.nat({ max: 28 }), (happenings, at) => {
        const moments = live(happenings)
        const [from] = moments.slice(at)
        if (from === undefined) return
        let state: EngineState = JSON.parse(JSON.stringify(from.before))
        for (const { observation, effects, ...expected } of moments.slice(at)) {
          const stepped = step(catalogue, defaultPolicy, state, observation)
          expect(JSON.stringify(stepped.effects)).toBe(JSON.stringify(effects))
          expect(JSON.stringify(stepped.state)).toBe(JSON.stringify(expected.state))
          state = stepped.state
        }
        expect(finalEvents(state)).toEqual(finalEvents(moments.at(-1)?.state ?? state))
      }),
      { numRuns, examples: examples.map(([one]) => [one, 4]) },
    )
  })
})
