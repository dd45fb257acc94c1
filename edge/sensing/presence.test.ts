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

  it('takes who is lost and found again by a room of the staff for whom they were, even when others have just come', () => {
    const polygon: [number, number][] = [
      [1, 0.5],
      [2, 0.5],
      [2, 1.5],
    ]
    const shop = { ...store, zones: [...store.zones, { id: 'back', kind: 'staff' as const, polygon }] }
    const [lost, found] = [still({ a: [1.2, -0.4], c: [5, -2.5] }, 20), still({ b: [1.4, 0.3], c: [5, -2.5] }, 20)]
    const state = newPresence()
    const observations = [...lost, ...still({ c: [5, -2.5] }, 9), ...found].flatMap((frame, i) => {
      const t = (i + 1) * frameMs
      const seen = Object.entries(frame).map(
        ([target, [x, y]]): Sighting => ({ target, headZ: 1.7, frame: { t, x, y, hands: [[], []] } }),
      )
      return seeTargets(state, shop, seen, t)
    })
    expect(observations.map((o) => ('shopper' in o ? `${o.kind} ${o.shopper}` : o.kind))).toEqual([
      'entered a',
      'entered c',
      'rejoined a',
    ])
  })

  it('goes on with whom a tracker knows that places them anew, no further than it said that they may be off', () => {
    const seen = (t: number, x: number, errorMetres: number): Sighting[] => [
      { target: 'a', headZ: 1.7, errorMetres, frame: { t, x, y: 0, hands: [[], []] } },
    ]
    const entered = (errors: readonly [number, number]) => {
      const places = [1, 1, 2.2].map((x, i) => seen(100 * (i + 1), x, errors[i === 2 ? 1 : 0]))
      const fresh = newPresence()
      return places.flatMap((all, i) => seeTargets(fresh, store, all, 100 * (i + 1))).length
    }
    expect([entered([0, 0]), entered([0.4, 0.2])]).toEqual([2, 1])
  })

  it('takes who comes in for somebody new when a gate has just let somebody out there', () => {
    // Seed 405: who came in 0.1 s after somebody had left through the same gate was given their visit.
    const frames = [...still({ a: [5, -2.5], c: [4.5, -2.2] }, 20), ...still({ b: [5.05, -2.5], c: [4.5, -2.2] }, 30)]
    const out = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 1500) pass(state, ms, 'door', 'out')
    }
    expect(follow(frames, out)).toEqual(['entered a', 'entered c', 'entered b', 'left a'])
  })

  it('takes whoever appears where somebody stood for them, however short a time another is hidden', () => {
    const both = still({ a: [1, 0], b: [1.65, 0] }, 30)
    const frames = [...both, ...still({ b: [1.65, 0] }, 6), ...still({}, 4), ...still({ c: [1.02, 0] }, 20)]
    expect(follow(frames)).toEqual(['entered a', 'entered b', 'rejoined a'])
  })

  it('takes a track back from whom it was given to when their own id returns', () => {
    const frames = [
      ...still({ a: [1, 0], b: [2.2, 0] }, 20),
      ...still({}, 20),
      // It is b, who came near to where a was lost; then a comes out there.
      ...still({ c: [1.3, 0] }, 5),
      ...still({ a: [1, 0], c: [1.3, 0] }, 20),
    ]
    expect(follow(frames)).toEqual(['entered a', 'entered b', 'rejoined a', 'rejoined a', 'rejoined b'])
  })

  it('keeps two people apart to whom a tracker gives one id', () => {
    const frames: Sighting[][] = Array.from({ length: 60 }, (_, i) => {
      const seen = (target: string, x: number): Sighting => ({
        target,
        headZ: 1.7,
        frame: { t: (i + 1) * frameMs, x, y: 0, hands: [[], []] },
      })
      return i < 20 ? [seen('a', 1), seen('b', 2)] : [seen('a', 2), seen('a', 1)]
    })
    const state = newPresence()
    const observations = frames.flatMap((seen, i) => seeTargets(state, store, seen, (i + 1) * frameMs))
    expect(observations.map(({ kind }) => kind)).toEqual(['entered', 'entered', 'rejoined'])
    expect(Object.values(state.people).map(({ shopper, x }) => [shopper, x])).toEqual([
      ['a', 1],
      ['b', 2],
    ])
  })

  it('gives scans in their order to who comes into view at the gate', () => {
    const frames: Frame[] = Array.from({ length: 80 }, (_, i) => ({
      ...(i >= 7 && { a: [5, -2 + (i - 7) * 0.13] as const }),
      ...(i >= 27 && { b: [5, -2 + (i - 27) * 0.13] as const }),
    }))
    const scan = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 200) admit(state, ms, 'anna', false, 'door')
      if (ms === 2200) admit(state, ms, 'bo', true, 'door')
    }
    expect(follow(frames, scan)).toEqual(['entered a', 'identified a', 'entered b', 'identified b'])
  })

  it('gives a scan that brought nobody to nobody who came after another', () => {
    const frames = [...still({}, 100), ...still({ a: [5, -2] }, 40)]
    const state = newPresence()
    const scan = (ms: number, presence: typeof state) => {
      if (ms === 200) admit(presence, ms, 'anna', false, 'door')
      if (ms === 9500) admit(presence, ms, 'bo', false, 'door')
      Object.assign(state, presence)
    }
    expect(follow(frames, scan)).toEqual(['entered a', 'identified a'])
    expect(Object.values(state.people).map(({ account }) => account)).toEqual(['bo'])
  })

  it('lets the next scan tell whom the tracker missed as they passed', () => {
    // Both come into view when the first has walked on and the second is at the gate.
    const frames: Frame[] = Array.from({ length: 120 }, (_, i) => (i < 20 ? {} : { a: [5, -1.2], b: [5, -2.5] }))
    const state = newPresence()
    const scan = (ms: number, presence: typeof state) => {
      if (ms === 800) admit(presence, ms, 'anna', false, 'door')
      if (ms === 1000) pass(presence, ms, 'door', 'in')
      if (ms === 3000) admit(presence, ms, 'bo', false, 'door')
      if (ms === 3200) pass(presence, ms, 'door', 'in')
      Object.assign(state, presence)
    }
    follow(frames, scan)
    expect(Object.values(state.people).map(({ shopper, account }) => [shopper, account])).toEqual([
      ['a', 'anna'],
      ['b', 'bo'],
    ])
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
    const gone = [...still({ a: [5, -2.5], b: [1, 0] }, 40), ...still({}, 100)]
    expect(follow(gone)).toEqual(['entered a', 'entered b', 'left a'])
  })

  it('does not take somebody who has just come and is hidden at the door to have left', () => {
    const frames = [...still({ b: [1, 0] }, 10), ...still({ a: [5, -2.5], b: [1, 0] }, 10), ...still({ b: [1, 0] }, 60)]
    expect(follow(frames)).toEqual(['entered b', 'entered a'])
  })

  it('counts no absence while the tracker is silent', () => {
    const state = newPresence()
    const seen: Sighting = { target: 'a', headZ: 1.7, frame: { t: 100, x: 5, y: -2.5, hands: [[], []] } }
    seeTargets(state, store, [seen], 100)
    expect(settlePresence(state, store, 20_000, null)).toEqual([])
  })
})
