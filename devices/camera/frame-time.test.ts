import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exifJpeg, jfif, scan } from './exif-fixture.ts'
import { frameTime, isJpeg } from './frame-time.ts'

describe('frameTime()', () => {
  test.each([
    ['123', 123],
    ['5', 500],
    ['042', 42],
    ['123456', 123],
    ['', 0],
  ])('reads DateTimeOriginal as UTC and SubSecTimeOriginal "%s" as a fraction', (subSecond, milliseconds) => {
    const time = Date.UTC(2026, 10, 21, 9, 8, 7, milliseconds)
    expect(frameTime(exifJpeg('2026:11:21 09:08:07', subSecond))).toBe(time)
  })

  test('gives null for a JPEG without EXIF', () => {
    expect(frameTime(Buffer.concat([Buffer.from([0xff, 0xd8]), jfif, scan]))).toBe(null)
  })

  test('gives null for a camera that does not know the time', () => {
    expect(frameTime(exifJpeg('0000:00:00 00:00:00', '000'))).toBe(null)
    expect(frameTime(exifJpeg('    :  :     :  :  ', ''))).toBe(null)
  })

  test('never throws on a JPEG that was cut or damaged', () => {
    const whole = exifJpeg('2026:11:21 09:08:07', '123')
    const damage = fc.tuple(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))))
    fc.assert(
      fc.property(damage, ([length, changes]) => {
        const bytes = Buffer.from(whole)
        for (const [at, value] of changes) bytes[at] = value
        const time = frameTime(bytes.subarray(0, length))
        expect(time === null || Number.isFinite(time)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  test('never throws on garbage', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void frameTime(Uint8Array.of(0xff, 0xd8, 0xff, ...bytes))))
  })
})

describe('isJpeg()', () => {
  test('goes by the first three bytes', () => {
    expect(isJpeg(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0))).toBe(true)
    expect(isJpeg(new TextEncoder().encode('\x89PNG'))).toBe(false)
    expect(isJpeg(new Uint8Array())).toBe(false)
  })
})
