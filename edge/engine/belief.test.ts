import { describe, expect, it } from 'vitest'
import { catalogueOf } from '../core.ts'
import { store } from '../fixture.ts'
import { type Belief, type Concerned, contentsOf, emptyBelief, forget, update } from './belief.ts'
import { actorsOf, explain } from './explain.ts'
import { cartOf, lyingOn, placeOf } from './hypothesis.ts'
import { nothingLearned } from './learned.ts'
import type { Actor } from './options.ts'
import { partings, weighing } from './parts.ts'

const catalogue = catalogueOf(store)

/** Numbers from 0 to 1, the same each time (Numerical Recipes' generator). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

interface Work {
  belief: Belief
  /** Of each change: for how many different presents it was explained, and in how many ways altogether. */
  readonly presents: number[]
  readonly ways: number[]
}

/** A change of one plate in front of some people. */
function change(work: Work, id: number, cell: string, grams: number, actors: readonly Actor[]): void {
  const weigh = weighing(catalogue, nothingLearned)
  const ways = partings(weigh, [{ cell, ts: 0, deltaGrams: grams, sdGrams: 2 }])
  const carts = actors.flatMap(({ holder }) => (holder === null ? [] : [cartOf(holder)]))
  const concerned: Concerned = { places: grams > 0 ? carts : [lyingOn(cell)], grams: Math.abs(grams) }
  let [presents, all] = [0, 0]
  const revised = update(work.belief, String(id).padStart(9, '0'), concerned, (contents) => {
    const found = explain({ catalogue, weigh }, ways, actors, contents)
    presents++
    all += found.length
    return found
  })
  work.belief = revised.belief
  work.presents.push(presents)
  work.ways.push(all)
}

/** Everybody takes a few things and puts some back, four at a time before one shelf, so that much stays in doubt. */
function crowded(people: number): Work {
  const random = numbers(7)
  const work: Work = { belief: emptyBelief, presents: [], ways: [] }
  for (let i = 0; i < 4 * people; i++) {
    const first = 4 * Math.floor((random() * people) / 4)
    const odds = [1.5, 1, 0, -3].sort(() => random() - 0.5)
    const group = odds.map((logOdds, k) => ({ holder: `s${(first + k) % people}`, staff: false, logOdds: [logOdds] }))
    const sign = random() < 0.3 ? 1 : -1
    const [cell, grams] = random() < 0.5 ? (['p1', 540] as const) : (['p3', 351] as const)
    change(work, i, cell, sign * (grams + 4 * random()), actorsOf(group, 1))
  }
  return work
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

describe('update()', () => {
  const [few, many] = [crowded(50), crowded(200)]

  it('keeps clusters and the doubts about a place within their bounds, whatever the crowd', () => {
    for (const { belief } of [few, many]) {
      for (const { keys, hypotheses } of belief.clusters) {
        expect(hypotheses.length).toBeLessThanOrEqual(100)
        expect(keys.length).toBeLessThanOrEqual(32)
      }
      const slots = belief.clusters.flatMap(({ keys }) => keys.map(placeOf))
      for (const place of new Set(slots)) expect(slots.filter((one) => one === place).length).toBeLessThanOrEqual(24)
    }
  })

  it('explains a change for at most 100 presents in at most 32 ways each', () => {
    for (const { presents, ways } of [few, many]) {
      expect(Math.max(...presents)).toBeLessThanOrEqual(100)
      expect(Math.max(...ways)).toBeLessThanOrEqual(100 * 32)
    }
  })

  it('does no more work for a change among 200 people than among 50', () => {
    expect(mean(many.ways)).toBeLessThan(1.2 * mean(few.ways))
    expect(mean(many.presents)).toBeLessThan(1.2 * mean(few.presents))
  })

  it('keeps what it knew when nothing explains a change', () => {
    const places = [...new Set(few.belief.clusters.flatMap(({ keys }) => keys.map(placeOf)))]
    const impossible = () => [{ acts: [], places: {}, logLikelihood: Number.NEGATIVE_INFINITY }]
    for (const explain of [() => [], impossible]) {
      const { belief, settled } = update(few.belief, 'x', { places, grams: 540 }, explain)
      const said = (place: string) => contentsOf(belief, place).map(({ things }) => things.length)
      expect(settled.filter(({ change }) => change === 'x')).toMatchObject([{ acts: [] }])
      for (const place of places) expect(Math.max(...said(place)), place).toBeGreaterThan(0)
    }
  })

  it('explains a change under no more presents than are asked for', () => {
    const places = [...new Set(many.belief.clusters.flatMap(({ keys }) => keys.map(placeOf)))]
    let presents = 0
    update(many.belief, 'x', { places, grams: 540, presents: 5 }, () => {
      presents++
      return [{ acts: [], places: {}, logLikelihood: 0 }]
    })
    expect(presents).toBeGreaterThan(1)
    expect(presents).toBeLessThanOrEqual(5)
  })

  it('gives the same for the same, byte for byte', () => {
    expect(JSON.stringify(crowded(50).belief)).toBe(JSON.stringify(few.belief))
  })

  it('keeps two doubts about one cart in clusters of their own', () => {
    const work: Work = { belief: emptyBelief, presents: [], ways: [] }
    const two = (a: number, b: number): Actor[] =>
      actorsOf(
        [
          { holder: 'anna', staff: false, logOdds: [a] },
          { holder: 'bo', staff: false, logOdds: [b] },
        ],
        1,
      )
    change(work, 0, 'p1', -540, two(1, 0.5))
    change(work, 1, 'p3', -351, two(0.5, 1))
    expect(work.belief.clusters).toHaveLength(2)
    const chances = contentsOf(work.belief, cartOf('anna')).map(({ probability }) => probability)
    expect(chances.reduce((sum, chance) => sum + chance, 0)).toBeCloseTo(1)
    const left = forget(work.belief, cartOf('anna'), (holder) => holder === 'bo').belief
    expect(contentsOf(left, cartOf('anna')).map(({ things }) => things)).toEqual([[]])
    expect(contentsOf(left, cartOf('bo')).length).toBeGreaterThan(1)
  })
})
