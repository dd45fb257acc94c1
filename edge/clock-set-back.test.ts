import { describe, expect, it } from 'vitest'
import { catalogueOf, createCore } from './core.ts'
import { initialState, step, type TripBill } from './engine/engine.ts'
import { defaultPolicy } from './engine/receipt.ts'
import { play, type Scene, store, t0 } from './fixture.ts'
import type { Observation } from './observations.ts'

describe('createCore() with a clock that was set back', () => {
  it('lets nobody leave before they came, where the clock was set back meanwhile', () => {
    const observations: Observation[] = [
      { kind: 'entered', ts: t0, shopper: 'anna', target: 'anna', position: [0, 0], staff: false },
      { kind: 'left', ts: t0 - 60_000, shopper: 'anna' },
    ]
    let state = initialState
    const bills = observations.flatMap((observation) => {
      const stepped = step(catalogueOf(store), defaultPolicy, state, observation)
      state = stepped.state
      return stepped.effects.filter((effect) => effect.kind === 'bill')
    })
    const at = t0 - 60_000
    expect(bills).toMatchObject([{ tripId: `${store.id}.${t0}.anna`, startedAt: at, endedAt: at }])
  })

  it('keeps who is there and what was just taken where the clock was set back before a restart', () => {
    const scene: Scene = {
      durationMs: 12_000,
      changes: [
        [4000, 'p3', -351],
        [9000, 'p3', -351],
      ],
      people: [
        { id: 'anna', x: 0.3, reachAt: [4000, 9000] },
        { id: 'bo', x: 0.9 },
      ],
    }
    const events = play(scene)
    const half = events.findIndex(({ ts }) => ts > t0 + 4600)
    const first = createCore({ store })
    for (const event of events.slice(0, half)) expect(first.accept(event).effects).toEqual([])
    const sensing = structuredClone(first.sensing)
    const second = createCore({ store, sensing, engine: first.engine() })
    const hourMs = 3_600_000
    const effects = [
      ...second.advance(t0 + 5000 - hourMs).effects,
      ...events.slice(half).flatMap((event) => second.accept({ ...event, ts: event.ts - hourMs }).effects),
      ...second.finish().effects,
    ]
    const bills = effects.filter((effect): effect is TripBill => effect.kind === 'bill')
    expect(bills.map(({ shopper, receipt }) => [shopper, receipt.lines.map(({ quantity }) => quantity)])).toEqual([
      ['anna', [2]],
      ['bo', []],
    ])
  })
})
