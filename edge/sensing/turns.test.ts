import { describe, expect, it } from 'vitest'
import { turnsBetween } from './turns.ts'

/** Deltas from 0 to `last` through bins of 100 ms. */
function turns(grams: readonly number[], last: number): number[] | null {
  const end = 100 * grams.length + 100
  const stretch = (mean: number, at: number) => ({ from: at, to: at, bins: 10, mean })
  const bins = { t: grams.map((_, i) => 100 * i + 100), grams }
  const legs = turnsBetween(stretch(0, 0), bins, stretch(last, end), { tolerance: 3, least: 8 })
  return legs?.map(({ from, to }) => Math.round(to.mean - from.mean)) ?? null
}

describe('turnsBetween()', () => {
  it('finds a thing that was lifted a moment before another was set down', () => {
    expect(turns([-30, -88, -87, -40], 1)).toEqual([-88, 89])
  })

  it('finds a thing that was set down a moment before another was lifted', () => {
    expect(turns([150, 371, 360, 120, 12], 0)).toEqual([371, -371])
  })

  it('leaves out what a hand presses before it lifts and after it sets down', () => {
    expect(turns([20, 21, -60, -88, -85, 0, 16, 15], 0)).toEqual([-88, 88])
  })

  it('keeps levels on the way, and none between which the plate did not stand', () => {
    expect(turns([-100, -350, -350, -350, -350, -500], -700)).toEqual([-350, -350])
  })

  it('takes no step for a level while a hand leans more and more', () => {
    expect(turns([20, 20, 20, 60, 60, 60, 110, 110, 110, 50], 0)).toEqual([110, -110])
  })

  it('says nothing of a way straight to the next level, or of one with too many turns', () => {
    expect(turns([-30, -200, -340], -350)).toBeNull()
    expect(turns([90, 0, 90, 0, 90, 0, 90, 0], 0)).toBeNull()
  })
})
