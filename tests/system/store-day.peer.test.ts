import { describe, expect, it } from 'vitest'
import { startMosquitto } from '../../gateway/testing/mosquitto.ts'
import { runStoreDay } from './store-day.ts'

describe('a store day on Mosquitto', () => {
  it('bills the same as on the embedded broker', async () => {
    const day = { seed: 21, shoppers: 5 }
    const mosquitto = await startMosquitto()
    try {
      const elsewhere = await runStoreDay({ ...day, broker: mosquitto.url })
      expect(elsewhere.counts.bills).toBe(elsewhere.counts.parties)
      expect(elsewhere.score.f1).toBeGreaterThan(0.9)
      expect(elsewhere.score).toEqual((await runStoreDay(day)).score)
    } finally {
      await mosquitto.stop()
    }
  })
})
