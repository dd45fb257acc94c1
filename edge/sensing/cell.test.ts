import { describe, expect, it } from 'vitest'
import { addBin, type CellChange, newCell } from './cell.ts'

/** Feeds bins of 100 ms and gives every change of one reading. `noise` is deterministic and of about unit amplitude. */
function feed(levels: readonly (number | null)[], noise = 0.5, reading: 'plain' | 'closer' = 'plain'): CellChange[] {
  const cell = newCell('p1')
  const changes = levels.flatMap((level, i) => {
    if (level === null) return []
    return addBin(cell, i * 100, level + noise * Math.sin(i * 2.3) + noise * Math.sin(i * 5.1))
  })
  return changes.filter((change) => change.reading === undefined || change.reading === reading)
}

const stretch = (grams: number, seconds: number): number[] => Array.from({ length: seconds * 10 }, () => grams)

describe('addBin()', () => {
  it('finds a pick with its size and its instant', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(1177, 3)])
    expect(changes).toHaveLength(1)
    expect(changes[0]?.deltaGrams).toBeCloseTo(-623, -0.5)
    expect(changes[0]?.at).toBe(4000)
  })

  it('measures levels beside the hand that leans on the plate before the lift', () => {
    const [change] = feed([...stretch(1800, 4), 1804, 1820, 1853, 1810, 1300, ...stretch(1177, 3)])
    expect(Math.abs((change?.deltaGrams ?? 0) + 623)).toBeLessThan(1.5)
  })

  it('takes a hand that rests for a second, and trembles, for nothing', () => {
    const hand = [2080, 2110, 2125, 2090, 2100, 2118, 2087, 2104, 2121, 2095]
    expect(feed([...stretch(1800, 4), ...hand, ...stretch(1800, 4)])).toEqual([])
  })

  it('tells when a thing was taken under a hand that rests, and not when the hand left', () => {
    const hand = Array.from({ length: 40 }, (_, i) => 600 + 50 * Math.sin(0.9 * i) + 30 * Math.sin(0.35 * i))
    const leaned = [200, 420, ...hand.map((grams, i) => grams - (i < 18 ? 0 : 250)), 150, -90]
    const changes = feed([...stretch(1800, 4), ...leaned.map((grams) => 1800 + grams), ...stretch(1550, 3)])
    expect(changes.map(({ at, reading }) => [at, reading])).toEqual([[6000, undefined]])
    expect(changes[0]?.deltaGrams).toBeCloseTo(-250, -0.5)
  })

  it('shows a steady weight that stood there for a second both ways', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(2100, 1), ...stretch(1800, 4)])
    expect(changes.map(({ deltaGrams }) => Math.round(deltaGrams / 10))).toEqual([30, -30])
  })

  it('sees a pick and the put-back after it as two changes', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(1177, 3), ...stretch(1800, 4)])
    expect(changes.map(({ deltaGrams }) => Math.round(deltaGrams / 10))).toEqual([-62, 62])
  })

  it('tells two things taken within a second from one plate', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(1450, 0.8), ...stretch(1100, 3)])
    expect(changes.map(({ deltaGrams, at }) => [Math.round(deltaGrams / 10), at])).toEqual([
      [-35, 4000],
      [-35, 4800],
    ])
  })

  it('sees a thing taken and another of the same mass set down in its place within a second', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(1262, 0.8), 1400, 1850, ...stretch(1801, 3)])
    expect(changes.map(({ deltaGrams, at }) => [Math.round(deltaGrams / 10), at])).toEqual([
      [-54, 4000],
      [54, 4900],
    ])
  })

  it('takes a hand that presses on the plate after the lift for nothing', () => {
    const changes = feed([...stretch(1800, 4), ...stretch(1262, 0.8), ...stretch(1300, 1), ...stretch(1262, 3)])
    expect(changes.map(({ deltaGrams, at }) => [Math.round(deltaGrams / 10), at])).toEqual([[-54, 4000]])
  })

  it('puts the change where the plate first stood at its last level, whoever leans on it afterwards', () => {
    const hand = [1350, 1580, 1710, 1695, 1730, 1702, 1718, 1690, 1725, 1707]
    const changes = feed([...stretch(1800, 4), 1590, 1380, ...stretch(1177, 0.7), ...hand, ...stretch(1177, 3)])
    expect(changes.map(({ deltaGrams }) => Math.round(deltaGrams / 10))).toEqual([-62])
    expect(changes[0]?.at).toBeLessThanOrEqual(4200)
  })

  it('reads closely what was set down, taken and set down again before anything settled', () => {
    const filling = [...stretch(1800, 4), ...stretch(2241, 1.2), ...stretch(1800, 0.8), ...stretch(2242, 4)]
    expect(feed(filling).map(({ deltaGrams }) => Math.round(deltaGrams))).toEqual([442])
    expect(feed(filling, 0.5, 'closer').map(({ deltaGrams, at }) => [Math.round(deltaGrams / 10), at])).toEqual([
      [44, 4000],
      [-44, 5200],
      [44, 6000],
    ])
  })

  it('has one reading of a lift, however the hand pressed before it', () => {
    const lift = [...stretch(1800, 4), 1804, 1820, 1853, 1810, 1300, ...stretch(1177, 3)]
    expect(feed(lift, 0.5, 'closer')).toEqual(feed(lift))
  })

  it('follows drift without a change', () => {
    expect(feed(Array.from({ length: 3000 }, (_, i) => 1800 + 0.01 * i))).toEqual([])
  })

  it('finds a thing that is taken over three seconds', () => {
    const ramp = Array.from({ length: 30 }, (_, i) => 500 - i)
    const changes = feed([...stretch(500, 4), ...ramp, ...stretch(470, 4)], 0.2)
    const total = changes.reduce((sum, { deltaGrams }) => sum + deltaGrams, 0)
    expect(Math.abs(total + 30)).toBeLessThan(4)
  })

  it('finds what changed while no readings came', () => {
    const gap = Array.from({ length: 50 }, () => null)
    const changes = feed([...stretch(1800, 4), ...gap, ...stretch(1177, 3)])
    expect(changes).toHaveLength(1)
    expect(changes[0]?.from).toBeLessThanOrEqual(4000)
  })

  it('stays quiet on a noisy plate', () => {
    expect(feed(stretch(1800, 120), 4)).toEqual([])
  })
})
