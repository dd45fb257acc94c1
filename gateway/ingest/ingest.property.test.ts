import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sent, t0, testStore } from '../testing/store.ts'
import { createIngest } from './ingest.ts'
import type { IncomingMessage } from './message.ts'

const devices = ['gate1', 'g1', 'trk'] as const
const dataOf = {
  gate1: { channel: 'event/passage', data: { direction: 'out' } },
  g1: { channel: 'raw/weight', data: { rateHz: 60, cells: { c1: [1, 2, null] } } },
  trk: { channel: 'raw/targets', data: { targets: [] } },
} as const

const reading = fc.record({
  device: fc.constantFrom(...devices),
  at: fc.integer({ min: 0, max: 20_000 }),
  delayMs: fc.integer({ min: -2_000, max: 3_000 }),
})

/** Each device counts its own messages in the order in which it sends them. */
const day = fc.array(reading, { maxLength: 60 }).map((readings) => {
  const counts = new Map<string, number>()
  return [...readings]
    .sort((a, b) => a.at - b.at)
    .map(({ device, at, delayMs }) => {
      const seq = counts.get(device) ?? 0
      counts.set(device, seq + 1)
      return sent({ device, at, delayMs, seq, ...dataOf[device] })
    })
})

const stepMs = 200
/** Everything arrives at the end of its step, so that a step has many messages of one arrival time. */
const stepOf = ({ arrivedAt }: IncomingMessage) => Math.ceil(arrivedAt / stepMs) * stepMs

function run(messages: readonly IncomingMessage[]) {
  const ingest = createIngest({ store: testStore() })
  const events = []
  const watermarks = []
  const steps = messages.map((message) => ({ ...message, arrivedAt: stepOf(message) }))
  for (let now = t0 - 4 * stepMs * 10; now <= t0 + 90_000; now += stepMs) {
    for (const message of steps) if (message.arrivedAt === now) ingest.receive(message)
    const released = ingest.release(now)
    watermarks.push(released.watermark)
    events.push(...released.events)
  }
  events.push(...ingest.flush().events)
  return { events, watermarks, stats: ingest.stats() }
}

/** A clock found to be ahead by a message that arrives together with others: their ages hang on it, not on their order. */
const aheadAtOnce = [
  [0, 0],
  [5_901, -901],
  [13_401, 0],
  [13_401, 0],
  [15_001, 0],
  [15_001, -1_401],
].map(([at = 0, delayMs = 0], seq) => sent({ device: 'gate1', at, delayMs, seq, ...dataOf.gate1 }))

describe('createIngest()', () => {
  test('gives the same for every order of arrival within a step', () => {
    fc.assert(
      fc.property(
        day.chain((messages) =>
          fc.tuple(fc.constant(messages), fc.shuffledSubarray(messages, { minLength: messages.length })),
        ),
        ([messages, shuffled]) => {
          expect(run(shuffled).events).toEqual(run(messages).events)
        },
      ),
      { examples: [[[aheadAtOnce, aheadAtOnce.toReversed()]]] },
    )
  })

  test('is in order, and its watermark never goes back', () => {
    fc.assert(
      fc.property(day, (messages) => {
        const { events, watermarks } = run(messages)
        const times = events.map(({ ts }) => ts)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(watermarks).toEqual([...watermarks].sort((a, b) => a - b))
      }),
    )
  })

  test('gives the same when messages come twice', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 1000 }), (messages, laterMs) => {
        const again = messages.map((message) => ({ ...message, arrivedAt: message.arrivedAt + laterMs }))
        expect(run([...messages, ...again]).events).toEqual(run(messages).events)
      }),
    )
  })

  test('counts every message once, whatever it is', () => {
    const channel = fc.constantFrom('status', 'meta', 'tele', 'raw/weight', 'event/passage', 'res/open', 'raw/frame')
    const anything = fc.record({
      arrivedAt: fc.integer({ min: t0, max: t0 + 1000 }),
      topic: fc.oneof(
        fc.string(),
        fc.tuple(fc.constantFrom(...devices, 'ghost'), channel).map(([d, c]) => `tillfree/1/s1/dev/${d}/${c}`),
      ),
      body: fc.oneof(
        fc.record({ kind: fc.constant('json' as const), value: fc.anything() }),
        fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 40 }) }),
        fc.constant(sent().body),
      ),
      retain: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 30 }), (messages) => {
        const ingest = createIngest({ store: testStore() })
        for (const message of messages) ingest.receive(message)
        ingest.flush()
        const { accepted, rejected, duplicates, ignored, causes, ...stats } = ingest.stats()
        expect(stats.messages).toBe(messages.length)
        expect(accepted + rejected + duplicates + ignored).toBe(messages.length)
        expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(rejected)
      }),
    )
  })
})
