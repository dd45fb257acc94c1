import { describe, expect, it } from 'vitest'
import { play, type Scene, store, t0 } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import { regained } from './regained.ts'
import { createSensing } from './sensing.ts'

const entered = (shopper: string, target: string, ms: number): Observation => {
  return { kind: 'entered', ts: t0 + ms, shopper, target, position: [0.3, -0.5], staff: false }
}
const identified: Observation = { kind: 'identified', ts: t0 + 500, shopper: 'anna', account: 'acc', staff: false }
const rejoined: Observation = { kind: 'rejoined', ts: t0 + 900, shopper: 'anna', target: 'ann2' }

/** What is observed of these people from 20 s on, after these observations. */
function seenAfter(observations: readonly Observation[], people: Scene['people'] = [], durationMs = 60_000) {
  const sensing = createSensing(store, regained(store, observations))
  const events = play({ durationMs, people })
  return events.flatMap((event) => (event.ts < t0 + 20_000 ? [] : sensing.accept(event)))
}

describe('regained()', () => {
  it('knows who is inside, by which id, whose they are and where they were at a shelf', () => {
    const reach = [{ shopper: 'anna', logOdds: [0] }]
    const cells = [{ cell: 'p6', ts: t0 + 4000, deltaGrams: -542, sdGrams: 2 }]
    const change = { kind: 'shelf-change' as const, ts: t0 + 4000, from: t0 + 3900, to: t0 + 4100, shelf: 'a' }
    const gone = [entered('bo', 'bo', 100), { kind: 'left' as const, ts: t0 + 200, shopper: 'bo' }]
    const state = regained(store, [
      entered('anna', 'anna', 0),
      ...gone,
      identified,
      rejoined,
      { ...change, cells, reach },
    ])
    expect(state.presence.people).toMatchObject({
      anna: { target: 'ann2', account: 'acc', x: expect.closeTo(0.6), y: 0.2, firstSeen: t0, lastSeen: t0 + 4000 },
    })
    expect(Object.keys(state.presence.people)).toEqual(['anna'])
    expect([state.lastTick, state.lastEventAt]).toEqual([t0 + 4000, t0 + 4000])
  })

  it('is the beginning where nothing was observed', () => {
    expect(regained(store, [])).toMatchObject({ lastTick: 0, presence: { people: {} } })
  })

  it('has who is seen again go on, by the same id or by another from where they were', () => {
    const before = [entered('anna', 'anna', 0), identified]
    expect(seenAfter(before, [{ id: 'anna', x: 0.4 }], 40_000)).toEqual([])
    const [first, ...others] = seenAfter(before, [{ id: 'other', x: 0.4 }], 40_000)
    expect(first).toMatchObject({ kind: 'rejoined', shopper: 'anna', target: 'other' })
    expect(others).toEqual([])
  })

  it('gives nobody new the name of somebody before them', () => {
    const before = [entered('anna', 'anna', 0), rejoined, { kind: 'left' as const, ts: t0 + 5000, shopper: 'anna' }]
    const [first] = seenAfter(before, [{ id: 'anna', x: 0.4 }])
    expect(first).toMatchObject({ kind: 'entered', shopper: 'anna~2' })
  })

  it('has who is not seen again leave, as of when they were heard of last', () => {
    const exit = [
      [0, -1],
      [1, -1],
      [1, 0],
      [0, 0],
    ] as [number, number][]
    const zones = [{ id: 'door', kind: 'entry-exit' as const, polygon: exit }]
    const sensing = createSensing({ ...store, zones }, regained(store, [entered('anna', 'anna', 0)]))
    const hour = 3_600_000
    const looks = Array.from({ length: 300 }, (_, i) => t0 + hour + 100 * i)
    const said = looks.map((ts) => sensing.accept({ kind: 'targets', device: 'trk', ts, targets: [] }))
    expect(said[0]).toEqual([])
    expect(said.flat()).toEqual([{ kind: 'left', ts: t0, shopper: 'anna' }])
  })
})
