import { expect, test } from 'vitest'
import { sufferLines } from './lines.ts'

test('sufferLines() finds everything that was acknowledged, once, however bad the lines are', async () => {
  const { faults, acknowledged, bills } = await sufferLines(2, 8000)
  expect(faults.size).toBeGreaterThan(2)
  expect(acknowledged).toBeGreaterThan(0)
  expect(bills).toBeGreaterThan(0)
})
