import { expect, test } from 'vitest'
import { createCore } from '../../edge/core.ts'
import { papersOf, replay } from '../../gateway/replay/replay.ts'
import { openScene } from '../../simulators/scenes/scenes.ts'
import { foldEngine } from './fold.ts'
import { liveRecording } from './live-recording.ts'
import { summarize } from './summary.ts'
import run from './trial.ts'
import { sensed } from './variants.ts'
import { witnessed } from './witness.ts'

const job = { scene: 'hand-off', level: 'easy', seed: 1 } as const

test('run() gives the same row for the same job, timing aside', async () => {
  const { timing: _, ...one } = (await run(job)) as { timing: unknown }
  const { timing: __, ...again } = (await run(job)) as { timing: unknown }
  expect(JSON.stringify(again)).toBe(JSON.stringify(one))
  expect(one).toMatchObject({ ...job, trial: { engine: { f1: expect.any(Number) } } })
})

test('foldEngine() over what was sensed gives what the replay gave', async () => {
  const simulation = openScene('hand-off', 'middle', 1)
  const { store } = simulation.world
  const core = witnessed(createCore({ store }), simulation)
  const { bills, events } = await replay(
    liveRecording(simulation, () => 0),
    { core },
  )
  expect(bills.length).toBeGreaterThan(1)
  expect(papersOf(foldEngine(store, sensed(core.log)))).toEqual({ bills, events })
})

test('run() makes a row of what throws, and summarize() counts it', async () => {
  const row = await run({ ...job, scene: 'no such scene' })
  expect(row).toMatchObject({ scene: 'no such scene', error: expect.stringContaining('no such scene') })
  expect(summarize([row])).toMatchObject([
    { scene: null, recordings: 1, failed: 1 },
    { scene: 'no such scene', recordings: 1, failed: 1 },
  ])
})
