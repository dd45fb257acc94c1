import { expect, test } from 'vitest'
import { sufferLines } from './lines.ts'

/** A line that is stalled is waited for by whoever uses it, and a bill tried again later and later. */
const patienceMs = 400_000

test(
  'sufferLines() finds everything that was acknowledged, once, however bad the lines are',
  async () => {
    const { faults, acknowledged, bills } = await sufferLines(2, 8000)
    expect(faults.size).toBeGreaterThan(2)
    expect(acknowledged).toBeGreaterThan(0)
    expect(bills).toBeGreaterThan(0)
  },
  patienceMs,
)
