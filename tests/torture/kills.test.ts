import { expect, test } from 'vitest'
import { describe } from './kill-figures.ts'
import { kill } from './kills.ts'

test('kill() finds everything that a gateway acknowledged before it was killed, once', async () => {
  const { kills, acknowledged, lost, doubled } = await kill(1, 1, () => true)
  expect(kills).toBe(1)
  expect(acknowledged).toBeGreaterThan(0)
  expect([...lost, ...doubled].map(describe)).toEqual([])
})
