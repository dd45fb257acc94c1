import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { connectPacket } from '../../testing/raw-client.ts'
import { checkPacket } from './packet-check.ts'
import { ProtocolError } from './protocol-error.ts'

const text = (bytes: string | Buffer) => {
  const body = Buffer.from(bytes)
  return Buffer.concat([Buffer.of(body.length >> 8, body.length & 255), body])
}
const packet = (first: number, ...parts: (Buffer | number)[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)))
  return Buffer.concat([Buffer.of(first, body.length), body])
}
const connect = (flags: number, ...rest: Buffer[]) =>
  packet(0x10, text('MQTT'), 4, flags, 0, 60, ...(rest.length > 0 ? rest : [text('c1')]))

function faultOf(bytes: Buffer): ProtocolError | null {
  try {
    checkPacket(bytes, 2)
    return null
  } catch (error) {
    if (error instanceof ProtocolError) return error
    throw error
  }
}

const overlong = Buffer.of(0xc0, 0x80)
const surrogate = Buffer.of(0xed, 0xa0, 0x80)
const bad: readonly (readonly [string, Buffer, RegExp])[] = [
  ['a client id that is not UTF-8', connect(2, text(overlong)), /CONNECT .* client id is not UTF-8/],
  ['a client id with U+0000', connect(2, text('a\0b')), /client id contains U\+0000/],
  ['a user name with half a surrogate pair', connect(0x82, text('c1'), text(surrogate)), /user name is not UTF-8/],
  ['a will topic with U+0000', connect(6, text('c1'), text('a\0'), text('x')), /will topic contains U\+0000/],
  ['a will topic with a wildcard', connect(6, text('c1'), text('a/#'), text('x')), /will topic has a wildcard/],
  ['a password without a user name', connect(0x42, text('c1'), text('secret')), /password without a user name/],
  ['the reserved flag', connect(3), /reserved flag/],
  ['a will of QoS 3', connect(0x1e, text('c1'), text('a'), text('x')), /will of QoS 3/],
  ['QoS of a will without a will', connect(0x0a), /without a will/],
  ['retain of a will without a will', connect(0x22), /without a will/],
  ['a CONNECT that ends too soon', connect(0x82, text('c1')), /ends within its user name/],
  ['a CONNECT with something behind', connect(2, text('c1'), text('x')), /3 bytes too many/],
  ['another protocol', packet(0x10, text('HTTP'), 4, 2, 0, 60, text('c1')), /not MQTT/],
  ['reserved flags of a CONNECT', packet(0x11, text('MQTT'), 4, 2, 0, 60, text('c1')), /reserved flags/],
  ['a topic that is not UTF-8', packet(0x30, text(overlong)), /PUBLISH .* topic is not UTF-8/],
  ['a topic with U+0000', packet(0x30, text('a\0b')), /topic contains U\+0000/],
  ['a topic with #', packet(0x30, text('a/#')), /topic has a wildcard/],
  ['a topic with +', packet(0x30, text('+/a')), /topic has a wildcard/],
  ['an empty topic', packet(0x30, text('')), /topic is empty/],
  ['QoS 3', packet(0x36, text('a'), 0, 1), /QoS 3/],
  ['a QoS 0 that is sent again', packet(0x38, text('a')), /sent again/],
  ['packet id 0', packet(0x32, text('a'), 0, 0), /packet id is 0/],
  ['no packet id', packet(0x32, text('a')), /ends within its packet id/],
  ['a filter that is not UTF-8', packet(0x82, 0, 1, text(surrogate), 0), /SUBSCRIBE .* not UTF-8/],
  ['a filter with U+0000', packet(0x82, 0, 1, text('a\0'), 0), /U\+0000/],
  ['a # in the middle', packet(0x82, 0, 1, text('a/#/b'), 0), /does not stand alone/],
  ['a # behind a letter', packet(0x82, 0, 1, text('a#'), 0), /does not stand alone/],
  ['a + behind a letter', packet(0x82, 0, 1, text('a+'), 0), /does not stand alone/],
  ['no filter', packet(0x82, 0, 1), /ends within its topic filter/],
  ['an empty filter', packet(0x82, 0, 1, text(''), 0), /filter is empty/],
  ['a subscription of QoS 3', packet(0x82, 0, 1, text('a'), 3), /QoS above 2/],
  ['reserved flags of a SUBSCRIBE', packet(0x80, 0, 1, text('a'), 0), /reserved flags/],
  ['an UNSUBSCRIBE of nothing', packet(0xa2, 0, 1), /ends within its topic filter/],
  ['an acknowledgement with something behind', packet(0x40, 0, 1, 0), /1 bytes too many/],
  ['an acknowledgement of nothing', packet(0x40), /ends within its packet id/],
  ['a PINGREQ with something in it', packet(0xc0, 0), /1 bytes too many/],
  ['what only a server says', packet(0x20, 0, 0), /type 2, which no client sends/],
  ['type 0', packet(0x00), /type 0, which/],
  ['type 15', packet(0xf0), /type 15, which/],
]

describe('checkPacket()', () => {
  test.each(bad)('refuses %s', (_, bytes, words) => {
    expect(faultOf(bytes)?.message).toMatch(words)
    expect(faultOf(bytes)?.connack).toBe(null)
  })

  test.each([
    ['an empty client id without a clean session', connect(0, text('')), 2],
    ['a version of its own', packet(0x10, text('MQTT'), 5, 2, 0, 60, 0, text('c1')), 1],
  ])('has a code for %s', (_, bytes, code) => {
    expect(faultOf(bytes)?.connack).toBe(code)
  })

  test.each([
    ['a whole CONNECT', generate(connectPacket({ username: 'u', password: Buffer.from('p') }))],
    ['MQTT 3.1', packet(0x10, text('MQIsdp'), 3, 2, 0, 60, text('c1'))],
    ['an empty client id in a clean session', connect(2, text(''))],
    ['all that Unicode has', packet(0x30, text('tèst/💡/\uFEFF/\u{10ffff}'))],
    ['filters with wildcards', packet(0x82, 0, 1, text('+/a/#'), 1, text('#'), 2, text('+'), 0, text('/'), 0)],
    ['an UNSUBSCRIBE', packet(0xa2, 0, 1, text('a'), text('b/+'))],
    ['a PUBREL', packet(0x62, 0, 1)],
    ['a DISCONNECT', packet(0xe0)],
  ])('takes %s', (_, bytes) => {
    expect(faultOf(bytes)).toBe(null)
  })
})
