import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createDelivery, type Delivery } from './delivery.ts'
import type { OutboxBill } from './outbox.ts'
import { nameIn } from './stores/own-key.ts'
import { testClock } from './testing/clock.ts'
import { purchaseOf } from './testing/purchase.ts'
import { openBench, storeToken } from './testing/service.ts'

const dayMs = 86_400_000
const offlineMs = 30 * dayMs
const billEveryMs = 90 * 60_000
const restartEveryMs = 5 * dayMs
/** What becomes of one request after another when the cloud comes back: all that a network and a service may do. */
const weathers = ['fine', 'dead', 'fine', 'answer lost', 'busy', 'fine', 'never answers', 'fine', 'answer cut'] as const

test('createDelivery() brings every bill of thirty days without a cloud, once, over restarts of the store and a cloud that stumbles', async () => {
  let bench = await openBench()
  const clock = testClock()
  const start = clock.now()
  let outbox: OutboxBill[] = []
  const acknowledged: number[] = []
  let isOffline = true
  let [requests, underWay, stumbling] = [0, 0, true]

  const ask: typeof fetch = async (url, init) => {
    const answer = await bench.app.inject({
      url: new URL(String(url)).pathname,
      method: 'POST',
      headers: init?.headers as Record<string, string>,
      payload: String(init?.body),
    })
    return new Response(answer.body, { status: answer.statusCode })
  }
  const network: typeof fetch = async (url, init) => {
    const weather = stumbling ? weathers[requests++ % weathers.length] : 'fine'
    if (isOffline || weather === 'dead') throw new TypeError('fetch failed', { cause: new Error('ENETUNREACH') })
    if (weather === 'busy') return new Response('{}', { status: 503 })
    if (weather === 'never answers')
      return new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
    underWay += 1
    const answer = await ask(url, init).finally(() => {
      underWay -= 1
    })
    if (weather === 'answer lost') throw new TypeError('fetch failed', { cause: new Error('ECONNRESET') })
    return weather === 'answer cut' ? new Response('{"outcome":', { status: 201 }) : answer
  }
  const started = (): Delivery => {
    const delivery = createDelivery({
      source: {
        pending: async (limit, after) => outbox.filter(({ seq }) => seq > after).slice(0, limit),
        acknowledge: async (seq) => {
          acknowledged.push(seq)
          outbox = outbox.filter((bill) => bill.seq !== seq)
        },
      },
      url: 'http://accounts.test',
      token: storeToken,
      fetch: network,
      now: clock.now,
      wait: clock.wait,
      random: () => 0.999_999,
      log: { info: () => {}, warn: () => {}, error: () => {} },
    })
    delivery.start()
    return delivery
  }
  /** Time stands still while the service is at work. */
  const goOn = async () => {
    for (let idle = 0; idle < 3; idle++) {
      await turn()
      if (underWay > 0) idle = 0
    }
    clock.advance(clock.sleepers()[0] ?? 0)
  }

  let delivery = started()
  let written = 0
  let restarts = 0
  while (clock.now() - start < offlineMs) {
    await goOn()
    const elapsed = clock.now() - start
    for (; written < Math.floor(elapsed / billEveryMs); written++) {
      outbox.push({ seq: written + 1, tripId: `trip-${written}`, purchase: purchaseOf(`trip-${written}`) })
      delivery.kick()
    }
    if (elapsed < (restarts + 1) * restartEveryMs) continue
    restarts += 1
    await delivery.stop()
    delivery = started()
  }
  expect([outbox.length, acknowledged]).toEqual([written, []])

  isOffline = false
  while (outbox.length > written / 2) await goOn()
  await delivery.stop()
  bench = await bench.reopen()
  delivery = started()
  while (outbox.length > 0) await goOn()
  stumbling = false
  await delivery.stop()

  const trips = await bench.sql.query<{ trip_id: string }>('SELECT trip_id FROM purchase ORDER BY trip_id')
  const expected = Array.from({ length: written }, (_, i) => `trip-${i}`)
  expect(trips.map(({ trip_id }) => nameIn('s1', trip_id))).toEqual(expected.sort())
  expect(acknowledged.sort((a, b) => a - b)).toEqual(Array.from({ length: written }, (_, i) => i + 1))
  expect(requests).toBeGreaterThan(written)
  await bench.close()
})
