import { describe, expect, it } from 'vitest'
import { store } from '../fixture.ts'
import { admit, pass } from './gates.ts'
import type { Sighting } from './person.ts'
import { isFull, mostNames, mostPeople, newPresence, seeTargets, settlePresence } from './presence.ts'
import { type Frame, follow, frameMs, gated, still } from './testing.ts'

describe('seeTargets()', () => {
  it('gives nobody the name of somebody inside, however many names there were', () => {
    const state = newPresence()
    for (let i = 0; i < mostNames; i++) state.names[`t${i}`] = 1
    follow([{ 7: [1, -1] }, { 7: [1, -1], x: [5, -2.5] }, { x: [5, -2.5] }], undefined, state)
    expect(Object.keys(state.names)).toHaveLength(mostNames)
    expect(follow([{ x: [5, -2.5], 7: [8, -2.5] }], undefined, state)).toEqual(['entered 7~2'])
  })

  it('follows no more people than a shop holds, and on with those whom it knows', () => {
    const crowd = (of: string): Frame =>
      Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`${of}${i}`, [1, -1] as const]))
    const state = newPresence()
    const told = follow(
      [{ z: [3, -1] }, { ...crowd('a'), z: [3.1, -1] }, { ...crowd('b'), z: [3.2, -1] }],
      undefined,
      state,
    )
    expect(told.filter((one) => one.startsWith('entered'))).toHaveLength(mostPeople)
    expect([Object.keys(state.people).length, isFull(state), state.people.z?.x]).toEqual([mostPeople, true, 3.2])
  })

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

  it.each([
    ['takes whom no scan let in for who was lost', null, ['left c', 'rejoined a'], 'anna'],
    ['takes whom a scan let in for somebody new', 5000, ['identified c'], 'bo'],
  ] as const)('%s in a shop that a gate lets everybody into', (_, scannedAt, seen, account) => {
    const state = newPresence()
    const scan = (ms: number) => {
      if (ms === 500) admit(state, ms, 'anna', false, 'door')
      if (ms === 600) pass(state, ms, 'door', 'in')
      if (ms === scannedAt) admit(state, ms, 'bo', false, 'door')
      if (scannedAt !== null && ms === scannedAt + 100) pass(state, ms, 'door', 'in')
    }
    const frames = [
      ...still({ a: [5, -2.5] }, 30),
      ...still({}, 20),
      ...still({ c: [5, -1.9] }, 5),
      ...still({ c: [5, -1.2] }, 35),
    ]
    expect(follow(frames, scan, state, gated)).toEqual(['entered a', 'identified a', 'entered c', ...seen])
    expect(Object.values(state.people).find(({ target }) => target === 'c')?.account).toBe(account)
  })
})
