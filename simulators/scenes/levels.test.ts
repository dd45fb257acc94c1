import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { scenarioOf } from '../testing.ts'
import { atLevel, type Level, levels } from './levels.ts'

const scene = scenarioOf(
  'people: [{ name: Anna, arrives: 1 }, { name: Bruno, arrives: [2, 4] }]',
  'shoppers: { count: 100 }',
)
const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const people = (level: Level): number[] =>
  seeds.map((seed) => 2 + atLevel(scene, level, new Random(seed, 'level')).shoppers.count)

describe('atLevel()', () => {
  test('fills the shop: nobody else, about 4, about 10, up to 30', () => {
    expect(new Set(people('easy'))).toEqual(new Set([2]))
    expect(new Set(people('middle'))).toEqual(new Set([3, 4, 5]))
    expect([Math.min(...people('hard')), Math.max(...people('hard'))]).toEqual([8, 12])
    expect(Math.max(...people('hardest'))).toBeGreaterThan(27)
    expect(Math.max(...people('hardest'))).toBeLessThanOrEqual(30)
  })

  test('makes the sensors no better from level to level', () => {
    const [noise, wrist, loss] = [[], [], []] as [number[], number[], number[]]
    for (const level of levels) {
      const { scales, tracker, network } = atLevel(scene, level, new Random(1, 'level'))
      noise.push(scales.noiseGrams)
      wrist.push(tracker.hiddenWristShare)
      loss.push(network.lossShare)
    }
    for (const values of [noise, wrist, loss]) expect(values).toEqual([...values].sort((a, b) => a - b))
  })

  test('leaves the middle as it was measured, one gondola noisy', () => {
    const { scales, tracker, network } = atLevel(scene, 'middle', new Random(1, 'level'))
    expect(scales).toEqual({ ...scene.scales, noisyFixtures: ['g1'] })
    expect({ tracker, network }).toEqual({ tracker: scene.tracker, network: scene.network })
  })

  test('lets the scene begin when half of the others are in', () => {
    const { people: later, shoppers } = atLevel(scene, 'hard', new Random(1, 'level'))
    expect(later.map(({ arrives }) => arrives)).toEqual([1 + shoppers.count, [2 + shoppers.count, 4 + shoppers.count]])
  })
})
