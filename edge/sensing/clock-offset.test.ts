import { describe, expect, it } from 'vitest'
import { type ClockOffsets, learnOffset, offsetOf } from './clock-offset.ts'
import type { CellSpace } from './geometry.ts'
import { newPerson, see } from './person.ts'

const space: CellSpace = {
  cell: 'p1',
  shelf: 'a',
  index: 0,
  center: [0, 0, 1],
  along: [1, 0],
  front: [0, -1],
  halfWidth: 0.05,
  halfDepth: 0.2,
  height: 0.4,
}

/** Changes at which a hand was at the shelf `lateMs` later by the tracker's clock. */
function learned(lateMs: number, changes: number): ClockOffsets {
  const offsets: ClockOffsets = {}
  for (let n = 0; n < changes; n++) {
    const at = 100_000 * n + 50_000
    const frame = (t: number) => {
      const there = Math.abs(t - at - lateMs) < 400
      return {
        t,
        x: 0,
        y: -0.6,
        hands: [[], [there ? [0, 0, 1.1] : [0.4, -0.6, 0.9]]] as [[], [[number, number, number]]],
      }
    }
    const person = newPerson('anna', { target: 'anna', headZ: null, frame: frame(at - 6000) })
    for (let t = at - 6000; t < at + 6000; t += 67) see(person, { target: 'anna', headZ: null, frame: frame(t) })
    const change = { cell: 'p1', deltaGrams: -500, sdGrams: 1, from: at, to: at, at, slackMs: 100, sharp: true }
    learnOffset(offsets, 'g1', [person], space, change)
  }
  return offsets
}

describe('offsetOf()', () => {
  it('finds a tracker that is 2 s ahead after some changes', () => {
    expect(Math.abs(offsetOf(learned(2000, 8), 'g1') - 2000)).toBeLessThanOrEqual(200)
  })

  it('serves a device without scales, and a shelf without history, by what two shelves say together', () => {
    const two = { g1: learned(-1500, 12).g1, g2: learned(-1500, 6).g1 } as ClockOffsets
    expect(Math.abs(offsetOf(two) + 1500)).toBeLessThanOrEqual(300)
    expect(Math.abs(offsetOf(two, 'g3') + 1500)).toBeLessThanOrEqual(300)
  })

  it('lets one shelf alone tell others of no more than a tracker takes', () => {
    const slow = learned(3000, 20)
    expect(Math.abs(offsetOf(slow, 'g1') - 3000)).toBeLessThanOrEqual(200)
    expect([offsetOf(slow), offsetOf(slow, 'g2')]).toEqual([0, 0])
    const good = { ...slow, g2: learned(0, 5).g1 } as ClockOffsets
    expect([offsetOf(good), offsetOf(good, 'g2')]).toEqual([0, 0])
    expect(Math.abs(offsetOf(learned(400, 40), 'g2') - 400)).toBeLessThanOrEqual(200)
  })

  it('takes no offset from few changes or good clocks', () => {
    expect(offsetOf(learned(2000, 2), 'g1')).toBe(0)
    expect(offsetOf(learned(0, 20), 'g1')).toBe(0)
  })
})
