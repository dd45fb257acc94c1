import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store, t0 } from '../fixture.ts'
import type { Observation, ProductSeen, ShelfChange } from '../observations.ts'
import { heldBy, initialState, step } from './engine.ts'
import { keepPicture } from './pictures.ts'
import { defaultPolicy } from './receipt.ts'

const catalogue = catalogueOf({
  ...store,
  planogram: [
    { sku: 'water', cells: ['p1'] },
    { sku: 'tea', cells: ['p1'] },
  ],
})
const entered: Observation = {
  kind: 'entered',
  ts: t0,
  shopper: 'anna',
  target: 'anna',
  position: [0, 0],
  staff: false,
}
const change: ShelfChange = {
  kind: 'shelf-change',
  ts: t0 + 5000,
  from: t0 + 4800,
  to: t0 + 5200,
  shelf: 'a',
  cells: [{ cell: 'p1', ts: t0 + 5000, deltaGrams: -540, sdGrams: 1 }],
  reach: [{ shopper: 'anna', logOdds: [3] }],
}
const picture: ProductSeen = {
  kind: 'product-seen',
  ts: t0 + 5100,
  from: t0 + 4700,
  to: t0 + 5300,
  cells: ['p1'],
  likelihoods: { tea: 1, water: 0.01 },
  rest: 0.005,
}

function chanceOfTea(observations: readonly Observation[]): number {
  const state = observations.reduce((before, one) => step(catalogue, defaultPolicy, before, one).state, initialState)
  const anna = state.sessions.anna
  if (anna === undefined) return 0
  return heldBy(state, anna)
    .filter(({ counts }) => counts.tea === 1)
    .reduce((sum, { probability }) => sum + probability, 0)
}

describe('step()', () => {
  it('cannot tell things of like mass apart without a picture', () => {
    expect(chanceOfTea([entered, change])).toBeGreaterThan(0.2)
    expect(chanceOfTea([entered, change])).toBeLessThan(0.8)
  })

  it('takes a picture as evidence, before or after the scale has settled, with the same result', () => {
    const after = chanceOfTea([entered, change, picture])
    expect(after).toBeGreaterThan(0.9)
    expect(chanceOfTea([entered, picture, change])).toBeCloseTo(after, 10)
  })

  it('takes no picture of another place or time as evidence', () => {
    const before = chanceOfTea([entered, change])
    expect(chanceOfTea([entered, change, { ...picture, cells: ['p4'] }])).toBe(before)
    expect(chanceOfTea([entered, change, { ...picture, from: t0 + 9000, to: t0 + 9500 }])).toBe(before)
  })
})

describe('keepPicture()', () => {
  it('keeps the latest 64 of the last 15 s', () => {
    const many = Array.from({ length: 100 }, (_, i) => ({ ...picture, ts: t0 + i * 100 }))
    const kept = many.reduce<ProductSeen[]>(keepPicture, [])
    expect(kept).toHaveLength(64)
    expect(keepPicture(kept, { ...picture, ts: t0 + 60_000 })).toHaveLength(1)
  })
})
