import { expect, test } from 'vitest'
import { createDaily } from './daily.ts'

test('createDaily() works at the start, goes on while there is more, then once a day, and soon again after an error', async () => {
  const waits: number[] = []
  const errors: string[] = []
  const parts = [async () => true, async () => false, () => Promise.reject(new Error('disk full')), async () => false]
  let stopped: Promise<void> | null = null
  const done = new Promise<void>((resolve) => {
    const daily = createDaily({
      work: () => parts.shift()?.() ?? Promise.resolve(false),
      onError: ({ message }) => errors.push(message),
      wait: async (ms) => {
        waits.push(ms)
        if (parts.length > 0) return
        stopped = daily.stop()
        resolve()
      },
    })
    daily.start()
  })
  await done
  await stopped
  expect([waits, errors]).toEqual([[1_000, 86_400_000, 600_000, 86_400_000], ['disk full']])
})
