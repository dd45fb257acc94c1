import { describe, expect, it } from 'vitest'
import { corners, followed, frames, sceneOf, seeded, t0, track, type Walker } from './testing.ts'

/** Who is lost is remembered where there are doors; these are where they come in. */
const doorAt = (x: number) =>
  [
    [x - 0.2, 2.8],
    [x + 0.2, 2.8],
    [x, 3.2],
  ] as const
const scene = { ...sceneOf(corners), doors: [doorAt(0.8), doorAt(5.2)] }
const [red, blue] = [
  [0.8, 0.1, 0.1],
  [0.1, 0.1, 0.8],
] as const
const mixed = red.map((share, colour) => (share + (blue[colour] ?? 0)) / 2)
const [seconds, meetAt] = [9, 2.5]
const clear = { fps: 5, seconds, edgeNoise: 0.03, missShare: 0, falseShare: 0 }

/** They walk towards each other, and on or back. */
function meeting(clothes: readonly (readonly number[])[], end: (x: number) => number): Walker[] {
  return [1, 5].map((x, index) => ({
    name: `from ${x}`,
    heightMetres: 1.72,
    way: [
      [0, x, 3],
      [meetAt, 3, 3],
      [meetAt + 1, 3, 3],
      [6, end(x), 3],
      [seconds, end(x), 3],
    ],
    clothes: clothes[index] ?? [],
  }))
}

/** Of 12 meetings, in how many each goes on under their own id. While they are together every box shows both. */
function rightly(walkers: readonly Walker[]): number {
  const runs = Array.from({ length: 12 }, (_, seed) => {
    const all = frames(scene, walkers, { ...clear, random: seeded(seed + 1) }).map((frame) =>
      Math.abs(frame.tsMs - t0 - 1000 * (meetAt + 0.5)) > 1200
        ? frame
        : { ...frame, detections: frame.detections.map((each) => ({ ...each, clothes: mixed })) },
    )
    return followed(track(scene, all), walkers)
  })
  return runs.filter(({ ids, idf1 }) => ids === 2 && idf1 > 0.85).length
}

const back = (x: number) => x
const on = (x: number) => 6 - x

describe('settleMeetings()', () => {
  it('gives two who met their own ids again, by their clothes, whether they went on or turned back', () => {
    expect([rightly(meeting([red, blue], on)), rightly(meeting([red, blue], back))]).toEqual([12, 12])
  })
})
