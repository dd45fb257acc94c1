import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, encode, lengthOf, type SpoolRecord } from './record.ts'

const message = fc.record({
  kind: fc.constant('message' as const),
  arrivedAt: fc.integer({ min: 0, max: 2e12 }),
  topic: fc.string({ maxLength: 20, unit: 'grapheme' }),
  // Texts that look like the beginning of a record are in it on purpose.
  payload: fc
    .oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(Buffer.from('TfTfTf')))
    .map((bytes) => Buffer.from(bytes)),
})
const released = fc.record({
  kind: fc.constant('released' as const),
  watermark: fc.double({ noNaN: true }),
  awaiting: fc.array(fc.nat(0xffffffff), { maxLength: 5 }),
})
const records = fc.array(fc.oneof(message, released), { maxLength: 12 })
const bytesOf = (all: readonly SpoolRecord[]) => Buffer.concat(all.map(encode))

describe('decode()', () => {
  test('gives what was encoded', () => {
    fc.assert(
      fc.property(records, (all) => {
        expect(decode(bytesOf(all))).toEqual({ records: all, damagedBytes: 0, cutBytes: 0 })
      }),
    )
  })

  test('gives all whole records of a file that was cut off anywhere, and says how much was cut', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, at) => {
        const bytes = bytesOf(all)
        const left = bytes.subarray(0, at % (bytes.length + 1))
        const ends = all.map((_, i) => bytesOf(all.slice(0, i + 1)).length)
        const whole = ends.filter((end) => end <= left.length)
        expect(decode(left)).toEqual({
          records: all.slice(0, whole.length),
          damagedBytes: 0,
          cutBytes: left.length - (whole.at(-1) ?? 0),
        })
      }),
    )
  })

  test('finds one bit that was turned, wherever it is, and loses one record by it', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 2, maxLength: 8 }), fc.nat(), (all, at) => {
        const bytes = bytesOf(all)
        const bit = at % (8 * bytes.length)
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const ends = all.map((_, i) => bytesOf(all.slice(0, i + 1)).length)
        const hit = ends.findIndex((end) => bit >> 3 < end)
        const found = decode(bytes)
        expect(found.records).toEqual(all.filter((_, i) => i !== hit))
        expect(found.damagedBytes + found.cutBytes).toBe(encode(all[hit] ?? expect.fail()).length)
      }),
    )
  })
})

describe('lengthOf()', () => {
  test('is how long a message is on disk', () => {
    fc.assert(
      fc.property(message, (one) => {
        expect(encode(one)).toHaveLength(lengthOf(one.topic, one.payload))
      }),
    )
  })
})
