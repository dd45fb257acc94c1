import fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { connectPacket } from '../../testing/raw-client.ts'
import { maxControlBytes, maxPacketBytes, PacketReader } from './packet-reader.ts'

const hello = generate(connectPacket())
const publish = (bytes: number) =>
  generate({ cmd: 'publish', topic: 'a/b', payload: Buffer.alloc(bytes, 32), qos: 0, retain: false, dup: false })
/** A header alone: type, and a remaining length in groups of seven bits. */
function header(type: number, length: number): Buffer {
  const bytes = [type << 4]
  for (let rest = length; bytes.length === 1 || rest > 0; rest >>= 7)
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
  return Buffer.from(bytes)
}

/** What comes out, or why not. */
function readAll(...chunks: Buffer[]): Buffer | string {
  const reader = new PacketReader()
  try {
    return Buffer.concat(chunks.map((chunk) => reader.take(chunk)))
  } catch (error) {
    return (error as Error).message
  }
}

describe('PacketReader', () => {
  test('gives packets as they came, however they were cut, and keeps nothing', () => {
    const stream = Buffer.concat([hello, ...[0, 127, 128, 20_000, 3].map(publish)])
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), stream.length]
        const reader = new PacketReader()
        const chunks = borders.slice(1).map((end, i) => reader.take(stream.subarray(borders[i], end)))
        expect(Buffer.concat(chunks).equals(stream)).toBe(true)
        expect(reader.heldBytes).toBe(0)
      }),
    )
  })

  test('gives nothing of a packet that is not all there', () => {
    expect(readAll(hello.subarray(0, -1))).toHaveLength(0)
  })

  test('throws nothing but its own errors, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, joined) => {
        const out = readAll(...(joined ? [hello] : []), Buffer.from(bytes))
        if (typeof out === 'string') expect(out).toMatch(/^(found|the first packet)/)
      }),
    )
  })

  test('holds about what has come, not what was announced', () => {
    const reader = new PacketReader()
    reader.take(hello)
    reader.take(header(3, 1_000_000))
    expect(reader.heldBytes).toBeLessThan(1024)
    reader.take(Buffer.alloc(10_000, 97))
    expect(reader.heldBytes).toBeLessThan(40_000)
  })

  test('names a packet that is too large as soon as its length is there', () => {
    expect(readAll(hello, header(3, 5_000_000))).toBe(
      `found a packet of 5000005 bytes, wanted at most ${maxPacketBytes}`,
    )
    expect(readAll(header(1, 20_000_000))).toContain(`wanted at most ${maxControlBytes}`)
    expect(readAll(hello, header(8, 20_000))).toContain('packet of 20004 bytes')
  })

  test('wants one CONNECT, and that first', () => {
    expect(readAll(publish(10))).toBe('the first packet has type 3, wanted a CONNECT')
    expect(readAll(hello, hello)).toBe('found a second CONNECT')
  })

  test('refuses a length that does not end', () => {
    expect(readAll(Buffer.of(0x10, 0xff, 0xff, 0xff, 0xff))).toContain('more than four bytes')
  })
})
