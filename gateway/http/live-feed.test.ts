import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createLiveFeed } from './live-feed.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('add() ends the response of who may look no more, at the next heartbeat', async () => {
  const feed = createLiveFeed({ picture: async () => '{}', now: () => 0, onError: () => {} })
  const [gone, here] = [1, 2].map(() => new ServerResponse(new IncomingMessage(new Socket())))
  if (gone === undefined || here === undefined) throw new Error('there are two')
  let may = true
  feed.add(gone, async () => may)
  feed.add(here, async () => true)
  await vi.advanceTimersByTimeAsync(15_000)
  expect([gone.writableEnded, here.writableEnded]).toEqual([false, false])
  may = false
  await vi.advanceTimersByTimeAsync(15_000)
  expect([gone.writableEnded, here.writableEnded]).toEqual([true, false])
  feed.stop()
})
