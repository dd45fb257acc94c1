import { describe, expect, test } from 'vitest'
import { sent, sentBytes, t0, testStore } from '../testing/store.ts'
import type { Cause } from './causes.ts'
import { check } from './check.ts'
import { type IncomingMessage, maxPayloadBytes } from './message.ts'
import { indexStore } from './store-index.ts'

const index = indexStore(testStore())
const utf8 = (text: string) => new TextEncoder().encode(text)
const weight = (cells: Record<string, unknown>) => ({
  device: 'g1',
  channel: 'raw/weight',
  data: { rateHz: 60, cells },
})
const seen = (cells: string[], from = 0, rest = 1) => ({
  device: 'cam1',
  channel: 'event/product',
  data: { cells, from: t0 + from, to: t0, likelihoods: { water: 2 }, rest },
})
const scans = 'tillfree/1/s1/dev/gate1/event/scan'
const topic = (name: string): IncomingMessage => ({ ...sent(), topic: name })

const refused: readonly [string, IncomingMessage, Cause, string][] = [
  ['a topic of somebody else', topic('homeassistant/light/1'), 'topic', 'wanted tillfree/1/{store}/dev'],
  ['another store', topic('tillfree/1/s2/dev/g1/tele'), 'store', 'found "s2"'],
  ['an unknown device', sent({ device: 'ghost' }), 'device', 'found "ghost"'],
  ['a camera that weighs', { ...sent(weight({})), topic: 'tillfree/1/s1/dev/cam1/raw/weight' }, 'kind', 'kind shelf'],
  [
    '5 MB',
    sentBytes('event/scan', new Uint8Array(5_000_000)),
    'size',
    `found 5000000 bytes, wanted at most ${maxPayloadBytes}`,
  ],
  ['bytes that are not UTF-8', sentBytes('event/scan', Uint8Array.of(0x7b, 0xff, 0xfe)), 'encoding', 'not UTF-8'],
  ['what is not JSON', sentBytes('event/scan', utf8('{"v":1,')), 'json', 'wanted a JSON document'],
  ['NaN', sentBytes('raw/weight', utf8('{"v":1,"ts":NaN}'), 'g1'), 'json', 'NaN'],
  [
    'an infinite reading',
    sent(weight({ c1: [Number.POSITIVE_INFINITY] })),
    'schema',
    '/data/cells/c1/0: found Infinity',
  ],
  [
    'a field of the wrong type',
    sent({ channel: 'event/scan', data: { code: 7 } }),
    'schema',
    '/data/code: found what is not shown, since it may be a code, wanted string',
  ],
  [
    'a field of the wrong type, which it shows',
    sent({ data: { direction: 7 } }),
    'schema',
    '/data/direction: found 7, wanted one of "in", "out"',
  ],
  ['a missing field', sent({ channel: 'event/scan', data: {} }), 'schema', '/data/code: found nothing'],
  ['a scan with garbage', sent({ channel: 'event/scan', data: { code: 'a\u0001b' } }), 'schema', '/data/code'],
  ['a text that a database cuts', sent({ data: { direction: 'in\u0000' } }), 'json', 'found U+0000 in a text'],
  ['a name that a database cuts', sent(weight({ 'c1\u0000': [1] })), 'json', 'found U+0000 in a text'],
  ['a cell that does not exist', sent(weight({ c9: [1] })), 'cell', 'c9'],
  ['a picture of a cell that does not exist', sent(seen(['c1', 'c9'])), 'cell', 'c9'],
  ['a picture of a hand that was never there', sent(seen(['c1'], 9)), 'schema', '/data/to'],
  ['a picture of no likelihood', sent(seen(['c1'], 0, 0)), 'schema', '/data/rest'],
  ['the cell of another device', sent(weight({ d1: [1] })), 'cell', 'belongs to g2'],
  [
    'a cell named __proto__',
    sentBytes('raw/weight', utf8(JSON.stringify(sentValue('__proto__'))), 'g1'),
    'cell',
    '__proto__',
  ],
  ['a time an hour behind', sent({ delayMs: 3_600_000 }), 'clock', '3600 s before its arrival'],
  ['a time an hour ahead', sent({ delayMs: -3_600_000 }), 'clock', '3600 s after its arrival'],
  [
    'a time in seconds',
    { ...sent(), body: { kind: 'json', value: { v: 1, ts: t0 / 1000, boot: 'b', seq: 0, data: {} } } },
    'schema',
    '/ts',
  ],
  ['a status of its own', sentBytes('status', utf8('sleeping')), 'schema', 'wanted online or offline'],
  ['a frame that is no JPEG', sentBytes('raw/frame', utf8('GIF89a'), 'cam1'), 'encoding', 'wanted a JPEG'],
]

function sentValue(cell: string) {
  return JSON.parse(`{"v":1,"ts":${t0},"boot":"b","seq":0,"data":{"rateHz":60,"cells":{"${cell}":[1]}}}`)
}

describe('check()', () => {
  test.each(refused)('refuses %s', (_what, message, cause, words) => {
    const checked = check(message, index)
    expect(checked).toMatchObject({ kind: 'rejected', rejection: { cause } })
    if (checked.kind === 'rejected') expect(checked.rejection.sentence).toContain(words)
  })

  test.each([
    ['a letter that no reader prints', sent({ channel: 'event/scan', data: { code: '4711-CARD\r' } })],
    ['another shape', { ...sent(), topic: scans, body: { kind: 'json', value: '4711-CARD' } } as const],
    ['no JSON', sentBytes('event/scan', utf8('4711-CARD'))],
  ])('shows no card of a scan with %s', (_what, message) => {
    const checked = check(message, index)
    expect(checked).toMatchObject({ kind: 'rejected', rejection: { device: 'gate1' } })
    expect(JSON.stringify(checked)).not.toContain('CARD')
  })

  const nested = (before: string, after: string) =>
    utf8(`${before}${'['.repeat(100_000)}${']'.repeat(100_000)}${after}`)
  const envelope = `{"v":1,"boot":"b","seq":0,"ts":${t0},"data":`
  test.each([
    ['nothing else', nested('', '')],
    ['its data', nested(envelope, '}')],
    ['a field of it', nested(`${envelope}{"direction":`, '}}')],
    ['a field that it does not know', nested(`${envelope}{"direction":"in","more":`, '}}')],
  ])('refuses lists a hundred thousand deep in %s', (_what, bytes) => {
    const checked = check(sentBytes('event/passage', bytes), index)
    expect(checked).toMatchObject({ kind: 'rejected', rejection: { cause: 'json' } })
    if (checked.kind === 'rejected') expect(checked.rejection.found).toBe('something nested too deeply')
  })

  test.each([
    'tillfree/1/s1/dev/gate1/res/open',
    'tillfree/1/s1/dev/gate1/cmd/open',
    'tillfree/1/s1/dev/gate1/event/later',
    'tillfree/1/s1/sim/time',
  ])('ignores %s', (name) => {
    expect(check(topic(name), index)).toMatchObject({ kind: 'ignored' })
  })

  test('takes status as plain text, however it is carried', () => {
    const online = { kind: 'status', device: 'gate1', status: 'online' }
    expect(check(sentBytes('status', utf8('online')), index)).toEqual(online)
    const base = sentBytes('status', new Uint8Array())
    expect(check({ ...base, body: { kind: 'text', text: 'online\n' } }, index)).toEqual(online)
    expect(check({ ...base, body: { kind: 'json', value: 'online' } }, index)).toEqual(online)
  })

  test('takes retained meta however old', () => {
    const meta = sent({ channel: 'meta', data: {}, delayMs: 86_400_000, retain: true })
    expect(check(meta, index)).toMatchObject({ kind: 'message', device: 'gate1' })
  })

  test('takes a frame without EXIF, whose time nobody knows', () => {
    const bytes = Uint8Array.of(0xff, 0xd8, 0xff, 0xda)
    const frame = sentBytes('raw/frame', bytes, 'cam1')
    expect(check(frame, index)).toEqual({ kind: 'frame', device: 'cam1', bytes, takenAt: null })
  })
})
