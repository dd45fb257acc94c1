import { describe, expect, it } from 'vitest'
import { type Core, createCore } from '../core.ts'
import type { EngineState } from '../engine/engine.ts'
import type { SensorEvent } from '../events.ts'
import { play, type Scene, store, t0 } from '../fixture.ts'
import type { Observation } from '../observations.ts'
import { createSnapshots, restored, type StatePart } from './snapshot.ts'

const scene: Scene = {
  durationMs: 40_000,
  changes: [
    [4000, 'p3', -351],
    [9000, 'p1', -540],
    [15_000, 'p3', -351],
    [21_000, 'p1', 540],
    [30_000, 'p6', -310],
  ],
  people: [
    { id: 'anna', x: 0.3, reachAt: [4000, 15_000] },
    { id: 'bo', x: 0.1, reachAt: [9000, 21_000] },
    { id: 'cleo', x: 0.55, reachAt: [30_000] },
  ],
}

/** What a database holds of the snapshots written to it, and the observations, as after a kill. */
function keeper(core: Core) {
  const snapshots = createSnapshots(store)
  const parts = new Map<string, string>()
  let [sensing, engine] = ['', '']
  return {
    commit: (observations: readonly Observation[]) => {
      const snapshot = snapshots.take(core, observations, false)
      if (snapshot.allParts) parts.clear()
      for (const { name, body } of snapshot.parts) parts.set(name, body)
      sensing = snapshot.sensing
      engine = JSON.stringify(core.engine())
    },
    reopened: () =>
      createCore({
        store,
        sensing: restored(
          sensing,
          [...parts].map(([name, body]): StatePart => ({ name, body })),
        ),
        engine: JSON.parse(engine) as EngineState,
      }),
  }
}

function run(core: Core, events: readonly SensorEvent[], each: (observations: readonly Observation[]) => void) {
  const changes: Observation[] = []
  for (const event of events) {
    const { observations } = core.accept(event)
    each(observations)
    changes.push(...observations.filter(({ kind }) => kind === 'shelf-change'))
  }
  return changes
}

const isPlate = ({ name }: StatePart) => name in { p1: 1, p2: 1, p3: 1, p4: 1, p5: 1, p6: 1 }

const weighed = (observations: readonly Observation[]) =>
  observations
    .flatMap((one) => (one.kind === 'shelf-change' ? one.cells : []))
    .map(({ cell, deltaGrams }) => [cell, Math.round(deltaGrams / 10)])

/** The same shop with a shelf that finds changes itself: each is told once, and no later reading tells it again. */
function reported(): SensorEvent[] {
  const others = play(scene).filter(({ kind }) => kind !== 'weight')
  const told = (scene.changes ?? []).map(([at, cell, deltaGrams]): SensorEvent => {
    const [from, to] = [t0 + at - 200, t0 + at + 100]
    return { kind: 'weight-change', device: 'g1', ts: to, cell, deltaGrams, sdGrams: 2, from, to }
  })
  return [...others, ...told].sort((a, b) => a.ts - b.ts)
}

describe('createSnapshots()', () => {
  it.each([
    ['reads', play(scene)],
    ['reports', reported()],
  ])('lets nothing be found twice or missed that a shelf %s, wherever the process is killed', (_, events) => {
    const expected = weighed(run(createCore({ store }), events, () => {}))
    expect(expected).toHaveLength(5)
    for (let cut = 10; cut < events.length; cut += 17) {
      const core = createCore({ store })
      const kept = keeper(core)
      const before = run(core, events.slice(0, cut), (observations) => {
        if (observations.length > 0) kept.commit(observations)
      })
      kept.commit([])
      const after = run(kept.reopened(), events.slice(cut), () => {})
      expect(weighed([...before, ...after])).toEqual(expected)
    }
  })

  it('writes the parts of the shelf that changed, and all of them only at the start', () => {
    const core = createCore({ store })
    const snapshots = createSnapshots(store)
    const sizes: number[] = []
    run(core, play(scene), (observations) => {
      if (observations.length > 0) sizes.push(snapshots.take(core, observations, false).parts.filter(isPlate).length)
    })
    expect(sizes[0]).toBe(6)
    expect(snapshots.take(core, [], false).parts.filter(isPlate).length).toBeLessThan(6)
  })
})

describe('restored()', () => {
  it('goes on from what a version without phones and former ids wrote', () => {
    const core = createCore({ store })
    const events = play(scene)
    const half = Math.floor(events.length / 2)
    run(core, events.slice(0, half), () => {})
    const { sensing, parts } = createSnapshots(store).take(core, [], true)
    const older = JSON.stringify(JSON.parse(sensing), (key, value: unknown) =>
      ['beacons', 'walk', 'walking', 'earlier', 'encounters'].includes(key) ? undefined : value,
    )
    const resumed = createCore({ store, sensing: restored(older, parts), engine: core.engine() })
    expect(weighed(run(resumed, events.slice(half), () => {}))).toEqual(
      weighed(run(core, events.slice(half), () => {})),
    )
  })
})
