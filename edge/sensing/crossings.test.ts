import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import type { Sighting } from './person.ts'
import { newPresence, seeTargets } from './presence.ts'

const frameMs = 67
const frameCount = 60
const metresAFrame = 0.08

type Place = readonly [x: number, y: number]

const stands: Place = [2, -0.6]
/** Walks by so near that the tracker takes the one for the other in frame 30. */
const walks = (i: number): Place => [2 + (i - 30) * metresAFrame, -0.5]

/** Where those who were first seen as `walker` and `stander` are at the end; `exchangedAt`: the tracker exchanges them there. */
function ends(exchangedAt: number, randomly: () => number): number[] {
  const state = newPresence()
  for (let i = 0; i < frameCount; i++) {
    const t = (i + 1) * frameMs
    const off = () => 0.02 * randomly()
    const seen = (target: string, [x, y]: Place): Sighting => ({
      target,
      headZ: null,
      frame: { t, x: x + off(), y: y + off(), hands: [[], []] },
    })
    const [first, second] = i < exchangedAt ? ['walker', 'stander'] : ['stander', 'walker']
    seeTargets(state, store, [seen(first ?? '', walks(i)), seen(second ?? '', stands)], t)
  }
  return ['walker', 'stander'].map((shopper) => Math.round(10 * (state.people[shopper]?.x ?? Number.NaN)) / 10)
}

/** Bates' distribution of three: near enough to a normal one of this spread. */
function noise(seed: number): () => number {
  let at = seed
  const next = () => {
    at = (at * 1_103_515_245 + 12_345) % 2 ** 31
    return at / 2 ** 31
  }
  return () => 2 * (next() + next() + next() - 1.5)
}

describe('followCrossings()', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => i + 1)
  const [there, here] = [Math.round(10 * walks(frameCount - 1)[0]) / 10, 2]
  const share = (exchangedAt: number) =>
    seeds.filter((seed) => {
      const [walker, stander] = ends(exchangedAt, noise(seed))
      return Math.abs((walker ?? 0) - there) < 0.15 && Math.abs((stander ?? 0) - here) < 0.15
    }).length / seeds.length

  it('gives exchanged ids back by who walks on, where the frame of the exchange alone does not tell', () => {
    expect(share(30)).toBeGreaterThan(0.9)
  })

  it('leaves alone who walks by somebody', () => {
    expect(share(frameCount)).toBe(1)
  })
})
