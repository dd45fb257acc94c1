import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDelivery, type Delivery } from './delivery.ts'
import type { OutboxBill, OutboxSource } from './outbox.ts'
import { nameIn } from './stores/own-key.ts'
import { type TestClock, testClock } from './testing/clock.ts'
import { purchaseOf } from './testing/purchase.ts'
import { type Bench, openBench, storeToken } from './testing/service.ts'

/** What the network does to a request. */
type Weather = 'fine' | 'dead' | 'answer lost' | 'never answers'

let bench: Bench
let clock: TestClock
let weather: Weather
let requests: { trip: string; requestId: string }[]
let outbox: OutboxBill[]
let logged: string[]
let running: Delivery[]

beforeEach(async () => {
  bench = await openBench()
  clock = testClock()
  weather = 'fine'
  requests = []
  outbox = []
  logged = []
  running = []
})
afterEach(async () => {
  await Promise.all(running.map((delivery) => delivery.stop()))
  expect(clock.sleepers(), 'nobody sleeps after stop()').toEqual([])
  await bench.close()
})

const source: OutboxSource = {
  pending: async (limit, after) => outbox.filter(({ seq }) => seq > after).slice(0, limit),
  acknowledge: async (seq) => {
    outbox = outbox.filter((entry) => entry.seq !== seq)
  },
}

/** The account service across a network that can be broken. */
const network: typeof fetch = async (url, init) => {
  const payload = String(init?.body)
  const { idempotentShoppingTripId, requestId } = JSON.parse(payload)
  requests.push({ trip: idempotentShoppingTripId, requestId })
  if (weather === 'dead') throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })
  if (weather === 'never answers') return untilAborted(init?.signal ?? undefined)
  const headers = init?.headers as Record<string, string>
  const answer = await bench.app.inject({ url: new URL(String(url)).pathname, method: 'POST', headers, payload })
  if (weather === 'answer lost') throw new TypeError('fetch failed', { cause: new Error('read ECONNRESET') })
  return new Response(answer.body, { status: answer.statusCode })
}

function untilAborted(signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
}

function start(changes: Partial<Parameters<typeof createDelivery>[0]> = {}): Delivery {
  const note = (level: string) => (fields: object, message: string) =>
    void logged.push(`${level} ${message} ${JSON.stringify(fields)}`)
  const delivery = createDelivery({
    source,
    url: 'http://accounts.test',
    token: storeToken,
    now: clock.now,
    fetch: network,
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    wait: clock.wait,
    random: () => 0,
    ...changes,
  })
  running.push(delivery)
  delivery.start()
  return delivery
}

let written = 0
const put = (...trips: string[]) => {
  for (const tripId of trips) outbox.push({ seq: ++written, tripId, purchase: purchaseOf(tripId) })
}
const billedTrips = async () =>
  (await bench.sql.query<{ trip_id: string }>('SELECT trip_id FROM purchase ORDER BY received_at')).map((row) =>
    nameIn('s1', row.trip_id),
  )
/** Waits for what is about to happen; on a busy machine that takes a while. */
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 5 })
const asleepFor = (ms: number) => eventually(() => expect(clock.sleepers()).toEqual([ms]))
/** Nothing to do: past the pause that no kick ends. */
async function idle(): Promise<void> {
  await asleepFor(200)
  clock.advance(200)
  await eventually(() => expect(clock.sleepers()).toEqual([expect.closeTo(29_500, -3)]))
}

describe('createDelivery()', () => {
  test('createDelivery() delivers what waits, and what comes as soon as it is kicked', async () => {
    put('trip-1', 'trip-2', 'trip-3')
    const delivery = start()
    await idle()
    put('trip-4')
    delivery.kick()
    await eventually(() => expect(delivery.metrics().delivered).toBe(4))
    await idle()
    expect(await billedTrips()).toEqual(['trip-1', 'trip-2', 'trip-3', 'trip-4'])
    expect(delivery.metrics()).toEqual({ delivered: 4, failedAttempts: 0, refused: 0 })
    expect(outbox).toEqual([])
  })

  test('createDelivery() looks no more than five times a second, however often it is kicked', async () => {
    let looks = 0
    const counted = async () => {
      looks += 1
      return []
    }
    const delivery = start({ source: { ...source, pending: counted } })
    await asleepFor(200)
    for (let i = 0; i < 100; i++) delivery.kick()
    expect(looks).toBe(1)
    clock.advance(200)
    await asleepFor(200)
    expect(looks).toBe(2)
  })

  test('createDelivery() has at most four requests under way', async () => {
    weather = 'never answers'
    put(...Array.from({ length: 10 }, (_, i) => `trip-${i}`))
    start()
    await eventually(() => expect(clock.sleepers()).toHaveLength(4))
    expect(requests.map(({ trip }) => trip)).toEqual(['trip-0', 'trip-1', 'trip-2', 'trip-3'])
  })

  test('createDelivery() outlasts a dead service, backing off to a minute, with a new requestId each time', async () => {
    weather = 'dead'
    put('trip-1')
    const delivery = start()
    for (const ms of [1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      await asleepFor(ms)
      delivery.kick()
      clock.advance(ms)
    }
    await asleepFor(30_000)
    weather = 'fine'
    clock.advance(30_000)
    await eventually(() => expect(delivery.metrics().delivered).toBe(1))
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length)
    expect(delivery.metrics().failedAttempts).toBe(9)
    expect(logged[0]).toMatch(/^warn a bill could not be delivered .*connect ECONNREFUSED/)
    expect(logged.at(-1)).toMatch(/^info bills can be delivered again/)
  })

  test('createDelivery() gives up a request after ten seconds and tries again', async () => {
    weather = 'never answers'
    put('trip-1')
    const delivery = start()
    await asleepFor(10_000)
    clock.advance(10_000)
    await asleepFor(1000)
    weather = 'fine'
    clock.advance(1000)
    await eventually(() => expect(delivery.metrics().delivered).toBe(1))
    expect(logged[0]).toContain('no answer within 10 s')
  })

  test('createDelivery() bills once when answers are lost, over a restart of the store and the service', async () => {
    weather = 'answer lost'
    put('trip-1', 'trip-2')
    const first = start()
    await asleepFor(1000)
    await first.stop()
    expect([outbox.length, await billedTrips()]).toEqual([2, ['trip-1', 'trip-2']])
    bench = await bench.reopen()
    weather = 'fine'
    const second = start()
    await eventually(() => expect(second.metrics().delivered).toBe(2))
    expect([outbox, await billedTrips()]).toEqual([[], ['trip-1', 'trip-2']])
  })

  test('createDelivery() sets a refused bill aside, tells, goes on with the others and retries hourly', async () => {
    outbox.push({ seq: ++written, tripId: 'bad', purchase: purchaseOf('bad', { account: 'ghost' }) })
    put('trip-1', 'trip-2')
    const delivery = start()
    await idle()
    expect(await billedTrips()).toEqual(['trip-1', 'trip-2'])
    expect(delivery.metrics()).toEqual({ delivered: 2, failedAttempts: 1, refused: 1 })
    expect(logged).toEqual([expect.stringMatching(/^error the account service refuses a bill.*"bad".*UNKNOWN_ACCOUNT/)])
    await bench.app.inject({
      url: '/v1/accounts',
      method: 'POST',
      headers: { authorization: `Bearer ${storeToken}` },
      payload: { id: 'ghost', name: 'Not a ghost' },
    })
    clock.advance(3_540_000)
    await idle()
    expect(requests.filter(({ trip }) => trip === 'bad')).toHaveLength(1)
    clock.advance(60_000)
    await eventually(() => expect(delivery.metrics().refused).toBe(0))
    expect([outbox, delivery.metrics().delivered]).toEqual([[], 3])
  })

  test('createDelivery() delivers what is new behind more refused bills than it remembers', async () => {
    const strangers = new Set<string>()
    const refusing: typeof fetch = async (url, init) => {
      const { idempotentShoppingTripId: trip } = JSON.parse(String(init?.body))
      if (!trip.startsWith('bad-')) return network(url, init)
      strangers.add(trip)
      return new Response('{}', { status: 422 })
    }
    put(...Array.from({ length: 10_400 }, (_, i) => `bad-${i}`), 'trip-1')
    const delivery = start({ fetch: refusing })
    let pauses = 0
    while (delivery.metrics().delivered === 0 && pauses++ < 200) {
      await eventually(() => expect(clock.sleepers().length + delivery.metrics().delivered).toBeGreaterThan(0))
      clock.advance(1000)
    }
    expect([await billedTrips(), strangers.size]).toEqual([['trip-1'], 10_400])
  })

  test('createDelivery() gets past more refused bills than it reads at once to one that broke the service', async () => {
    let tries = 0
    const answering: typeof fetch = async (url, init) => {
      const { idempotentShoppingTripId: trip } = JSON.parse(String(init?.body))
      if (trip.startsWith('bad-')) return new Response('{}', { status: 422 })
      return trip === 'trip-1' && ++tries === 1 ? new Response('oops', { status: 500 }) : network(url, init)
    }
    let looks = 0
    // A store's journal answers from its own thread.
    const pending: typeof source.pending = async (...piece) => {
      looks += 1
      await setImmediate()
      return source.pending(...piece)
    }
    put(...Array.from({ length: 250 }, (_, i) => `bad-${i}`), 'trip-1', 'trip-2')
    start({ fetch: answering, source: { ...source, pending } })
    for (let pauses = 0; pauses < 10 && outbox.length > 250; pauses++) {
      await eventually(() => expect(clock.sleepers().some((ms) => ms <= 1000) || outbox.length === 250).toBe(true))
      clock.advance(1000)
    }
    expect([await billedTrips(), looks < 10]).toEqual([['trip-2', 'trip-1'], true])
  })

  test('createDelivery() does not wait for a clock that was set back', async () => {
    let setBackMs = 0
    let tries = 0
    const breaking: typeof fetch = async (url, init) =>
      ++tries === 1 ? new Response('oops', { status: 500 }) : network(url, init)
    put('trip-1')
    start({ fetch: breaking, now: () => clock.now() - setBackMs })
    await asleepFor(200)
    setBackMs = 86_400_000
    clock.advance(200)
    await asleepFor(800)
    clock.advance(800)
    await eventually(() => expect(outbox).toEqual([]))
  })

  test('createDelivery() lets a bill that breaks the service not hold up the others', async () => {
    const breaking: typeof fetch = async (url, init) =>
      String(init?.body).includes('trip-1"') ? new Response('oops', { status: 500 }) : network(url, init)
    put('trip-1', 'trip-2', 'trip-3')
    const delivery = start({ fetch: breaking })
    await eventually(() => expect(delivery.metrics().delivered).toBe(2))
    await asleepFor(200)
    clock.advance(200)
    await asleepFor(800)
    expect([delivery.metrics().refused, outbox.length]).toEqual([0, 1])
  })

  test('createDelivery() waits when its token is not accepted, and believes no stranger who answers 200', async () => {
    put('trip-1', 'trip-2')
    const delivery = start({ token: 'not-the-token-of-the-store' })
    await asleepFor(1000)
    await delivery.stop()
    expect(logged[0]).toMatch(/^warn .*WRONG_STORE_TOKEN/)
    const portal = start({ fetch: async () => new Response('<h1>Please log in to the Wi-Fi</h1>') })
    await asleepFor(1000)
    expect(portal.metrics()).toMatchObject({ delivered: 0, refused: 0 })
    expect([outbox.length, await billedTrips()]).toEqual([2, []])
  })

  test('createDelivery() keeps going when the outbox cannot be read or written for a while', async () => {
    put('trip-1')
    let broken = true
    const failing = async () => {
      if (broken) throw new Error('disk full')
    }
    const delivery = start({
      source: { ...source, acknowledge: async (seq, at) => failing().then(() => source.acknowledge(seq, at)) },
    })
    await asleepFor(1000)
    expect(logged[0]).toMatch(/^error a delivered bill cannot be marked so/)
    broken = false
    clock.advance(1000)
    await eventually(() => expect(delivery.metrics().delivered).toBe(1))
    expect(await billedTrips()).toEqual(['trip-1'])
  })
})
