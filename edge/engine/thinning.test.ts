import { describe, expect, test } from 'vitest'
import { type Cluster, probabilities, product } from './cluster.ts'
import type { Hypothesis } from './hypothesis.ts'
import { thinned } from './thinning.ts'

const chances = [0.7, 0.2, 0.07, 0.03]

/** One doubt about what a change was, each answer as likely as `chances` says. */
function doubt(change: string): Cluster {
  const hypotheses = chances.map((chance, i) => ({
    logWeight: Math.log(chance / 0.7),
    places: {},
    choices: { [change]: [{ kind: 'pick', sku: `${i}`, quantity: 1, grams: 100, cells: ['c1'], holder: 'a' }] },
  })) satisfies Hypothesis[]
  return { keys: [], hypotheses }
}

/** The probability of each answer to a change. */
function answersTo(change: string, cluster: Cluster): number[] {
  const weights = probabilities(cluster)
  return chances.map((_, i) =>
    cluster.hypotheses.reduce(
      (sum, { choices }, at) => (choices[change]?.[0]?.sku === `${i}` ? sum + (weights[at] ?? 0) : sum),
      0,
    ),
  )
}

describe('thinned()', () => {
  test('thinned() leaves what is heavy as it is, and an even sample of the rest weighs what the rest weighed', () => {
    const light = Array.from({ length: 1000 }, () => 0.0002)
    const kept = thinned([0.5, ...light, 0.3], 12)
    expect(kept).toHaveLength(12)
    expect(kept.at(0)).toEqual({ index: 0, weight: expect.closeTo(0.5) })
    expect(kept.at(-1)).toEqual({ index: 1001, weight: expect.closeTo(0.3) })
    for (const [i, { index, weight }] of kept.slice(1, -1).entries()) {
      expect(weight).toBeCloseTo(0.02)
      expect(Math.abs(index - 50 - 100 * i)).toBeLessThanOrEqual(1)
    }
  })

  test('thinned() keeps all when there are no more than wanted', () => {
    expect(thinned([3, 1], 2)).toEqual([
      { index: 0, weight: 0.75 },
      { index: 1, weight: 0.25 },
    ])
  })
})

describe('product()', () => {
  const changes = ['1', '2', '3', '4', '5', '6']

  test('product() of six doubts, 4,096 answers in 100, is no surer of any of them or of all than they were', () => {
    const whole = changes.map(doubt).reduce(product)
    expect(whole.hypotheses.length).toBeLessThanOrEqual(100)
    expect(probabilities(whole)[0]).toBeCloseTo(0.7 ** 6, 3)
    const answers = changes.map((change) => answersTo(change, whole))
    for (const [i, chance] of chances.entries()) {
      const mean = answers.reduce((sum, each) => sum + (each[i] ?? 0) / changes.length, 0)
      expect(Math.abs(mean / chance - 1), `answer ${i}`).toBeLessThan(0.1)
    }
  })
})
