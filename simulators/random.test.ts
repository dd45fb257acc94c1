import { expect, test } from 'vitest'
import { Random } from './random.ts'
import { deviation, mean } from './testing.ts'

const draws = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next())

test('Random gives the same stream for the same seed and name, and another for another', () => {
  expect(draws(new Random(1, 'a'), 5)).toEqual(draws(new Random(1, 'a'), 5))
  expect(draws(new Random(1, 'a'), 5)).not.toEqual(draws(new Random(1, 'b'), 5))
  expect(draws(new Random(1, 'a'), 5)).not.toEqual(draws(new Random(2, 'a'), 5))
})

test('Random.normal() has the mean and deviation asked for', () => {
  const random = new Random(3, 'normal')
  const values = Array.from({ length: 20_000 }, () => random.normal(5, 2))
  expect(mean(values)).toBeCloseTo(5, 1)
  expect(deviation(values)).toBeCloseTo(2, 1)
})

test('Random.weighted() never draws a weight of zero', () => {
  const random = new Random(4, 'weights')
  const drawn = new Set(Array.from({ length: 500 }, () => random.weighted({ never: 0, often: 3, seldom: 1 })))
  expect([...drawn].sort()).toEqual(['often', 'seldom'])
  expect(() => random.weighted({ never: 0 })).toThrow('every weight is zero')
})
