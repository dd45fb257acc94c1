import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import { admit, pass } from './gates.ts'
import type { Sighting } from './person.ts'
import { newPresence, seeTargets, settlePresence } from './presence.ts'

const frameMs = 100

/** Who is seen where at each frame, by tracker id; x, y in metres. The fixture's door is x 4 to 6, y -3 to -2. */
type Frame = Readonly<Record<string, readonly [number, number]>>

function follow(
  frames: readonly Frame[],
  gate: (ms: number, state: ReturnType<typeof newPresence>) => void = () => {},
) {
  const state = newPresence()
  const observations: Observation[] = frames.flatMap((frame, i) => {
    const t = (i + 1) * frameMs
    gate(t, state)
    const seen = Object.entries(frame).map(
      ([target, [x, y]]): Sighting => ({ target, headZ: 1.7, frame: { t, x, y, hands: [[], []] } }),
    )
    return [...seeTargets(state, store, seen, t), ...settlePresence(state, store, t, null)]
  })
  return observations.map((o) => ('shopper' in o ? `${o.kind} ${o.shopper}` : o.kind))
}

const still = (place: Frame, frames: number): Frame[] => Array.from({ length: frames }, () => place)

describe('seeTargets()', () => {
  it('joins a track that breaks in an aisle and comes back under another id', () => {
    const frames = [...still({ a: [1, 0] }, 20), ...still({}, 10), ...still({ b: [1.2, 0] }, 20)]
    expect(follow(frames)).toEqual(['entered a', 'rejoined a'])
  })

  it('takes who comes in for somebody new when a gate has just let somebody out there', () => {
    // Seed 405: who came in 0.1 s after somebody had left through the same gate was given their visit.
    const frames = [...still({ a: [5, -2.5], c: [4.5, -2.2] }, 20), ...still({ b: [5.05, -2.5], c: [4.5, -2.2] }, 30)]
    const out = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 1500) pass(state, ms, 'door', 'out')
    }
    expect(follow(frames, out)).toEqual(['entered a', 'entered c', 'entered b', 'left a'])
  })

  it('gives a scan to whom the gate saw pass', () => {
    const frames = still({ a: [5, -2.5], b: [1, 0] }, 40)
    const scan = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 1000) admit(state, ms, 'anna', false, 'door')
      if (ms === 1300) pass(state, ms, 'door', 'in')
    }
    expect(follow(frames, scan)).toEqual(['entered a', 'entered b', 'identified a'])
  })
})

describe('settlePresence()', () => {
  it('closes a visit when somebody is seen no more at the exit, and not when they are in an aisle', () => {
    const gone = [...still({ a: [5, -2.5], b: [1, 0] }, 20), ...still({}, 100)]
    expect(follow(gone)).toEqual(['entered a', 'entered b', 'left a'])
  })

  it('counts no absence while the tracker is silent', () => {
    const state = newPresence()
    const seen: Sighting = { target: 'a', headZ: 1.7, frame: { t: 100, x: 5, y: -2.5, hands: [[], []] } }
    seeTargets(state, store, [seen], 100)
    expect(settlePresence(state, store, 20_000, null)).toEqual([])
  })
})
