import { describe, expect, test } from 'vitest'
import type { Progress } from '../../models/contracts/commands.ts'
import { createSimulatedClock } from '../clock.ts'
import { createIngest } from '../ingest/ingest.ts'
import type { BusMessage } from '../mqtt/bus.ts'
import { sent, t0, testStore } from '../testing/store.ts'
import { createSimulatedPace } from './simulated.ts'

function start() {
  const clock = createSimulatedClock()
  const arrivals: number[] = []
  const ingest = createIngest({ store: testStore(), onAccepted: ({ arrivedAt }) => arrivals.push(arrivedAt) })
  const progress: [Progress, boolean][] = []
  const warnings: string[] = []
  const pumped: number[] = []
  const pace = createSimulatedPace({
    storeId: 's1',
    clock,
    ownDevice: 'vision',
    boot: 'boot',
    ingest,
    pump: () => pumped.push(clock.now()),
    publishProgress: (...said) => progress.push(said),
    warn: (message) => warnings.push(message),
  })
  pace.start()
  return { pace, clock, arrivals, progress, warnings, pumped, ingest }
}

const message = (topic: string, value: unknown, retain = false): BusMessage => ({
  topic: `tillfree/1/s1/${topic}`,
  payload: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
  retain,
})
const device = (seq: number, retain = false) => {
  const { body } = sent({ seq })
  return message('dev/gate1/event/passage', body.kind === 'json' ? body.value : null, retain)
}
const time = (now: number, after: number) => message('sim/time', { now: t0 + now, after })

describe('createSimulatedPace()', () => {
  test('says at the start that it is there, retained', () => {
    expect(start().progress).toEqual([[{ boot: 'boot', now: 0, received: 0 }, true]])
  })

  test('waits for the messages of a step, whichever comes first, and gives all the time of the step', () => {
    const { pace, arrivals, progress, pumped } = start()
    pace.take(device(0))
    pace.take(time(200, 2))
    expect(progress).toHaveLength(1)
    pace.take(device(1))
    expect(arrivals).toEqual([t0 + 200, t0 + 200])
    expect(pumped).toEqual([t0 + 200])
    expect(progress[1]).toEqual([{ boot: 'boot', now: t0 + 200, received: 2 }, false])
  })

  test('counts what is refused and what comes twice, and not its own words nor what was retained', () => {
    const { pace, progress } = start()
    pace.take(message('dev/vision/raw/targets', '{}'))
    for (const each of [device(0), device(0), message('dev/ghost/tele', 'garbage')]) pace.take(each)
    for (const each of [message('dev/gate1/cmd/open', {}), message('gw/progress', {}), device(1, true)]) pace.take(each)
    pace.take(time(200, 3))
    expect(progress[1]?.[0].received).toBe(3)
  })

  test('says what is wrong with a step and goes on', () => {
    const { pace, warnings, progress } = start()
    pace.take(message('sim/time', '{"now":'))
    pace.take(message('sim/time', { now: t0, after: -1 }))
    pace.take(time(0, 0))
    expect(warnings[1]).toContain('/after: found -1')
    expect(progress).toHaveLength(2)
  })
})
