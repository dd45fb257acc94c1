import { expect, test } from 'vitest'
import { kill } from './kills.ts'

test('what was acknowledged to a shelf is in the journal once, however the gateway is killed', async () => {
  const figures = await kill(2, 11, () => {})
  expect(figures).toMatchObject({ kills: 2, lost: 0, doubled: 0 })
  expect(figures.acknowledged).toBeGreaterThan(5)
})
