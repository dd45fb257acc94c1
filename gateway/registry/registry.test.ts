import { describe, expect, test } from 'vitest'
import { createIngest } from '../ingest/ingest.ts'
import type { IncomingMessage } from '../ingest/message.ts'
import { sent, sentBytes, t0, testStore } from '../testing/store.ts'
import { inWords } from './availability.ts'
import { createRegistry } from './registry.ts'

/** How `device` is seen at `t0 + at` milliseconds after these messages. */
function viewOf(device: string, at: number, messages: readonly IncomingMessage[]) {
  const registry = createRegistry(testStore())
  const ingest = createIngest({ store: testStore(), onAccepted: registry.heard })
  for (const message of messages) ingest.receive(message)
  return registry.views(ingest.stats().devices, t0 + at).find(({ id }) => id === device)
}

const status = (text: string, device: string, at = 0) => ({
  ...sentBytes('status', new TextEncoder().encode(text), device),
  arrivedAt: t0 + at,
})
const weight = sent({ device: 'g1', channel: 'raw/weight', data: { rateHz: 60, cells: { c1: [1] } } })
const tele = sent({ channel: 'tele', data: { battery: 73 } })

describe('views()', () => {
  test('has every device of the store file', () => {
    const registry = createRegistry(testStore())
    const views = registry.views(createIngest({ store: testStore() }).stats().devices, t0)
    expect(views.map(({ id, state }) => [id, state])).toEqual(testStore().devices.map(({ id }) => [id, 'never-seen']))
  })

  test('calls a shelf online while it streams, and silent after five seconds', () => {
    expect(viewOf('g1', 4_000, [weight])).toMatchObject({ state: 'online' })
    const silent = viewOf('g1', 70_000, [weight])
    expect(silent?.state).toBe('silent')
    expect(silent?.why).toContain('nothing for a minute')
  })

  test('lets a shelf that sends only events be quiet', () => {
    const data = { cell: 'c1', deltaGrams: -1, sdGrams: 1, from: t0, to: t0 }
    const event = sent({ device: 'g1', channel: 'event/weight', data })
    expect(viewOf('g1', 3_600_000, [event])).toMatchObject({ state: 'online' })
  })

  test('expects a gate to be heard only once it has sent telemetry', () => {
    expect(viewOf('gate1', 3_600_000, [sent()])).toMatchObject({ state: 'online' })
    expect(viewOf('gate1', 80_000, [tele])).toMatchObject({ state: 'online', battery: 73 })
    expect(viewOf('gate1', 100_000, [tele])).toMatchObject({ state: 'silent' })
  })

  test('takes telemetry of a device that has no battery', () => {
    const data = { battery: null, rssi: -60, uptime: 3 }
    expect(viewOf('gate1', 1_000, [sent({ channel: 'tele', data })])).toMatchObject({
      battery: null,
      rejected: 0,
      messages: 1,
    })
  })

  test('goes by the last will, until the device is heard again', () => {
    const gone = [weight, status('offline', 'g1', 1000)]
    expect(viewOf('g1', 61_000, gone)).toMatchObject({
      state: 'offline',
      why: 'It lost its connection or was switched off, a minute ago.',
    })
    expect(viewOf('g1', 3_000, [...gone, status('online', 'g1', 2000)])).toMatchObject({ state: 'online' })
  })

  test('says that a clock is wrong', () => {
    expect(viewOf('gate1', 0, [sent({ delayMs: -3000 })])?.why).toContain('clock is 3 s ahead')
  })

  test('knows model and firmware from retained meta, which is no sign of life', () => {
    const meta = sent({ channel: 'meta', data: { model: 'HX711 board', firmware: '1.2' }, retain: true })
    expect(viewOf('gate1', 0, [meta])).toMatchObject({ model: 'HX711 board', firmware: '1.2', state: 'never-seen' })
  })
})

describe('inWords()', () => {
  test.each([
    [30_000, 'less than a minute'],
    [60_000, 'a minute'],
    [300_000, '5 minutes'],
    [7_200_000, '2 hours'],
    [3 * 86_400_000, '3 days'],
  ])('says %i ms as %s', (durationMs, words) => {
    expect(inWords(durationMs)).toBe(words)
  })
})
