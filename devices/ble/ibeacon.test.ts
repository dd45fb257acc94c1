import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeIBeacon, encodeIBeacon } from './ibeacon.ts'

/** Manufacturer data of an iBeacon as a sniffer shows it: company 4C 00, type 02, length 15, UUID, major, minor, C5. */
const captured = Buffer.from('4c000215f7826da64fa24e988024bc5b71e0893e0001004ac5', 'hex')
const fields = { uuid: 'f7826da6-4fa2-4e98-8024-bc5b71e0893e', major: 1, minor: 74, measuredPower: -59 }

describe('decodeIBeacon()', () => {
  test('reads the bytes of the air', () => {
    expect(decodeIBeacon(captured)).toEqual(fields)
  })

  test.each([
    ['an AirPods advertisement (type 07)', '4c000719010e2022758f0100045d2a9d2e3a9be87b1eaf6ec60a1c'],
    ['another company', '590002' + '15f7826da64fa24e988024bc5b71e0893e0001004ac5'],
    ['a cut one', '4c000215f7826da64fa24e98'],
    ['nothing', ''],
  ])('gives null for %s', (_what, hex) => {
    expect(decodeIBeacon(Buffer.from(hex, 'hex'))).toBe(null)
  })

  test('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => void decodeIBeacon(bytes)))
  })
})

describe('encodeIBeacon()', () => {
  test('writes the bytes of the air', () => {
    expect(Buffer.from(encodeIBeacon(fields))).toEqual(captured)
  })

  test('is the inverse of decodeIBeacon()', () => {
    const beacon = fc.record({
      uuid: fc.uuid(),
      major: fc.integer({ min: 0, max: 0xffff }),
      minor: fc.integer({ min: 0, max: 0xffff }),
      measuredPower: fc.integer({ min: -128, max: 127 }),
    })
    fc.assert(
      fc.property(beacon, (value) => {
        expect(decodeIBeacon(encodeIBeacon(value))).toEqual(value)
      }),
    )
  })

  test('names the field that does not fit', () => {
    expect(() => encodeIBeacon({ ...fields, major: 70_000 })).toThrow('major: found 70000, wanted a whole number')
    expect(() => encodeIBeacon({ ...fields, uuid: 'x' })).toThrow('uuid: found "x"')
  })
})
