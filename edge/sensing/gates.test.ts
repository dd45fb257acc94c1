import { describe, expect, it } from 'vitest'
import { admit, pass } from './gates.ts'
import { newPresence } from './presence.ts'
import { type Frame, follow, gated, still } from './testing.ts'

describe('bindAdmissions()', () => {
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

  it.each([3000, 6000, 9500, 15_000, 19_000])(
    'gives a scan that brought nobody to nobody whom the gate saw come in %i ms later by their own',
    (later) => {
      const state = newPresence()
      const scan = (ms: number) => {
        if (ms === 100) pass(state, ms, 'door', 'out')
        if (ms === 200) admit(state, ms, 'anna', false, 'door')
        if (ms === 200 + later) admit(state, ms, 'bo', false, 'door')
        if (ms === 500 + later) pass(state, ms, 'door', 'in')
      }
      follow([...still({}, later / 100 + 4), ...still({ b: [5, -2] }, 60)], scan, state)
      expect(Object.values(state.people).map(({ account }) => account)).toEqual(['bo'])
    },
  )

  it('gives nobody the scan of whoever came before them where one stayed outside', () => {
    const state = newPresence()
    const scan = (ms: number) => {
      if (ms === 200) admit(state, ms, 'anna', false, 'door')
      if (ms === 9500) admit(state, ms, 'bo', false, 'door')
      if (ms === 9800) pass(state, ms, 'door', 'in')
      if (ms === 11_500) admit(state, ms, 'cara', false, 'door')
      if (ms === 11_900) pass(state, ms, 'door', 'in')
    }
    follow([...still({}, 98), ...still({ b: [5, -2] }, 20), ...still({ b: [5, -1], c: [5, -2] }, 60)], scan, state)
    expect(Object.values(state.people).map(({ shopper, account }) => [shopper, account])).toEqual([
      ['b', 'bo'],
      ['c', 'cara'],
    ])
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

  it('gives a scan to who is in the middle of the gate when it sees somebody pass, and not to who is beside it or was lost there', () => {
    const state = newPresence()
    const scan = (ms: number) => {
      if (ms === 1000) admit(state, ms, 'anna', false, 'door')
      if (ms === 1200) pass(state, ms, 'door', 'in')
    }
    const here = { a: [4.1, -2.1], b: [5, -2.5] } as const
    expect(follow(still(here, 40), scan, state)).toEqual(['entered a', 'entered b', 'identified b'])
    const vanishing = [...still({ a: [5, -1.6], b: [1, 0] }, 16), ...still({ b: [1, 0], c: [4.5, -1.4] }, 40)]
    expect(follow(vanishing, scan, Object.assign(state, newPresence()))).toContain('identified c')
  })

  it('gives a scan whose person is not seen to nobody who came in with the next', () => {
    const state = newPresence()
    const scan = (ms: number) => {
      if (ms === 1000) admit(state, ms, 'anna', false, 'door')
      if (ms === 1200) pass(state, ms, 'door', 'in')
      if (ms === 4400) admit(state, ms, 'bo', false, 'door')
      if (ms === 4500) pass(state, ms, 'door', 'in')
    }
    follow([...still({}, 46), ...still({ b: [5, -2] }, 60)], scan, state)
    expect(Object.values(state.people).map(({ account }) => account)).toEqual(['bo'])
  })

  it('gives a scan to nobody who has been inside for long while whoever passed can still be seen', () => {
    const state = newPresence()
    const scan = (ms: number) => {
      if (ms === 30_000) admit(state, ms, 'anna', false, 'door')
      if (ms === 30_200) pass(state, ms, 'door', 'in')
    }
    const frames = [...still({ a: [5, -1.8] }, 304), ...still({ a: [5, -1.8], b: [5, -2.2] }, 60)]
    expect(follow(frames, scan, state)).toEqual(['entered a', 'entered b', 'identified b'])
    // Somebody who waited before the gate all the time.
    const alone = follow(still({ a: [5, -2.2] }, 400), scan, Object.assign(state, newPresence()))
    expect(alone).toEqual(['entered a', 'identified a'])
  })
})

describe('pass() and admit()', () => {
  it('keep the latest words of a zone, and all of another', () => {
    const gates = newPresence()
    admit(gates, 0, 'bo', false, 'back')
    pass(gates, 0, 'back', 'out')
    for (let ts = 1; ts <= 3000; ts++) {
      admit(gates, ts, 'anna', false, 'door')
      pass(gates, ts, 'door', 'out')
    }
    for (const words of [gates.admissions, gates.outs]) {
      expect(words.map(({ zone }) => zone).filter((zone) => zone === 'back')).toHaveLength(1)
      expect(words.slice(1).map(({ ts }) => ts)).toEqual(Array.from({ length: 50 }, (_, i) => 2951 + i))
    }
  })
})

describe('outsOf()', () => {
  it('speaks of who was in the middle of the gate, and not of who queues beside it and is lost', () => {
    const frames: Frame[] = [
      ...still({ a: [4.1, -2.1], b: [5, -2] }, 40),
      ...still({ b: [5, -2.5] }, 5),
      ...still({}, 6),
      ...still({ c: [4.1, -2.1] }, 60),
    ]
    const out = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 4300) pass(state, ms, 'door', 'out')
    }
    expect(follow(frames, out, newPresence(), gated)).toEqual(['entered a', 'entered b', 'rejoined a', 'left b'])
  })
})

describe('outsOf(), beside somebody who stands in the gate', () => {
  it('speaks of who is gone', () => {
    const stands = { x: [5, -2.5] } as const
    const frames: Frame[] = [
      ...Array.from({ length: 40 }, (_, i): Frame => ({ ...stands, y: [5.5, 1.5 - i * 0.1] })),
      ...still(stands, 17),
      ...still({ ...stands, c: [5.4, -2.6] }, 30),
    ]
    const out = (ms: number, state: ReturnType<typeof newPresence>) => {
      if (ms === 4000) pass(state, ms, 'door', 'out')
    }
    expect(follow(frames, out, newPresence(), gated).filter((word) => !word.startsWith('entered x'))).toEqual([
      'entered y',
      'left y',
      'entered c',
    ])
  })
})

describe('reliefs()', () => {
  /** Anna goes out by the door, and Bo comes in there under her id. */
  const frames: Frame[] = Array.from({ length: 320 }, (_, i) => {
    const away = Math.abs(i - 210) * 0.1
    return { a: i < 150 ? [5, 3.5] : [5, Math.min(3.5, -2.5 + away)], c: [1, 0] }
  })
  const gateOf = (state: ReturnType<typeof newPresence>, words: readonly ('in' | 'out')[]) => (ms: number) => {
    if (ms === 500) state.people.a = Object.assign(state.people.a ?? expect.fail(), { account: 'anna' })
    if (ms === 21_000 && words.includes('out')) pass(state, ms, 'door', 'out')
    if (ms === 21_200 && words.includes('in')) admit(state, ms, 'bo', false, 'door')
    if (ms === 21_400 && words.includes('in')) pass(state, ms, 'door', 'in')
  }

  it('lets go of who went out as somebody came in whom the tracker takes for them', () => {
    const state = newPresence()
    const seen = follow(frames, gateOf(state, ['in', 'out']), state)
    expect(seen).toEqual(['entered a', 'entered c', 'left a', 'entered a~2', 'identified a~2'])
    expect(Object.values(state.people).map(({ shopper, account }) => [shopper, account])).toEqual([
      ['c', null],
      ['a~2', 'bo'],
    ])
  })

  it.each([
    ['out', ['out']],
    ['in', ['in']],
  ] as const)('takes nobody for gone who turned back at the door, where the gate saw one go %s alone', (_, words) => {
    const state = newPresence()
    follow(frames, gateOf(state, words), state)
    expect(state.people.a?.account).toBe('anna')
  })

  it('takes nobody for gone while another is on their way out', () => {
    const state = newPresence()
    const two = frames.map((frame, i): Frame => (i > 240 ? frame : { ...frame, y: [5.5, i < 190 ? -1 : 18 - i * 0.1] }))
    follow(two, gateOf(state, ['in', 'out']), state)
    expect(state.people.a?.account).toBe('anna')
  })

  it('takes nobody for gone while another is there who came in', () => {
    const state = newPresence()
    const two = frames.map((frame, i) => (i < 212 ? frame : { ...frame, b: [5, -2.4] as const }))
    expect(follow(two, gateOf(state, ['in', 'out']), state)).toEqual([
      'entered a',
      'entered c',
      'entered b',
      'identified b',
    ])
  })
})
