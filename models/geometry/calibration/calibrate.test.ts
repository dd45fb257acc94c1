import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CameraConfig } from '../camera.ts'
import { type CalibrationInput, type CalibrationResult, calibrate } from './calibrate.ts'
import type { FloorPoint } from './points.ts'
import { clicked, corner, floorErrorCm, gridOf } from './testing.ts'

const { image } = corner
const number = (min: number, max: number) => fc.double({ min, max, noNaN: true })

/** Cameras under a ceiling that look into a shop. */
const cameras = fc
  .record({
    focal: number(380, 900),
    height: number(2.2, 3.6),
    at: fc.tuple(number(0, 1), number(0, 1)),
    to: fc.tuple(number(2.5, 5), number(2.5, 5), number(0, 0.6)),
  })
  .map(
    ({ focal, height, at, to }): CameraConfig => ({
      ...corner,
      intrinsics: { fx: focal, fy: focal, cx: 320, cy: 240 },
      position: [...at, height],
      lookAt: to,
    }),
  )
/** As a hand that clicks: normal, by G. Box and M. Muller's transform of a sequence that its beginning decides. */
const clicks = fc.integer({ min: 1, max: 2 ** 30 }).map((seed) => {
  let last = seed
  const next = () => {
    last = (last * 1_103_515_245 + 12_345) % 2 ** 31
    return (last + 1) / (2 ** 31 + 1)
  }
  return Array.from({ length: 40 }, () => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next()))
})

function found(result: CalibrationResult): CameraConfig {
  if (!result.ok) throw new Error(result.why)
  return { id: 'found', kind: 'camera', ...result.fields }
}

const whyNot = (points: readonly FloorPoint[], more: Partial<CalibrationInput> = {}) => {
  const result = calibrate({ image, points, ...more })
  return result.ok ? 'nothing is wrong' : result.why
}

describe('calibrate()', () => {
  it('finds a camera again from exact clicks', () => {
    fc.assert(
      fc.property(cameras, (camera) => {
        const result = calibrate({ image, points: clicked(camera, gridOf(image, 3, 3)) })
        expect(floorErrorCm(camera, found(result), 0)).toBeLessThan(0.1)
        expect(floorErrorCm(camera, found(result), 1.5)).toBeLessThan(0.3)
      }),
      { numRuns: 30 },
    )
  })

  it('is right within centimetres with twelve clicks that are off by a pixel, and says so', () => {
    fc.assert(
      fc.property(cameras, clicks, (camera, noise) => {
        const result = calibrate({ image, points: clicked(camera, gridOf(image, 4, 3), noise) })
        expect(floorErrorCm(camera, found(result), 0)).toBeLessThan(12)
        expect(result.ok && result.leftOut !== null && result.leftOut.rmsCm < 30).toBe(true)
      }),
      { numRuns: 30 },
    )
  })

  it('finds how a wide lens bends where there are points enough', () => {
    const camera = { ...corner, distortion: { k1: -0.2, k2: 0, p1: 0, p2: 0 } }
    const result = calibrate({ image, points: clicked(camera, gridOf(image, 5, 4)) })
    expect(found(result).distortion?.k1).toBeCloseTo(-0.2, 3)
    expect(floorErrorCm(camera, found(result), 0)).toBeLessThan(0.1)
  })

  it('uses points at other heights, and a height that was measured', () => {
    const overhead: CameraConfig = { ...corner, position: [2, 2, 2.8], lookAt: [2, 2, 0], up: [0, 1, 0] }
    const floor = clicked(overhead, gridOf(image, 3, 3))
    expect(whyNot(floor)).toMatch(/do not tell how high the camera hangs/)
    const measured = calibrate({ image, points: floor, heightMetres: 2.8 })
    expect(floorErrorCm(overhead, found(measured), 1.5)).toBeLessThan(0.5)
    const shelves = clicked(
      overhead,
      gridOf(image, 3, 2).map(([u, v]) => [50 + 0.8 * u, 0.7 * v]),
      [],
      1.2,
    )
    expect(floorErrorCm(overhead, found(calibrate({ image, points: [...floor, ...shelves] })), 1.5)).toBeLessThan(0.5)
  })

  it('points to the place that was typed wrong', () => {
    const points = clicked(corner, gridOf(image, 4, 3)).map((point, i): FloorPoint => {
      const [x, y, z] = point.place
      return i === 7 ? { ...point, place: [x + 0.5, y, z] } : point
    })
    const result = calibrate({ image, points })
    expect(result.ok && [result.leftOut?.worst, Math.round(result.leftOut?.eachCm[7] ?? 0) > 30]).toEqual([7, true])
  })

  const good = clicked(corner, gridOf(image, 3, 3))
  const row = clicked(corner, gridOf(image, 5, 2).slice(5))
  const changed = (at: number, change: Partial<FloorPoint>) =>
    good.map((point, i) => (i === at ? { ...point, ...change } : point))
  it.each<[string, readonly FloorPoint[], RegExp]>([
    ['three points', good.slice(0, 3), /found 3 points, wanted at least 4/],
    [
      'a hundred points',
      Array.from({ length: 100 }, () => good)
        .flat()
        .slice(0, 100),
      /found 100 points, wanted at most 40/,
    ],
    ['points in a row', row, /in a row in the picture/],
    [
      'a plan that is a row',
      good.map(({ pixel, place: [x] }) => ({ pixel, place: [x, 2 * x, 0] })),
      /in a row on the plan/,
    ],
    [
      'x and y exchanged',
      good.map(({ pixel, place: [x, y] }) => ({ pixel, place: [y, x, 0] })),
      /mirrored.+x and y exchanged/,
    ],
    ['a click twice', changed(3, { pixel: good[0]?.pixel ?? [0, 0] }), /points 1 and 4 are the same pixel/],
    ['a place twice', changed(3, { place: good[0]?.place ?? [0, 0, 0] }), /points 1 and 4 are the same place/],
    ['a click beside the picture', changed(2, { pixel: [700, 20] }), /point 3 is at pixel 700, 20, wanted one within/],
    ['a click that is not a number', changed(2, { pixel: [Number.NaN, 20] }), /point 3/],
    [
      'points of different heights each',
      good.map(({ pixel, place: [x, y] }, i) => ({ pixel, place: [x, y, i / 10] })),
      /one height/,
    ],
  ])('refuses %s, in words', (_, points, words) => {
    expect(whyNot(points)).toMatch(words)
  })

  it('never throws, whatever was clicked', () => {
    const point = fc.record({
      pixel: fc.tuple(number(0, 640), number(0, 480)),
      place: fc.tuple(number(-20, 20), number(-20, 20), fc.constantFrom(0, 0, 0, 1.2)),
    })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 9 }), (points) => {
        const result = calibrate({ image, points })
        if (result.ok) expect(result.fields.position[2]).toBeGreaterThan(0)
      }),
      { numRuns: 50 },
    )
  })
})
