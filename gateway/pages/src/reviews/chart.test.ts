import { describe, expect, test } from 'vitest'
import { chartHeight, chartOf, chartWidth, ticks } from './chart.ts'

describe('ticks()', () => {
  test('ticks() are round and few', () => {
    expect(ticks(-590, 45)).toEqual([-400, -200, 0])
    expect(ticks(-2.5, 3.2)).toEqual([-2, 0, 2])
    for (const [low, high] of [
      [0, 1],
      [-13, 8],
      [-4200, 60],
    ] as const) {
      expect(ticks(low, high).length).toBeGreaterThanOrEqual(2)
      expect(ticks(low, high).length).toBeLessThanOrEqual(6)
    }
  })
})

describe('chartOf()', () => {
  test('chartOf() keeps all points inside, time to the right and weight upwards', () => {
    const chart = chartOf([{ cell: 'p1', ms: [-2500, 0, 3000], grams: [0, -270, -542] }])
    const points = (chart.lines[0]?.points ?? '').split(' ').map((point) => point.split(',').map(Number))
    const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)]
    expect([...xs].sort((a, b) => a - b)).toEqual(xs)
    expect([...ys].sort((a, b) => a - b)).toEqual(ys)
    expect(Math.min(...xs)).toBeGreaterThan(40)
    expect(Math.max(...xs)).toBeLessThanOrEqual(chartWidth)
    expect(Math.max(...ys)).toBeLessThan(chartHeight - 20)
    expect(chart.xOf(0)).toBe(xs[1])
  })

  test('chartOf() draws a plate that felt nothing as a flat line, and no plates as none', () => {
    expect(chartOf([{ cell: 'p1', ms: [0, 100], grams: [0, 0.1] }]).gramTicks.length).toBeGreaterThan(1)
    expect(chartOf([]).lines).toEqual([])
  })
})
