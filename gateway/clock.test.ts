import { describe, expect, test } from 'vitest'
import { createSimulatedClock, createWallClock } from './clock.ts'

describe('createWallClock()', () => {
  test('goes on, a little slower, while the platform clock was set back, until that has caught up', () => {
    const platform = { wall: 1_000_000, elapsed: 0 }
    const pass = (ms: number) => {
      platform.wall += ms
      platform.elapsed += ms
    }
    const clock = createWallClock(
      () => platform.wall,
      () => platform.elapsed,
    )
    expect([clock.now(), clock.aheadMs()]).toEqual([1_000_000, 0])
    platform.wall -= 60_000
    pass(10_000)
    expect([clock.now(), clock.aheadMs()]).toEqual([1_009_900, 59_900])
    pass(7_000_000)
    expect([clock.now(), clock.aheadMs()]).toEqual([platform.wall, 0])
    platform.wall += 3_600_000
    expect(clock.now()).toBe(platform.wall)
  })

  test('never goes back, however often it is asked', () => {
    let elapsed = 0
    const clock = createWallClock(
      () => 5000 - elapsed,
      () => elapsed,
    )
    let last = clock.now()
    for (; elapsed < 1000; elapsed += 0.3) {
      const now = clock.now()
      expect(now).toBeGreaterThanOrEqual(last)
      last = now
    }
    expect(last).toBeGreaterThan(5900)
  })
})

describe('createSimulatedClock()', () => {
  test('goes where it is set, and never back', () => {
    const clock = createSimulatedClock()
    clock.set(5)
    clock.set(3)
    expect(clock.now()).toBe(5)
  })
})
