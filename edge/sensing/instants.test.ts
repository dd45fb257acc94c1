import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hiddenUnder, likeliest } from './instants.ts'
import type { Stretch } from './plateaus.ts'

const tolerance = 3

const stretch = (mean: number, at: number): Stretch => ({ from: at, to: at, bins: 10, mean })

/** What is said of a change from 0 to `last` grams through bins of 100 ms, the first at 0. */
function hidden(grams: readonly number[], last: number) {
  const bins = { t: grams.map((_, i) => 100 * i), grams }
  return hiddenUnder(stretch(0, -100), bins, stretch(last, 100 * grams.length), tolerance)
}

/** A hand of half a kilogram that comes, sways by a tenth without rest, and goes, seconds; from `at` on there is a step. */
function leaned(seconds: number, at: number, grams: number): number[] {
  return Array.from({ length: 10 * seconds }, (_, i) => {
    const comes = Math.min(1, (i + 1) / 6, (10 * seconds - i) / 5)
    const sways = 1 + 0.06 * Math.sin(0.83 * i) + 0.05 * Math.sin(0.31 * i + 1) + 0.01 * Math.sin(2.9 * i * i)
    return 500 * comes * sways + (i >= 10 * at ? grams : 0)
  })
}

describe('hiddenUnder()', () => {
  it.each([
    ['taken', -230],
    ['taken and light', -90],
    ['set down', 160],
  ])('tells when a thing was %s under a hand, though the hand itself steps by as much', (_, grams) => {
    const found = hidden(leaned(6, 2.4, grams), grams)
    expect(likeliest(found?.instants ?? [])).toMatchObject({ at: 2400 })
    expect(found?.isOneStep).toBe(true)
  })

  it('tells when one was taken before the hand weighed anything', () => {
    expect(likeliest(hidden(leaned(6, 0.2, -900), -900)?.instants ?? [])).toMatchObject({ at: 200 })
  })

  it('looks between the last time that nobody touched the plate and the first time that it was lighter', () => {
    const held = [...leaned(3, 9, 0), 1, 0, -1, 20, 24, 30, 25, -60, -81, -80, -79]
    const { instants = [] } = hidden([...held, ...leaned(2, 0, -80)], -80) ?? {}
    expect(instants.map(({ at }) => at)).toEqual([3300, 3400, 3500, 3600, 3700, 3800])
  })

  it('finds no one step where a thing was set down and another one taken', () => {
    const put = Array.from({ length: 15 }, (_, i) => 500 + 9 * Math.sin(1.9 * i))
    expect(hidden([498, ...put], 200)?.isOneStep).toBe(false)
  })

  it('finds no one step where one came, one like it went and another came', () => {
    const between = [674, 668, 671, 690, 30, 12, 40, 25, 18, 31, 28, 22]
    expect(hidden([380, ...between, 640, 690], 675)?.isOneStep ?? false).toBe(false)
  })

  it.each([
    ['a hand that closes around a thing', [10, 40, 60, 55, 50, -100], -300],
    ['a thing that is lifted slowly', Array.from({ length: 24 }, (_, i) => -12.5 * (i + 1)), -300],
    ['a plate that was put down and taken up again', [-300, -300, -300, ...leaned(2, 0, 0), 0, 0, 0, 50], -300],
  ])('says nothing of %s', (_, grams, last) => {
    expect(hidden(grams, last)).toBeNull()
  })

  it('shares 1 among the instants, whatever the plate went through', () => {
    const readings = fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { maxLength: 60 })
    fc.assert(
      fc.property(readings, fc.double({ min: -1e4, max: 1e4, noNaN: true }), (grams, last) => {
        const shares = hidden(grams, last)?.instants.map(({ share }) => share) ?? [1]
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
      }),
    )
  })
})
