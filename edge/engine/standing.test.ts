import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { contentsOf } from './belief.ts'
import { type EngineState, heldBy, initialState, step } from './engine.ts'
import { standingAt } from './hypothesis.ts'
import { defaultPolicy } from './receipt.ts'

/** Tea stands on p6 by the planogram, its twin in weight nowhere else but on p5. */
const shop = {
  ...store,
  products: [...store.products, { ...(store.products[3] ?? never()), sku: 'twin', name: 'twin' }],
  planogram: [...store.planogram, { sku: 'twin', cells: ['p5'] }],
}
const catalogue = catalogueOf(shop)

function never(): never {
  throw new Error('the fixture has four products')
}

/** Anna takes or puts what weighs so much: cell, grams. */
function changed(changes: readonly (readonly [string, number])[]): EngineState {
  let state = step(catalogue, defaultPolicy, initialState, {
    kind: 'entered',
    ts: 0,
    shopper: 'anna',
    target: 'anna',
    position: [5, -2.5],
    staff: false,
  }).state
  changes.forEach(([cell, deltaGrams], i) => {
    const ts = 10_000 * (i + 1)
    state = step(catalogue, defaultPolicy, state, {
      kind: 'shelf-change',
      ts,
      from: ts - 500,
      to: ts + 500,
      shelf: 'a',
      cells: [{ cell, ts, deltaGrams, sdGrams: 1 }],
      reach: [{ shopper: 'anna', logOdds: [4] }],
    }).state
  })
  return state
}

/** How probable it is that Anna holds so many of an SKU. */
function chance(state: EngineState, sku: string, count: number): number {
  const { anna } = state.sessions
  const held = anna === undefined ? [] : heldBy(state, anna)
  return held.reduce((sum, { counts, probability }) => ((counts[sku] ?? 0) === count ? sum + probability : sum), 0)
}

/** The SKUs that may stand at a spot, with their probability; null: as planned. */
function standingOn({ belief }: EngineState, spot: string): Record<string, number> {
  const chances: Record<string, number> = {}
  for (const { things, probability } of contentsOf(belief, standingAt(spot))) {
    const sku = things.at(-1)?.sku ?? 'as planned'
    chances[sku] = (chances[sku] ?? 0) + probability
  }
  return chances
}

describe('supposed()', () => {
  it('supposes nothing where the planogram explains what was taken', () => {
    expect(standingOn(changed([['p3', -350]]), 'p3')).toEqual({ 'as planned': 1 })
  })

  it('knows from the other spot what a spot was exchanged with, and bills it for what was taken before', () => {
    const one = changed([['p3', -542]])
    // Tea and its twin weigh the same: either may stand where cola should be.
    expect(chance(one, 'tea', 1)).toBeLessThan(0.55)
    const both = changed([
      ['p3', -542],
      ['p6', -350],
    ])
    expect(chance(both, 'tea', 1)).toBeGreaterThan(0.9)
    expect(chance(both, 'cola', 1)).toBeGreaterThan(0.9)
    expect(standingOn(both, 'p3').tea).toBeGreaterThan(0.9)
    expect(standingOn(both, 'p6').cola).toBeGreaterThan(0.9)
  })

  it('learns a mass that the catalogue has wrong for all of a kind', () => {
    const three = changed([1, 2, 3].map((n) => ['p3', -430 - n]))
    expect(chance(three, 'cola', 3)).toBeGreaterThan(0.95)
    expect(standingOn(three, 'p3').cola).toBeGreaterThan(0.9)
  })

  it('goes back to the planogram when what it says is taken again', () => {
    const wrong: [string, number][] = [
      ['p3', -542],
      ['p6', -350],
    ]
    const right: [string, number][] = [1, 2, 3].flatMap(() => [['p3', -350] as [string, number]])
    expect(standingOn(changed([...wrong, ...right]), 'p3')['as planned']).toBeGreaterThan(0.9)
  })
})
