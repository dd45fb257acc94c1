import { describe, expect, it } from 'vitest'
import { createCore } from '../core.ts'
import { play, store } from '../fixture.ts'

const scene = {
  durationMs: 9000,
  changes: [[4000, 'p6', -542]] as [number, string, number][],
  people: [
    { id: 'anna', x: 0.6, reachAt: [4000] },
    { id: 'bo', x: 0.6, reachAt: [4000] },
  ],
}

function evidenceOfTheToss() {
  const core = createCore({ store })
  const all = play(scene).flatMap((event) => core.accept(event).evidence)
  expect(all).toHaveLength(1)
  return all[0]
}

describe('evidenceOf()', () => {
  it('shows the plate some seconds before and after, from zero', () => {
    const [plate] = evidenceOfTheToss()?.evidence.weights ?? []
    const before = plate?.grams.filter((_, i) => (plate.ms[i] ?? 0) < -200) ?? []
    const after = plate?.grams.filter((_, i) => (plate.ms[i] ?? 0) > 200) ?? []
    expect(plate?.cell).toBe('p6')
    expect(before.length).toBeGreaterThan(10)
    expect(after.length).toBeGreaterThan(5)
    for (const grams of before) expect(Math.abs(grams)).toBeLessThan(3)
    for (const grams of after) expect(Math.abs(grams + 542)).toBeLessThan(3)
    expect(plate?.ms).toEqual([...(plate?.ms ?? [])].sort((a, b) => a - b))
  })

  it('shows who stood where, and their hands', () => {
    const people = evidenceOfTheToss()?.evidence.people ?? []
    expect(people.map(({ shopper }) => shopper).sort()).toEqual(['anna', 'bo'])
    for (const { track } of people) {
      expect(track.length).toBeGreaterThan(8)
      expect(track.length).toBeLessThan(25)
      expect(track.find(({ ms }) => Math.abs(ms) < 200)).toMatchObject({ at: [0.6, -0.5], hands: [[0.6, 0.05]] })
    }
  })

  it('is made for doubtful changes alone', () => {
    const core = createCore({ store })
    const clear = {
      ...scene,
      changes: [[4000, 'p3', -351]] as const,
      people: [{ id: 'anna', x: 0.3, reachAt: [4000] }],
    }
    expect(play(clear).flatMap((event) => core.accept(event).evidence)).toEqual([])
  })

  it('leaves nothing in the state once a plate has been quiet for a while', () => {
    const core = createCore({ store })
    for (const event of play({ ...scene, durationMs: 30_000 })) core.accept(event)
    expect(Object.values(core.sensing.scales.cells).map(({ trace }) => trace)).toEqual(Array(6).fill(null))
  })
})
