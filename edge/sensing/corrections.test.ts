import { describe, expect, it } from 'vitest'
import { newPresence } from './presence.ts'
import { type Frame, follow } from './testing.ts'

/** Anna and Bo meet at 2 s; the tracker exchanges their ids there, and back when they are so far apart again. */
function corrected(apartMetres: number): Frame[] {
  return Array.from({ length: 60 }, (_, i) => {
    const [left, right] = [[1 + Math.min(i, 20) * 0.05, 0] as const, [3 - Math.min(i, 20) * 0.05, 0] as const]
    const away = Math.max(0, i - 30) * 0.05
    const [anna, bo] = [[left[0] - away, 0] as const, [right[0] + away, 0] as const]
    const isWrong = i >= 20 && 2 * away < apartMetres
    return isWrong ? { a: bo, b: anna } : { a: anna, b: bo }
  })
}

describe('believeCorrections()', () => {
  it('believes a tracker that gives two who are far apart each the other id', () => {
    const state = newPresence()
    expect(follow(corrected(1.5), () => {}, state)).toEqual(['entered a', 'entered b'])
    const { a, b } = state.people
    expect([a?.target, b?.target, (a?.x ?? 9) < 1, (b?.x ?? 0) > 3]).toEqual(['a', 'b', true, true])
  })

  it('gives them what the other was taken to have done since they met', () => {
    const state = newPresence()
    follow(corrected(1.5), () => {}, state)
    const xs = state.people.a?.frames.map(({ x }) => x) ?? []
    expect(Math.max(...xs)).toBeLessThanOrEqual(2)
  })

  it('leaves two where they are who had been told apart before by how they walk', () => {
    const frames = Array.from({ length: 80 }, (_, i): Frame => {
      const [anna, bo] = [[i * 0.1, 3] as const, [4 - i * 0.1, 3.5] as const]
      const isWrong = i >= 20 && Math.hypot(anna[0] - bo[0], 0.5) < 1.3
      return isWrong ? { a: bo, b: anna } : { a: anna, b: bo }
    })
    const state = newPresence()
    follow(frames, () => {}, state)
    const { a, b } = state.people
    expect([a?.target, b?.target, (a?.x ?? 0) > 7, (b?.x ?? 9) < -3]).toEqual(['a', 'b', true, true])
  })
})
