import { describe, expect, test } from 'vitest'
import { createSimulatedClock, createWallClock } from './clock.ts'

describe('createWallClock()', () => {
  test('stands still while the platform clock is set back', () => {
    const readings = [100, 90, 110]
    const clock = createWallClock(() => readings.shift() ?? 0)
    expect([clock.now(), clock.now(), clock.now()]).toEqual([100, 100, 110])
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
