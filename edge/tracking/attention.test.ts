import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookedAt, newAttention, nextCamera, pictureCame, pictureTaken, plateStirred } from './attention.ts'

const lookMs = 25

/** Looks of each camera in ten seconds, when every camera has a new picture each 50 ms. */
function play(
  cameras: readonly string[],
  budget: number,
  at: (camera: string, nowMs: number) => { crowd?: 'somebody' | 'at-shelf'; change?: number; stirred?: boolean },
) {
  const state = newAttention(cameras)
  const looks = new Map(cameras.map((camera) => [camera, [] as number[]]))
  for (let nowMs = 0; nowMs < 10_000; nowMs += lookMs) {
    for (const camera of cameras) {
      if (nowMs % 50 === 0) pictureCame(state, camera, at(camera, nowMs).change ?? 0, nowMs)
      if (at(camera, nowMs).stirred === true) plateStirred(state, camera, nowMs)
    }
    const next = nextCamera(state, budget, nowMs)
    if (next === null) continue
    pictureTaken(state, next)
    looks.get(next)?.push(nowMs)
    lookedAt(state, next, { crowd: at(next, nowMs).crowd ?? 'nobody', spentMs: lookMs, nowMs })
  }
  return { looks, total: [...looks.values()].reduce((sum, { length }) => sum + length, 0) }
}

describe('nextCamera()', () => {
  it('looks once a second where nothing happens, five times where somebody is, ten times where they are at a shelf', () => {
    const crowds = { quiet: {}, aisle: { crowd: 'somebody' }, shelf: { crowd: 'at-shelf' } } as const
    const { looks } = play(Object.keys(crowds), 900, (camera) => crowds[camera as keyof typeof crowds])
    expect([...looks.values()].map(({ length }) => Math.round(length / 10))).toEqual([1, 5, 10])
  })

  it('turns to a camera whose picture changes, or before which a plate moves', () => {
    const from = (ms: number, now: number) => now >= ms && now < ms + 2000
    const { looks } = play(['moves', 'stirs'], 900, (camera, now) =>
      camera === 'moves' ? { change: from(4000, now) ? 30 : 1 } : { stirred: from(4000, now) },
    )
    const during = (camera: string) => looks.get(camera)?.filter((now) => from(4000, now)).length ?? 0
    expect(during('moves')).toBeGreaterThanOrEqual(9)
    expect(during('stirs')).toBeGreaterThanOrEqual(18)
  })

  it('spends no more than its budget, and forgets no camera however busy the others are', () => {
    const busy = fc.array(fc.constantFrom('quiet', 'somebody', 'at-shelf'), { minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(busy, fc.integer({ min: 100, max: 900 }), (crowds, budget) => {
        const cameras = crowds.map((_, index) => `cam${index}`)
        const { looks, total } = play(cameras, budget, (camera) => {
          const crowd = crowds[Number(camera.slice(3))]
          return crowd === 'quiet' || crowd === undefined ? {} : { crowd: crowd as 'somebody' }
        })
        // What may be spent at once at the beginning, and one look that overdraws.
        expect(total * lookMs).toBeLessThanOrEqual(10 * budget + 250 + lookMs)
        // The worst: all wait as many intervals as the load is over the budget.
        const load = crowds.reduce((sum, crowd) => sum + lookMs * { quiet: 1, somebody: 5, 'at-shelf': 10 }[crowd], 0)
        const longest = 1000 * Math.max(1, (1.5 * load) / budget) + 500
        for (const times of looks.values())
          for (const [index, time] of times.entries())
            expect(time - (times[index - 1] ?? 0)).toBeLessThanOrEqual(longest)
        for (const times of looks.values()) expect(times.length).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  it('looks at a picture once', () => {
    const state = newAttention(['a'])
    expect(nextCamera(state, 500, 0)).toBeNull()
    pictureCame(state, 'a', null, 0)
    expect(nextCamera(state, 500, 0)).toBe('a')
    pictureTaken(state, 'a')
    lookedAt(state, 'a', { crowd: 'at-shelf', spentMs: 20, nowMs: 20 })
    expect(nextCamera(state, 500, 5000)).toBeNull()
    pictureCame(state, 'unknown', 9, 5000)
    expect(Object.keys(state.cameras)).toEqual(['a'])
  })
})
