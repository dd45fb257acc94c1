import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacketScanner, maxConnectBytes, maxPacketBytes } from './packet-limit.ts'

/** A packet of a type with a body of zeros: type and flags, remaining length in groups of seven bits, body. */
function packet(type: number, length: number): Buffer {
  const header = [type << 4]
  let rest = length
  do {
    header.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length)])
}

const hello = packet(1, 14)
const publish = (bytes: number) => packet(3, bytes)

function scanAll(...chunks: Uint8Array[]): string | null {
  const scanner = createPacketScanner()
  for (const chunk of chunks) {
    const fault = scanner.scan(chunk)
    if (fault !== null) return fault
  }
  return null
}

describe('createPacketScanner()', () => {
  test('lets ordinary packets pass, however they are cut', () => {
    const stream = Buffer.concat([hello, publish(0), publish(127), publish(128), publish(20_000), publish(3)])
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 20 }), (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), stream.length]
        const chunks = borders.slice(1).map((end, i) => stream.subarray(borders[i], end))
        expect(scanAll(...chunks)).toBe(null)
      }),
    )
  })

  test('names a packet that is too large as soon as its length is there', () => {
    const large = publish(5_000_000)
    expect(scanAll(hello, large.subarray(0, 5))).toBe(
      `found a packet of 5000000 bytes, wanted at most ${maxPacketBytes}`,
    )
  })

  test('gives a stranger less room', () => {
    expect(scanAll(Uint8Array.of(0x10, 0xff, 0xff, 0x7f))).toContain(`wanted at most ${maxConnectBytes}`)
  })

  test('wants a CONNECT first', () => {
    expect(scanAll(publish(10))).toBe('the first packet has type 3, wanted a CONNECT')
  })

  test('refuses a length that does not end', () => {
    expect(scanAll(Uint8Array.of(0x10, 0xff, 0xff, 0xff, 0xff))).toContain('more than four bytes')
  })
})
