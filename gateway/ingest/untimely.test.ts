import { describe, expect, test } from 'vitest'
import type { SensorEvent } from '../../edge/events.ts'
import { sent, t0, testStore } from '../testing/store.ts'
import type { Rejection } from './causes.ts'
import { createIngest } from './ingest.ts'
import type { IncomingMessage } from './message.ts'

const minuteMs = 60_000
const change = (at: number, more: Parameters<typeof sent>[0] = {}) =>
  sent({
    device: 'g1',
    channel: 'event/weight',
    at,
    data: { cell: 'c1', deltaGrams: -538, sdGrams: 2, from: t0 + at - 400, to: t0 + at },
    ...more,
  })
/** Told in time, so that event time moves on. */
const passage = (at: number, seq: number) => sent({ at, seq })

/** What is given until five seconds after the last arrival, ten times a second. */
function given(messages: readonly IncomingMessage[], restored = false) {
  const refused: Rejection[] = []
  const ingest = createIngest({ store: testStore(), onRejected: (one) => void refused.push(one) })
  const events: SensorEvent[] = []
  const inOrder = [...messages].sort((a, b) => a.arrivedAt - b.arrivedAt)
  const end = (inOrder.at(-1)?.arrivedAt ?? t0) + 7000
  let next = 0
  for (let now = t0; now <= end; now += 100) {
    for (let one = inOrder[next]; one !== undefined && one.arrivedAt <= now; one = inOrder[++next])
      if (restored) ingest.restore(one, true)
      else ingest.receive(one)
    events.push(...ingest.release(now).events)
  }
  const late = events.filter((event) => event.kind === 'late-change')
  return { late, all: events, causes: refused.map(({ cause }) => cause), waiting: ingest.waiting() }
}

describe('createIngest()', () => {
  test('createIngest() gives a change that comes two minutes late for people to look at, as said now, and refuses it', () => {
    const delayMs = 2 * minuteMs
    const known = sent({ device: 'g1', channel: 'tele', seq: 9, data: {} })
    const { late, all, causes } = given([known, change(0, { delayMs }), ...[0, 30_000, delayMs].map(passage)])
    expect(causes).toEqual(['late'])
    expect(late).toMatchObject([{ cell: 'c1', deltaGrams: -538, from: t0 - 400, to: t0, isTimeKnown: true }])
    expect(late[0]?.ts).toBeGreaterThan(t0 + delayMs - 10_000)
    expect(all.filter(({ kind }) => kind === 'weight-change')).toEqual([])
  })

  test('createIngest() takes one that comes within a minute as ever', () => {
    const { late, all } = given([change(0, { delayMs: 50_000 }), passage(0, 1), passage(50_000, 2)])
    expect(late).toEqual([])
    expect(all.filter(({ kind }) => kind === 'weight-change')).toHaveLength(1)
  })

  test.each([
    ['stored up for an hour', 60 * minuteMs, true],
    ['stored up for two days', 48 * 60 * minuteMs, false],
    ['by a clock that is ahead', -60 * minuteMs, false],
  ])('createIngest() gives a change %s, and says whether its time may be believed', (_, delayMs, isTimeKnown) => {
    const at = Math.max(0, delayMs) - delayMs
    const arrival = at + delayMs
    const { late, causes } = given([change(at, { delayMs }), passage(arrival, 1)].map((one) => moved(one, arrival)))
    expect(causes).toEqual(['clock'])
    expect(late).toMatchObject([{ isTimeKnown, told: `b1 0 ${t0 + at - arrival}` }])
  })

  test('createIngest() gives them in an order that does not hang on that of arrival', () => {
    const some = [0, 1, 2, 3].map((seq) => change(seq * 100, { seq, delayMs: 10 * minuteMs - seq * 100 }))
    const moments = (messages: readonly IncomingMessage[]) =>
      given(messages.map((one) => moved(one, 10 * minuteMs))).late
    expect(moments([...some].reverse())).toEqual(moments(some))
    expect(moments(some)).toHaveLength(4)
  })

  test('createIngest() gives nothing again that an earlier process gave, nothing retained, and nothing but changes of shelves', () => {
    const delayMs = 10 * minuteMs
    expect(given([change(-delayMs, { delayMs })], true).late).toEqual([])
    expect(given([change(-delayMs, { delayMs, retain: true })]).late).toEqual([])
    expect(given([sent({ at: -delayMs, delayMs })])).toMatchObject({ late: [], causes: ['clock'] })
  })

  test('createIngest() names what waits to be given', () => {
    const ingest = createIngest({ store: testStore() })
    ingest.receive({ ...change(-minuteMs * 10, { delayMs: minuteMs * 10 }), name: 7 })
    expect(ingest.waiting()).toEqual([7])
    ingest.release(t0 + 10_000)
    expect(ingest.waiting()).toEqual([])
  })
})

/** The same, by a clock that has `arrival` as `t0`. */
function moved(message: IncomingMessage, arrival: number): IncomingMessage {
  const { body } = message
  if (body.kind !== 'json') return message
  const value = body.value as { ts: number; data: { from?: number; to?: number } }
  const { from, to } = value.data
  const times = from === undefined || to === undefined ? {} : { from: from - arrival, to: to - arrival }
  const moment = { ...value, ts: value.ts - arrival, data: { ...value.data, ...times } }
  return { ...message, arrivedAt: message.arrivedAt - arrival, body: { kind: 'json', value: moment } }
}
