import { describe, expect, it } from 'vitest'
import { store, t0 } from '../fixture.ts'
import { cellSpaces } from './geometry.ts'
import { newPerson } from './person.ts'
import { followStays, newStays, type Stays, stoodNear, wasUnseen } from './stays.ts'

const p3 = [cellSpaces(store).get('p3') ?? expect.fail()]

/** Five pictures a second of people, at x from a time on, before the shelf. */
function seen(stays: Stays, from: number, to: number, people: Readonly<Record<string, (ms: number) => number>>) {
  for (let ms = from; ms < to; ms += 200) {
    const frame = (x: number) => ({ t: t0 + ms, x, y: -0.5, hands: [[], []] as const })
    const there = Object.entries(people).map(([id, x]) =>
      newPerson(id, { target: id, frame: frame(x(ms)), headZ: null }),
    )
    followStays(stays, there, t0 + ms)
  }
}

describe('followStays()', () => {
  it('remembers who stood at a shelf long after they have gone, and nobody who walked past', () => {
    const stays = newStays()
    seen(stays, 0, 10_000, { anna: () => 0.3, bo: (ms) => -5 + ms / 800, carla: () => 4 })
    seen(stays, 10_000, 300_000, { carla: () => 4 })
    expect(stoodNear(stays, p3, t0 + 4000, t0 + 5000)).toEqual(['anna'])
    expect(stoodNear(stays, p3, t0 + 20_000, t0 + 21_000)).toEqual([])
    expect(Object.keys(stays.now)).toEqual(['carla'])
  })

  it('forgets the oldest, and knows that it does', () => {
    const stays = newStays()
    for (let i = 0; i < 2100; i++) seen(stays, 3000 * i, 3000 * i + 2000, { [`t${i}`]: () => (i % 2) * 3 })
    expect(stays.past).toHaveLength(2000)
    expect(wasUnseen(stays, t0 + 3000, t0 + 4000)).toBe(true)
    expect(wasUnseen(stays, t0 + 3_000_000, t0 + 3_001_000)).toBe(false)
  })
})

describe('wasUnseen()', () => {
  it('knows when no tracker said anything, and what was before or is after all that it knows', () => {
    const stays = newStays()
    expect(wasUnseen(stays, t0, t0 + 1)).toBe(true)
    seen(stays, 0, 10_000, { anna: () => 0.3 })
    seen(stays, 60_000, 70_000, { anna: () => 0.3 })
    const at = (ms: number) => wasUnseen(stays, t0 + ms, t0 + ms + 300)
    expect([-5000, 5000, 30_000, 65_000, 80_000].map(at)).toEqual([true, false, true, false, true])
  })
})
