import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Detection, FrameSeen } from './detection.ts'
import { floorOf } from './floor.ts'
import { newTracking } from './state.ts'
import {
  type Conditions,
  cameraAt,
  corners,
  crowd,
  followed,
  frames,
  sceneOf,
  seeded,
  t0,
  track,
  type Walker,
} from './testing.ts'
import { advance, offer } from './tracking.ts'

const usual = { fps: 10, edgeNoise: 0.03, missShare: 0.05, falseShare: 0 }
const conditions = (seconds: number, seed = 1): Conditions => ({ ...usual, seconds, random: seeded(seed) })
const two = sceneOf(corners.slice(0, 2))
const idsOf = (moments: ReturnType<typeof track>) =>
  new Set(moments.flatMap(({ targets }) => targets.map(({ id }) => id)))

const crossing: Walker[] = [
  {
    name: 'left to right',
    heightMetres: 1.8,
    way: [
      [0, 1, 2.6],
      [4, 5, 2.6],
    ],
  },
  {
    name: 'right to left',
    heightMetres: 1.65,
    way: [
      [0, 5, 3.4],
      [4, 1, 3.4],
    ],
  },
]

describe('advance()', () => {
  it('follows one person under one id, within 15 cm, from one camera or from two', () => {
    const walker: Walker = {
      name: 'one',
      heightMetres: 1.75,
      way: [
        [0, 2, 2],
        [3, 4.5, 4.5],
        [6, 4.5, 4.5],
        [9, 2, 4],
      ],
    }
    for (const scene of [sceneOf(corners.slice(0, 1)), two]) {
      const { idf1, ids, meanErrorMetres } = followed(track(scene, frames(scene, [walker], conditions(9))), [walker])
      expect(ids).toBe(1)
      expect(idf1).toBeGreaterThan(0.9)
      expect(meanErrorMetres).toBeLessThan(0.15)
    }
  })

  it('keeps two apart who pass each other', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { ids, idf1 } = followed(track(two, frames(two, crossing, conditions(4, seed))), crossing)
      expect([seed, ids]).toEqual([seed, 2])
      expect(idf1).toBeGreaterThan(0.85)
    }
  })

  it('keeps the ids of those who stand in a row when one is hidden and a stranger appears at its other end', () => {
    const worn = (place: number) => Array.from({ length: 30 }, (_, index) => (index === place ? 1 : 0))
    const standing = (name: string, x: number, place: number): Walker => ({
      name,
      heightMetres: 1.72,
      way: [
        [0, x, 1],
        [3, x, 3],
        [12, x, 3],
      ],
      clothes: worn(place),
    })
    const [left, right, stranger] = [standing('left', 2.7, 1), standing('right', 3, 11), standing('stranger', 3.3, 21)]
    const still = { fps: 4, seconds: 12, missShare: 0, falseShare: 0, edgeNoise: 0.02 }
    const before = frames(two, [left, right], { ...still, random: seeded(3) })
    const after = frames(two, [right, stranger], { ...still, random: seeded(3) })
    const moments = track(
      two,
      before.map((frame, i) => (frame.tsMs < t0 + 6000 ? frame : (after[i] ?? frame))),
    )
    const nearRight = (tsMs: number) => {
      const { targets = [] } = moments.find((moment) => moment.tsMs >= tsMs) ?? {}
      return targets.reduce((a, b) =>
        Math.abs((a.joints.neck?.[0] ?? 9) - 3) < Math.abs((b.joints.neck?.[0] ?? 9) - 3) ? a : b,
      ).id
    }
    expect(nearRight(t0 + 9000)).toBe(nearRight(t0 + 5500))
  })

  it('leaves nobody at a shelf that looks faintly like somebody', () => {
    const walker: Walker = {
      name: 'is lost beside a shelf',
      heightMetres: 1.75,
      way: [
        [0, 1, 1],
        [4, 3, 3],
      ],
    }
    const shelf = frames(two, [{ ...walker, way: [0, 20].map((seconds) => [seconds, 3, 3.1] as const) }], {
      ...conditions(15, 2),
      missShare: 0,
    })
    const all = frames(two, [walker], conditions(15)).map((frame, i) => {
      const faint = (shelf[i]?.detections ?? []).map((detection) => ({ ...detection, score: 0.2 }))
      return { ...frame, detections: [...frame.detections, ...faint] }
    })
    const late = track(two, all).filter(({ tsMs }) => tsMs > t0 + 9000)
    expect(late.length).toBeGreaterThan(50)
    expect(idsOf(late)).toEqual(new Set())
  })

  it('finds somebody again behind whom somebody else stood', () => {
    const scene = sceneOf([cameraAt('a', [3, 0], [3, 4])])
    const still: Walker = {
      name: 'stands',
      heightMetres: 1.85,
      way: [
        [0, 2.2, 2.5],
        [1, 3, 2.5],
        [9, 3, 2.5],
      ],
    }
    const behind: Walker = {
      name: 'passes',
      heightMetres: 1.65,
      way: [
        [0, 0.8, 4.4],
        [8, 5.2, 4.4],
      ],
    }
    const moments = track(scene, frames(scene, [still, behind], { ...conditions(8), missShare: 0 }))
    const { ids, idf1 } = followed(moments, [still, behind])
    expect(ids).toBe(2)
    expect(idf1).toBeGreaterThan(0.85)
  })

  it('goes by the head where shelves hide the feet or the picture cuts them off', () => {
    const scene = sceneOf([cameraAt('a', [3, 0], [3, 3.5])])
    const near: Walker = {
      name: 'near',
      heightMetres: 1.72,
      way: [
        [0, 2, 1.9],
        [6, 4, 1.9],
      ],
    }
    const { ids, meanErrorMetres } = followed(track(scene, frames(scene, [near], conditions(6))), [near])
    expect(ids).toBe(1)
    expect(meanErrorMetres).toBeLessThan(0.3)
  })

  it('follows most of a crowd: four people, two cameras, a minute', () => {
    const scores = [1, 2, 3].map((seed) => {
      const random = seeded(seed)
      const people = crowd(4, 60, random)
      return followed(track(two, frames(two, people, { ...usual, falseShare: 0.02, seconds: 60, random })), people).idf1
    })
    expect(scores.reduce((sum, score) => sum + score, 0) / scores.length).toBeGreaterThan(0.75)
  })

  it('shows nobody for a thing that never moves, and nobody beyond the floor', () => {
    const chair: Walker = {
      name: 'chair',
      heightMetres: 1.5,
      way: [
        [0, 3, 3],
        [60, 3, 3],
      ],
    }
    const seen = { ...conditions(60), edgeNoise: 0.01 }
    expect(idsOf(track(two, frames(two, [chair], seen)))).toEqual(new Set())
    const floor = floorOf({
      zones: [
        {
          id: 'z',
          kind: 'area',
          polygon: [
            [0, 0],
            [2, 0],
            [2, 2],
            [0, 2],
          ],
        },
      ],
      fixtures: [],
      devices: [],
    })
    const outside = sceneOf(corners.slice(0, 2), floor)
    const passer: Walker = {
      name: 'outside',
      heightMetres: 1.75,
      way: [
        [0, 3.5, 3],
        [6, 5, 5],
      ],
    }
    expect(idsOf(track(outside, frames(outside, [passer], conditions(6))))).toEqual(new Set())
  })

  it('gives somebody else another id who comes after the first has gone', () => {
    const first: Walker = {
      name: 'first',
      heightMetres: 1.7,
      way: [
        [0, 2, 2],
        [4, 4, 4],
      ],
    }
    const second: Walker = {
      name: 'second',
      heightMetres: 1.7,
      way: [
        [9, 4, 4],
        [13, 2, 2],
      ],
    }
    expect(followed(track(two, frames(two, [first, second], conditions(13))), [first, second]).ids).toBe(2)
  })

  it('goes on from its state as text', () => {
    const all = frames(two, crossing, conditions(4))
    const whole = track(two, all)
    let state = newTracking()
    const moments = all.flatMap((frame) => {
      state = JSON.parse(JSON.stringify(state))
      offer(state, two, frame)
      return advance(state, two, frame.tsMs)
    })
    expect([...moments, ...advance(state, two, Number.POSITIVE_INFINITY)]).toEqual(whole)
  })

  const number = fc.oneof(fc.double(), fc.double({ min: -100, max: 900, noNaN: true }))
  const detection: fc.Arbitrary<Detection> = fc.record({
    box: fc.tuple(number, number, number, number),
    score: fc.double({ min: 0, max: 1 }),
    clothes: fc.option(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 })),
    pose: fc.option(
      fc.array(fc.record({ pixel: fc.tuple(number, number), visibility: fc.double() }), {
        maxLength: 33,
      }),
    ),
  })
  const frame: fc.Arbitrary<FrameSeen> = fc.record({
    camera: fc.constantFrom('a', 'b', 'none'),
    tsMs: fc.integer({ min: t0, max: t0 + 3000 }),
    detections: fc.array(detection, { maxLength: 6 }),
  })

  it('gives the same whatever the order of detections, and of frames of one time', () => {
    const people = crossing
    const shuffled = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 })
    fc.assert(
      fc.property(shuffled, fc.boolean(), (order, turned) => {
        const all = frames(two, people, { ...conditions(3), falseShare: 1 }).map((each, index) => ({
          ...each,
          tsMs: t0 + 100 * Math.floor(index / 2),
        }))
        const other = all
          .flatMap((_, index) => (turned ? (all[index ^ 1] ?? []) : (all[index] ?? [])))
          .map((each) => ({
            ...each,
            detections: order.flatMap((at) => each.detections[at] ?? []),
          }))
        expect(track(two, other)).toEqual(track(two, all))
      }),
      { numRuns: 20 },
    )
  })

  it('says finite metres and scores from 0 to 1 whatever it is shown, and stays within its bounds', () => {
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (all) => {
        const state = newTracking()
        const moments = all.flatMap((each) => {
          offer(state, two, each)
          return advance(state, two, each.tsMs)
        })
        for (const joint of moments.flatMap(({ targets }) => targets.flatMap(({ joints }) => Object.values(joints)))) {
          expect(joint.every(Number.isFinite)).toBe(true)
          expect(joint[3] >= 0 && joint[3] <= 1).toBe(true)
        }
        for (const { motion } of state.tracks)
          expect([...motion.at, ...motion.places].every(Number.isFinite)).toBe(true)
        expect(state.waiting.length).toBeLessThanOrEqual(100)
      }),
      { numRuns: 200 },
    )
  })
})

describe('offer()', () => {
  it('counts and drops a frame that is older than what was gone through, or waits already', () => {
    const state = newTracking()
    const at = (tsMs: number): FrameSeen => ({ camera: 'a', tsMs, detections: [] })
    offer(state, two, at(t0 + 1000))
    expect(advance(state, two, t0 + 1200)).toHaveLength(1)
    offer(state, two, at(t0 + 900))
    offer(state, two, { ...at(t0 + 1100), camera: 'unknown' })
    expect([state.counts.late, state.waiting]).toEqual([2, []])
    offer(state, two, { ...at(t0 + 1050), camera: 'b' })
    offer(state, two, { ...at(t0 + 1050), camera: 'b' })
    expect([state.counts.late, state.waiting.length]).toEqual([3, 1])
    expect(advance(state, two, t0 + 1250)).toMatchObject([{ tsMs: t0 + 1050 }])
  })
})
