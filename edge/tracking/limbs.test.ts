import { describe, expect, it } from 'vitest'
import type { Landmark } from './detection.ts'
import { eyeOf } from './eyes.ts'
import { jointsOf } from './joints.ts'
import { type Limb, type Limbs, seeLimbs } from './limbs.ts'
import type { Triple } from './matrix.ts'
import type { Eye } from './place.ts'
import { cameraAt, t0 } from './testing.ts'

const body = { at: [3, 4] as const, height: 1.72 }
const wrists = { leftWrist: [2.6, 4.5, 1.2], rightWrist: [3.3, 4.1, 0.9] } as const satisfies Partial<
  Record<Limb, Triple>
>
const [one, other] = [eyeOf(cameraAt('a', [0, 0], [3, 4])), eyeOf(cameraAt('b', [6, 0], [3, 4]))]
const numbers = { leftWrist: 15, rightWrist: 16 } as const

/** What the network says that sees the wrists there; `crossed`: it takes left for right. */
function pose(eye: Eye, at: Partial<Record<keyof typeof wrists, Triple>>, crossed = false): Landmark[] {
  const all: Landmark[] = Array.from({ length: 33 }, () => ({ pixel: [0, 0], visibility: 0 }))
  for (const [name, place] of Object.entries(at)) {
    const number = numbers[name as keyof typeof wrists]
    const pixel = eye.view.project(place)?.pixel ?? expect.fail()
    all[crossed ? 31 - number : number] = { pixel, visibility: 0.9 }
  }
  return all
}

function look(known: Limbs, eye: Eye, ms: number, at: Parameters<typeof pose>[1], crossed = false): Limbs {
  return seeLimbs(known, eye, t0 + ms, body, { pose: pose(eye, at, crossed) })
}

function said(limbs: Limbs, ms: number) {
  const height = { mean: body.height, variance: 0.0016 }
  return jointsOf({ at: body.at, covariance: [0.01, 0, 0.01], height, limbs }, t0 + ms, null)
}

const off = (joint: readonly number[] | undefined, place: Triple) =>
  Math.hypot(...place.map((value, axis) => value - (joint?.[axis] ?? Number.NaN)))

describe('seeLimbs()', () => {
  it('meets the rays of two cameras that look one after the other, surer than one camera is', () => {
    const first = look({}, one, 0, wrists)
    const both = look(first, other, 125, wrists)
    for (const limb of ['leftWrist', 'rightWrist'] as const) {
      const [alone, met] = [said(first, 0), said(both, 125)]
      expect(off(met.joints[limb], wrists[limb])).toBeLessThan(0.12)
      expect(met.errors[limb] ?? 1).toBeLessThan((alone.errors[limb] ?? 0) - 0.1)
      expect(met.joints[limb]?.[3] ?? 0).toBeGreaterThan((alone.joints[limb]?.[3] ?? 1) + 0.1)
    }
  })

  it('is off by no more than it says where one camera alone looks', () => {
    let limbs: Limbs = {}
    for (let ms = 0; ms <= 1000; ms += 250) limbs = look(limbs, one, ms, wrists)
    const { joints, errors } = said(limbs, 1000)
    for (const limb of ['leftWrist', 'rightWrist'] as const) {
      expect(errors[limb]).toBeGreaterThan(0.2)
      expect(off(joints[limb], wrists[limb])).toBeLessThan(2 * (errors[limb] ?? 0))
    }
  })

  it('knows the left hand from the right where a network takes one for the other', () => {
    let limbs: Limbs = {}
    for (let ms = 0; ms <= 500; ms += 125) limbs = look(limbs, ms % 250 === 0 ? one : other, ms, wrists)
    const { joints } = said(look(limbs, one, 625, wrists, true), 625)
    expect(off(joints.leftWrist, wrists.leftWrist)).toBeLessThan(0.15)
    expect(off(joints.rightWrist, wrists.rightWrist)).toBeLessThan(0.15)
  })

  it('leaves out a hand that would be further away than an arm', () => {
    const somebodyElses: Triple = [5, 3.4, 1.1]
    expect(look({}, one, 0, { leftWrist: somebodyElses })).toEqual({})
  })
})

describe('jointsOf()', () => {
  it('is less sure of a hand the longer it was not seen, and then leaves it out', () => {
    const limbs = look(look({}, one, 0, wrists), other, 60, wrists)
    const [now, later] = [said(limbs, 60), said(limbs, 400)]
    expect(later.joints.leftWrist?.[3] ?? 1).toBeLessThan(now.joints.leftWrist?.[3] ?? 0)
    expect(later.errors.leftWrist ?? 0).toBeGreaterThan(now.errors.leftWrist ?? 1)
    expect(Object.keys(said(limbs, 600).joints)).toEqual(['neck'])
  })
})
