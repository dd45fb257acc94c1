import { beforeAll, describe, expect, it } from 'vitest'
import type { Report } from '../../simulators/simulate.ts'
import { runStoreDay } from './store-day.ts'

const day = { seed: 21, shoppers: 5 }

describe('a store day on the embedded broker', () => {
  let whole: Report

  beforeAll(async () => {
    whole = await runStoreDay(day)
  })

  it('bills every shopper, and right', () => {
    expect(whole.score.f1).toBeGreaterThan(0.9)
    expect(whole.counts.bills).toBe(whole.counts.parties)
    expect(whole.counts.messages).toBeGreaterThan(1000)
  })

  it('gives the same score again', async () => {
    const again = await runStoreDay(day)
    expect(again.score).toEqual(whole.score)
    expect(again.counts).toEqual(whole.counts)
  })

  it('loses no item and bills nobody twice when the gateway is stopped and started in the middle', async () => {
    const restarted = await runStoreDay({ ...day, restart: { afterMs: 50_000, how: 'stop' } })
    expect(restarted.timing.gatewayRestarts).toBe(1)
    expect(restarted.counts.bills).toBe(whole.counts.bills)
    expect(restarted.score.money).toEqual(whole.score.money)
  })

  it.each([35_000, 62_000])('loses nothing either when it is killed after %d ms', async (afterMs) => {
    const killed = await runStoreDay({ ...day, restart: { afterMs, how: 'kill' } })
    expect(killed.timing.gatewayRestarts).toBe(1)
    expect(killed.counts.bills).toBe(whole.counts.bills)
    expect(killed.score.money).toEqual(whole.score.money)
  })
})
