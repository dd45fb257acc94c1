import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { store as shop } from '../fixture.ts'
import { assign } from './assignment.ts'
import { boxOf } from './body.ts'
import { eyeOf } from './eyes.ts'
import { doorsOf, floorOf, isAtDoor, isOnFloor } from './floor.ts'
import { inverse3, times3 } from './matrix.ts'
import { corrected, predicted, startMotion } from './motion.ts'
import { placesOf, spotOf, standing } from './place.ts'
import { cameraAt } from './testing.ts'

const eye = eyeOf(cameraAt('a', [3, 0], [3, 4]))

describe('placesOf()', () => {
  it('finds where somebody stands from the box that they have', () => {
    const place = fc.record({
      x: fc.double({ min: 1.5, max: 4.5, noNaN: true }),
      y: fc.double({ min: 3.2, max: 9, noNaN: true }),
      height: fc.double({ min: 1.5, max: 1.95, noNaN: true }),
    })
    fc.assert(
      fc.property(place, ({ x, y, height }) => {
        const box = boxOf(eye.view, [x, y, height])
        fc.pre(box !== null && box[0] > 10 && box[1] > 10 && box[0] + box[2] < 630 && box[1] + box[3] < 470)
        const [found] = placesOf(eye, box ?? [0, 0, 1, 1])
        expect(found?.by).toBe('feet')
        const { at, covariance } = spotOf(eye, found ?? expect.fail(), standing)
        // What is known of heights draws a little.
        expect(Math.hypot(at[0] - x, at[1] - y)).toBeLessThan(0.2)
        expect(Math.sqrt(covariance[2])).toBeLessThan(0.02 + 0.12 * y)
        expect(found?.measured?.mean).toBeCloseTo(height, 0)
      }),
    )
  })

  it('is as sure as it should be: 39 % within one and 86 % within two standard deviations', () => {
    const shares = [0, 0]
    const runs = 400
    for (let run = 0; run < runs; run++) {
      const noise = (k: number) => 0.04 * 1.4 * Math.sin(run * k + k)
      const box = boxOf(eye.view, [3, 5, 1.72]) ?? expect.fail()
      const [x, y, w, h] = box
      const [top, bottom, middle] = [y + noise(1.7) * h, y + h + noise(2.3) * h, noise(3.1) * w * 1.5]
      const [found] = placesOf({ ...eye, errorMetres: 0 }, [x + middle, top, w, bottom - top])
      const { at, covariance } = spotOf({ ...eye, errorMetres: 0 }, found ?? expect.fail(), standing)
      const squared = (at[0] - 3) ** 2 / covariance[0] + (at[1] - 5) ** 2 / covariance[2]
      if (squared < 1) shares[0] = (shares[0] ?? 0) + 1 / runs
      if (squared < 4) shares[1] = (shares[1] ?? 0) + 1 / runs
    }
    expect(shares[0]).toBeGreaterThan(0.25)
    expect(shares[1]).toBeGreaterThan(0.75)
  })

  it('considers that a shelf hides the feet of somebody far off who looks small', () => {
    const [x, y, width, height] = boxOf(eye.view, [3, 6, 1.75]) ?? expect.fail()
    const stories = placesOf(eye, [x, y, width, 0.85 * height])
    const [byFeet, byHead] = stories.map((story) => spotOf(eye, story, { mean: 1.75, variance: 0.04 ** 2 }).at[1])
    expect(stories.map(({ by }) => by)).toEqual(['feet', 'head'])
    expect([Math.abs((byFeet ?? 6) - 6) > 0.5, Math.abs((byHead ?? 0) - 6) < 0.2]).toEqual([true, true])
  })

  it('goes by the head where the feet are cut off, and is less sure', () => {
    const [x, y, width] = boxOf(eye.view, [3, 2.2, 1.72]) ?? expect.fail()
    const [found] = placesOf(eye, [x, y, width, 480 - y])
    expect(found?.by).toBe('head')
    const { at, covariance } = spotOf(eye, found ?? expect.fail(), standing)
    expect(Math.hypot(at[0] - 3, at[1] - 2.2)).toBeLessThan(0.1)
    expect(Math.sqrt(covariance[2])).toBeGreaterThan(0.15)
    expect(Math.abs(spotOf(eye, found ?? expect.fail(), { mean: 1.9, variance: 0 }).at[1] - 2.2)).toBeGreaterThan(0.2)
  })

  it('tells two stories of half a person: they bend, or something hides their feet', () => {
    const [x, y, width, height] = boxOf(eye.view, [3, 5, 1.72]) ?? expect.fail()
    const stories = placesOf(eye, [x, y, width, height * 0.55])
    expect(stories.map(({ by }) => by)).toEqual(['feet', 'head'])
    expect(spotOf(eye, stories[1] ?? expect.fail(), standing).at[1]).toBeCloseTo(5, 0)
  })

  it('says nothing of a box that fills the picture', () => {
    expect(placesOf(eye, [0, 0, 640, 480])).toEqual([])
  })
})

describe('corrected()', () => {
  it('finds where somebody walks who goes on, about how fast, and its covariance stays one', () => {
    const seen = (x: number) => ({ at: [x, 1] as const, covariance: [0.04, 0, 0.04] as const })
    let motion = startMotion(seen(0))
    for (let step = 1; step <= 30; step++) motion = corrected(predicted(motion, 0.1), seen(0.12 * step))
    // They may stop at any time, so that they are taken to be a little slower.
    expect(Math.abs(motion.velocity[0] - 1.1)).toBeLessThan(0.15)
    expect(motion.at[0]).toBeCloseTo(3.6, 1)
    const { places, cross, velocities } = motion
    for (const [value, other, shared] of [
      [places[0], velocities[0], cross[0]],
      [places[2], velocities[2], cross[3]],
    ] as const)
      expect(value * other - shared ** 2).toBeGreaterThan(0)
  })
})

describe('predicted()', () => {
  const walking = { ...startMotion({ at: [0, 0], covariance: [0.01, 0, 0.01] }), velocity: [1.2, 0] as const }

  it('takes whom nobody sees some steps further, not across the shop', () => {
    expect(predicted(walking, 0.25).at[0]).toBeCloseTo(0.28, 1)
    expect(predicted(walking, 10).at[0]).toBeLessThan(2)
    expect(Math.sqrt(predicted(walking, 10).places[0])).toBeLessThan(6)
  })

  it('comes to the same in one step and in many', () => {
    let stepped = predicted(walking, 0)
    for (let step = 0; step < 20; step++) stepped = predicted(stepped, 0.1)
    const whole = predicted(walking, 2)
    for (const key of ['at', 'velocity', 'places', 'cross', 'velocities'] as const)
      for (const [index, value] of whole[key].entries()) expect(stepped[key][index]).toBeCloseTo(value, 6)
  })
})

describe('assign()', () => {
  it('pairs as many as can be at the least cost, and nothing that cannot be', () => {
    expect(
      assign([
        [1, 2],
        [1, null],
      ]),
    ).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(
      assign([
        [null, null],
        [3, null],
      ]),
    ).toEqual([[1, 0]])
    expect(assign([])).toEqual([])
    // The first one would take the other's for want of its own.
    expect(
      assign(
        [
          [8, null],
          [-6, 8],
        ],
        7,
      ),
    ).toEqual([[1, 0]])
    expect(
      assign([
        [5, 1, null],
        [1, 5, null],
        [2, 2, 9],
      ]),
    ).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
    ])
  })
})

describe('doorsOf()', () => {
  it('takes where people come in and go out, the staff too, and no other zone', () => {
    const square = (x: number): [number, number][] => [
      [x, 0],
      [x + 1, 0],
      [x + 1, 1],
      [x, 1],
    ]
    const kinds = ['entry', 'area', 'exit', 'staff'] as const
    const zones = kinds.map((kind, index) => ({ id: kind, kind, polygon: square(4 * index) }))
    const doors = doorsOf({ zones })
    expect(kinds.map((_, index) => isAtDoor({ doors }, [4 * index + 0.5, 0.5]))).toEqual([true, false, true, true])
  })
})

describe('isOnFloor()', () => {
  const zone = (polygon: [number, number][]) => ({ id: 'z', kind: 'area' as const, polygon })

  it('takes the floor around every zone, with half a metre more', () => {
    const floor = floorOf({
      zones: [
        zone([
          [0, 0],
          [4, 0],
          [4, 3],
        ]),
        zone([
          [0, 3],
          [1, 3],
          [0, 2],
        ]),
      ],
      fixtures: [],
      devices: [],
    })
    expect(isOnFloor(floor, [2, 1.5])).toBe(true)
    expect(isOnFloor(floor, [4.4, 1])).toBe(true)
    expect(isOnFloor(floor, [4.6, 1])).toBe(false)
    expect(isOnFloor(floor, [2, -0.6])).toBe(false)
  })

  it('takes where people stand at a shelf, and the way to what hangs over the aisles, without a zone there', () => {
    const { zones, fixtures } = shop
    const before = floorOf({
      zones: [
        zone([
          [0, 0],
          [0.1, 0],
          [0, 0.1],
        ]),
      ],
      fixtures,
      devices: [],
    })
    const [shelf] = fixtures[0]?.shelves ?? []
    const [x = 0, y = 0] = shelf?.cells[0]?.center ?? []
    const [dx = 0, dy = 0] = fixtures[0]?.front ?? []
    expect(isOnFloor(before, [x + dx, y + dy])).toBe(true)
    expect(isOnFloor(before, [x + 9 * dx, y + 9 * dy])).toBe(false)
    const camera = cameraAt('cam1', [x + 9 * dx, y + 9 * dy], [x, y])
    expect(isOnFloor(floorOf({ zones, fixtures, devices: [camera] }), [x + 8 * dx, y + 8 * dy])).toBe(true)
  })

  it('takes every place where the store file has no zone', () => {
    expect(isOnFloor(floorOf({ zones: [], fixtures: [], devices: [] }), [99, -99])).toBe(true)
  })
})

describe('inverse3()', () => {
  it('undoes what the matrix does', () => {
    const a = [4, 1, 0.5, 3, -1, 2] as const
    const back = times3(inverse3(a) ?? expect.fail(), times3(a, [1, 2, 3]))
    for (const [index, value] of [1, 2, 3].entries()) expect(back[index]).toBeCloseTo(value)
    expect(inverse3([1, 1, 0, 1, 0, 1])).toBeNull()
  })
})
