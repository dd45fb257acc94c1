import { describe, expect, test } from 'vitest'
import { exifJpeg } from '../../devices/camera/exif-fixture.ts'
import type { SensorEvent } from '../../edge/events.ts'
import { sent, sentBytes, t0, testStore } from '../testing/store.ts'
import type { Rejection } from './causes.ts'
import { type Accepted, createIngest, type Ingest } from './ingest.ts'
import type { IncomingMessage } from './message.ts'

const minute = 60_000
const ingestOf = () => createIngest({ store: testStore() })

function receiveAll(ingest: Ingest, messages: readonly IncomingMessage[]): void {
  for (const message of [...messages].sort((a, b) => a.arrivedAt - b.arrivedAt)) ingest.receive(message)
}

/** A message a second from one device, as a device on a good line sends them. */
function steady(seconds: number, extra: Parameters<typeof sent>[0] = {}): IncomingMessage[] {
  return Array.from({ length: seconds }, (_, i) => sent({ seq: i, at: i * 1000, ...extra }))
}

const deviceOf = (ingest: Ingest, id = 'gate1') => ingest.stats().devices.find(({ device }) => device === id)
/** What devices said, without the news of their boots. */
const said = (events: readonly SensorEvent[]) => events.filter(({ kind }) => kind !== 'boot')
const shifted = (events: readonly SensorEvent[]) => said(events).map(({ ts }) => ts - t0)

describe('createIngest() order', () => {
  test('gives events by their own time, whatever the order of arrival', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [sent({ seq: 1, at: 1000 }), sent({ seq: 0, at: 500, delayMs: 900 })])
    expect(shifted(ingest.release(t0 + 10_000).events)).toEqual([500, 1000])
  })

  test('holds six seconds at first, then as long as the slow device needs, and one straggler changes nothing', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(70))
    expect(ingest.stats().holdMs).toBe(1000)
    receiveAll(ingest, [sent({ seq: 70, at: 70_000, delayMs: 2_400 })])
    expect(ingest.stats().holdMs).toBeGreaterThanOrEqual(1000)
    const slow = ingestOf()
    const frames = Array.from({ length: 700 }, (_, i) => sent({ seq: i, at: i * 100, delayMs: 2_400 }))
    receiveAll(slow, [...frames, sent({ seq: 700, at: 70_000, delayMs: 5_000 })])
    expect(slow.stats().holdMs).toBe(2_400 * 1.25 + 250)
    expect(ingestOf().stats().holdMs).toBe(6000)
  })

  test('never takes its watermark back when the hold grows', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(70))
    const before = ingest.release(t0 + 70_000).watermark
    receiveAll(ingest, [sent({ seq: 70, at: 70_000, delayMs: 4_000 })])
    expect(ingest.release(t0 + 70_100).watermark).toBe(before)
  })

  test('refuses as late what is older than what was handed on', () => {
    const heard: Rejection[] = []
    const ingest = createIngest({ store: testStore(), onRejected: (rejection) => heard.push(rejection) })
    receiveAll(ingest, steady(70))
    ingest.release(t0 + 70_000)
    const data = { targets: [] }
    receiveAll(ingest, [sent({ device: 'trk', channel: 'raw/targets', data, at: 66_000, delayMs: 4_050 })])
    expect(ingest.release(t0 + 80_000).events).toEqual([])
    expect(heard.map(({ cause }) => cause)).toEqual(['late'])
    expect(ingest.stats()).toMatchObject({ messages: 71, accepted: 70, rejected: 1 })
  })

  test('takes what is told once for now when it comes late', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(70))
    const { watermark } = ingest.release(t0 + 70_000)
    receiveAll(ingest, [sent({ seq: 70, at: 66_000, delayMs: 4_050 })])
    expect(ingest.release(t0 + 80_000).events.map(({ ts }) => ts)).toEqual([watermark + 1])
  })

  test('says before the first event of a boot that it is one', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [sent({ seq: 4, at: 0 }), sent({ seq: 0, at: 1000, boot: 'b2' }), sent({ seq: 5, at: 1500 })])
    expect(ingest.flush().events.map(({ kind }) => kind)).toEqual(['boot', 'passage', 'boot', 'passage', 'passage'])
  })

  test('gives once what an earlier run took in, whether it had given it to its engine or not', () => {
    const ingest = createIngest({ store: testStore(), watermark: t0 })
    const given = sent({ at: -10 })
    const lateButGiven = sent({ seq: 1, at: -5000 })
    const waiting = sent({ seq: 2, at: 10 })
    const lateAndWaiting = sent({ seq: 3, at: -4000 })
    ingest.restore(given, true)
    ingest.restore(lateButGiven, true)
    ingest.restore(waiting, false)
    ingest.restore(lateAndWaiting, false)
    // A device that heard no acknowledgement says all of it again; and one thing that nobody ever heard.
    const never = sent({ seq: 4, at: -3000 })
    receiveAll(ingest, [given, lateButGiven, waiting, lateAndWaiting, never])
    expect(shifted(ingest.flush().events)).toEqual([1, 1, 10])
    expect(ingest.stats()).toMatchObject({ duplicates: 4, rejected: 0 })
  })

  test('does not take for the word of a slow clock what a device had stored up and an earlier run took in', () => {
    const data = { cell: 'c1', deltaGrams: -500, sdGrams: 2, from: t0 - 300, to: t0 }
    const stored = sent({ device: 'g1', channel: 'event/weight', data, delayMs: 95_000 })
    const kinds = (wasGiven?: boolean) => {
      const ingest = createIngest({ store: testStore(), watermark: t0 + 80_000 })
      if (wasGiven === undefined) receiveAll(ingest, [stored])
      else ingest.restore(stored, wasGiven)
      return ingest.flush().events.flatMap(({ kind }) => (kind === 'boot' ? [] : [kind]))
    }
    expect([kinds(), kinds(false)]).toEqual([['weight-change'], ['late-change']])
  })

  test('takes for late what is said all the time and an earlier run may have given', () => {
    const ingest = createIngest({ store: testStore(), watermark: t0 })
    const targets = { device: 'trk', channel: 'raw/targets', data: { targets: [] } }
    receiveAll(ingest, [sent({ ...targets, at: -10 }), sent({ ...targets, seq: 1, at: 10 })])
    expect(shifted(ingest.flush().events)).toEqual([10])
  })

  test('flush() gives all that waits', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(3))
    expect(shifted(ingest.flush().events)).toEqual([0, 1000, 2000])
    expect(ingest.stats().buffered).toBe(0)
  })
})

describe('createIngest() clocks', () => {
  test('sets back a clock that is ahead, and the times inside a weight change with it', () => {
    const ingest = ingestOf()
    const data = { cell: 'c1', deltaGrams: -500, sdGrams: 2, from: t0 + 100, to: t0 + 900 }
    receiveAll(ingest, [sent({ device: 'g1', channel: 'event/weight', at: 1000, delayMs: -3000, data })])
    expect(said(ingest.flush().events)).toMatchObject([{ ts: t0 - 2000, from: t0 - 2900, to: t0 - 2100 }])
    expect(deviceOf(ingest, 'g1')?.clockOffsetMs).toBe(3000)
  })

  test('takes a constant late arrival for no wrong clock', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(5, { delayMs: 2_400 }))
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(0)
    expect(shifted(ingest.flush().events)).toEqual([0, 1000, 2000, 3000, 4000])
  })

  test('moves up a clock that is so far behind that no line can be the reason', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(5, { delayMs: 90_000 }))
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(-90_000)
    expect(shifted(ingest.flush().events)).toEqual([90_000, 91_000, 92_000, 93_000, 94_000])
  })

  test('moves up the clock of a gate that is again and again so far behind that no scan would open anything', () => {
    const ingest = ingestOf()
    const data = { cell: 'c1', deltaGrams: -500, sdGrams: 2, from: t0, to: t0 }
    const shelf = (at: number) => sent({ device: 'g1', channel: 'event/weight', seq: at, at, delayMs: 5_400, data })
    const [first, second] = [
      [sent({ delayMs: 5_400 }), shelf(0)],
      [sent({ seq: 1, at: 8_000, delayMs: 5_500 }), shelf(8_000)],
    ]
    receiveAll(ingest, first)
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(0)
    receiveAll(ingest, second)
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(-5_400)
    expect(deviceOf(ingest, 'g1')?.clockOffsetMs).toBe(0)
  })

  test('lets one slip move nothing else', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(30))
    ingest.receive(sent({ seq: 30, at: 33_000, delayMs: -3000 }))
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(0)
    expect(shifted(ingest.flush().events).at(-1)).toBe(30_000)
  })

  test('knows what was stored up during an outage as old', () => {
    const ingest = ingestOf()
    receiveAll(ingest, steady(30))
    ingest.release(t0 + 3 * minute)
    receiveAll(ingest, [sent({ seq: 30, at: minute, delayMs: 2 * minute })])
    ingest.release(t0 + 4 * minute)
    expect(ingest.stats().causes).toMatchObject([{ cause: 'late', count: 1 }])
  })

  test('takes one word that comes in time for what it is, whatever else was stored up over two outages', () => {
    const ingest = ingestOf()
    const stored = (seq: number, at: number, arrived: number) => sent({ seq, at, delayMs: arrived - at })
    receiveAll(ingest, [stored(1, 0, 100_000)])
    ingest.release(t0 + 199_000)
    receiveAll(ingest, [
      sent({ channel: 'tele', seq: 2, at: 200_000, data: {} }),
      stored(3, 110_000, 200_050),
      stored(4, 130_000, 206_000),
    ])
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(0)
    ingest.release(t0 + 4 * minute)
    expect(ingest.stats().causes).toMatchObject([{ cause: 'late', count: 2 }])
  })

  test('starts afresh with a new boot', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [...steady(5, { delayMs: -3000 }), ...steady(5, { boot: 'b2', delayMs: 3_050 })])
    expect(deviceOf(ingest)?.clockOffsetMs).toBe(0)
  })

  test('takes no clock from retained messages', () => {
    const ingest = ingestOf()
    ingest.receive(sent({ channel: 'meta', data: {}, delayMs: 86_400_000, retain: true }))
    expect(deviceOf(ingest)).toMatchObject({ clockOffsetMs: null, lastSeen: null, accepted: 1 })
  })
})

describe('createIngest() sequence', () => {
  test('drops what comes twice, by seq or by id', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [sent({ id: 'x' }), sent({ id: 'x', delayMs: 300 }), sent({ seq: 1, id: 'x', delayMs: 400 })])
    expect(said(ingest.flush().events)).toHaveLength(1)
    expect(deviceOf(ingest)?.duplicates).toBe(2)
  })

  test('takes what has the id of something else for something new: devices count their ids anew at each start', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [sent({ id: '0' }), sent({ id: '0', boot: 'b2', at: 200 })])
    expect(shifted(ingest.flush().events)).toEqual([0, 200])
    expect(deviceOf(ingest)?.duplicates).toBe(0)
  })

  test('counts what never came, and not what came out of order', () => {
    const ingest = ingestOf()
    const [a, b, c, d] = [0, 1, 2, 5].map((seq) => sent({ seq, at: seq * 10 }))
    for (const message of [a, c, d, b]) if (message !== undefined) ingest.receive({ ...message, arrivedAt: t0 + 500 })
    expect(deviceOf(ingest)?.lost).toBe(2)
  })

  test('counts what it does not read as come, so that answers to commands are no loss', () => {
    const ingest = ingestOf()
    const answer = (seq: number) => sent({ seq, at: seq * 10, channel: 'res/open', data: { txn: 't', status: 'ok' } })
    const cut = { ...answer(4), body: { kind: 'json', value: { boot: 'b1', seq: 'four' } } as const }
    receiveAll(ingest, [sent({ seq: 0 }), answer(1), answer(1), answer(2), sent({ seq: 3, at: 30 }), cut])
    ingest.receive(sent({ seq: 5, at: 50 }))
    expect(deviceOf(ingest)).toMatchObject({ lost: 1, duplicates: 0, rejected: 0 })
    expect(ingest.stats().ignored).toBe(4)
  })

  test('counts from 0 again in a new boot, and still takes a straggler of the old one', () => {
    const ingest = ingestOf()
    receiveAll(ingest, [sent({ seq: 100 }), sent({ boot: 'b2', at: 200 }), sent({ seq: 101, at: 100, delayMs: 300 })])
    expect(shifted(ingest.flush().events)).toEqual([0, 100, 200])
    expect(deviceOf(ingest)?.lost).toBe(0)
  })

  test('onAccepted hears of a scan at once, with its corrected time', () => {
    const heard: unknown[] = []
    const ingest = createIngest({ store: testStore(), onAccepted: (accepted) => heard.push(accepted) })
    ingest.receive(sent({ channel: 'event/scan', data: { code: 'A1' }, delayMs: -1000 }))
    expect(heard).toMatchObject([{ kind: 'message', event: { kind: 'scan', code: 'A1', ts: t0 - 1000 } }])
  })
})

describe('createIngest() repeats', () => {
  test('knows within the minute what happened once, however many readings came since', () => {
    const ingest = ingestOf()
    const change = { cell: 'c1', deltaGrams: -538, sdGrams: 1, from: t0, to: t0 }
    const told = (at: number) => ({
      ...sent({ device: 'g1', channel: 'event/weight', data: change }),
      arrivedAt: t0 + at,
    })
    const weights = { device: 'g1', channel: 'raw/weight', data: { rateHz: 60, cells: {} } }
    const readings = Array.from({ length: 3600 }, (_, i) => sent({ ...weights, seq: i + 1, at: (i + 1) * 16 }))
    receiveAll(ingest, [told(50), ...readings, told(59_000)])
    expect(deviceOf(ingest, 'g1')).toMatchObject({ accepted: 3601, duplicates: 1 })
  })
})

describe('createIngest() fault', () => {
  test.each(['receive', 'restore'] as const)('of its own costs one message, by %s()', (way) => {
    const refused: Rejection[] = []
    const onAccepted = (accepted: Accepted) => {
      if (accepted.kind === 'message' && accepted.message.envelope.seq === 1) throw new Error('a gap in the shelf')
    }
    const ingest = createIngest({ store: testStore(), onAccepted, onRejected: (rejection) => refused.push(rejection) })
    for (const message of steady(3))
      if (way === 'receive') ingest.receive(message)
      else ingest.restore(message, false)
    expect(ingest.stats()).toMatchObject({ messages: 3, accepted: 2, rejected: 1 })
    expect(refused).toMatchObject([{ cause: 'fault', device: 'gate1', found: '"a gap in the shelf"' }])
  })
})

describe('createIngest() overload', () => {
  test('sheds beacons first and never a passage', () => {
    const ingest = ingestOf()
    for (let seq = 0; seq < 100_000; seq += 1) ingest.receive(sent({ seq, at: seq / 100 }))
    const beacon = sent({ device: 'rx1', channel: 'event/adv', data: { advs: [] }, at: 1001 })
    expect(ingest.receive(beacon)?.cause).toBe('overload')
    expect(ingest.receive(sent({ seq: 100_000, at: 1001 }))).toBe(null)
    expect(ingest.receive(sent({ device: 'trk', channel: 'raw/targets', data: { targets: [] }, at: 1001 }))).toBe(null)
  })
})

describe('createIngest() frames', () => {
  /** A frame that says `offMs` more than the true time, taken `at` and here 300 ms later; when it counts as taken. */
  function takenAt(frames: readonly { at: number; offMs: number | null }[]): { ts: number[]; offset: unknown } {
    const ts: number[] = []
    const onAccepted = (accepted: Accepted) => void (accepted.kind === 'frame' && ts.push(accepted.ts - t0))
    const ingest = createIngest({ store: testStore(), onAccepted })
    for (const { at, offMs } of frames) {
      const said = offMs === null ? null : new Date(t0 + at + offMs).toISOString()
      const date = said?.slice(0, 19).replaceAll('-', ':').replace('T', ' ') ?? '0000:00:00 00:00:00'
      const bytes = exifJpeg(date, said?.slice(20, 23) ?? '000')
      ingest.receive({ ...sentBytes('raw/frame', bytes, 'cam1'), arrivedAt: t0 + at + 300 })
    }
    return { ts, offset: deviceOf(ingest, 'cam1')?.clockOffsetMs }
  }
  const each = (offMs: number | null) => [0, 1000, 2000].map((at) => ({ at, offMs }))

  test.each([
    ['right', 0, [0, 1000, 2000], 0],
    ['3 s ahead', 3_000, [300, 1300, 2300], 2_700],
    ['3 s behind', -3_000, [300, 1300, 2300], -3_300],
    ['an hour behind', -3_600_000, [300, 1300, 2300], -3_600_300],
    ['not set', null, [300, 1300, 2300], null],
  ])('take a camera whose clock is %s', (_, offMs, times, offset) => {
    expect(takenAt(each(offMs))).toEqual({ ts: times, offset })
  })

  test('count from their arrival while a clock was set back by an hour', () => {
    expect(takenAt([...each(0), { at: 3000, offMs: -3_600_000 }, { at: 4000, offMs: 0 }]).ts.slice(3)).toEqual([
      3300, 4000,
    ])
  })
})
