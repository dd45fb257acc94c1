import { expect, test } from 'vitest'
import { mostPruned, type Pruned } from '../edge/runtime/prune.ts'
import { dayMs } from '../models/privacy/retention.ts'
import { removeOld } from './retention.ts'
import { testLog } from './testing/log.ts'
import { t0 } from './testing/store.ts'

const none: Pruned = { observations: 0, events: 0, bills: 0, evidence: 0, reviews: 0, lateCases: 0 }

async function removed(pruned: Pruned, now = t0) {
  const log = testLog()
  const counted: [string, number][] = []
  const asked: object[] = []
  const more = await removeOld({
    runtime: {
      async prune(limits) {
        asked.push(limits)
        return pruned
      },
    },
    usedCodes: { forget: (before) => (before === t0 - 7 * dayMs ? 3 : -1) },
    clock: { now: () => now },
    onRemoved: (...one) => counted.push(one),
    log,
  })
  return { more, counted, asked, lines: log.lines }
}

test('removeOld() goes by the table, counts by kind, says it in words, and knows whether there is more', async () => {
  const { more, counted, asked, lines } = await removed({ ...none, observations: mostPruned })
  expect(asked).toMatchObject([{ observations: t0 - 7 * dayMs, evidence: t0 - 14 * dayMs, reviews: t0 - 90 * dayMs }])
  expect([more, counted]).toEqual([
    true,
    [
      ['observations', mostPruned],
      ['usedCodes', 3],
    ],
  ])
  expect(lines[1]).toBe('3 older than 7 days were removed: when which phone opened a gate, and whose it is')
  expect((await removed(none)).more).toBe(false)
})

test('removeOld() waits for a simulated clock', async () => {
  expect(await removed(none, 0)).toEqual({ more: false, counted: [], asked: [], lines: [] })
})
