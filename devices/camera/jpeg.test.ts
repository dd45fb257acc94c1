import fc from 'fast-check'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { checkJpeg } from './jpeg.ts'

const noise = (width: number, height: number, channels: 1 | 3 | 4 = 3): Sharp =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 7919) % 251),
    {
      raw: { width, height, channels },
    },
  )
const whole = await noise(64, 48).jpeg().toBuffer()

/** The same picture with other bytes behind its SOF0 marker. */
function withFrame(at: number, ...bytes: number[]): Buffer {
  const changed = Buffer.from(whole)
  changed.set(bytes, changed.indexOf(Buffer.from([0xff, 0xc0])) + 4 + at)
  return changed
}

describe('checkJpeg()', () => {
  it.each([
    ['colour', () => whole],
    ['grey', () => noise(64, 48, 1).toColourspace('b-w').jpeg().toBuffer()],
    ['progressive', () => noise(64, 48).jpeg({ progressive: true }).toBuffer()],
    [
      'turned by EXIF, whose pixels count as they are',
      () => noise(64, 48).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    ],
    ['with bytes behind its end', async () => Buffer.concat([whole, Buffer.alloc(500)])],
  ])('takes a picture that is %s', async (_, make) => {
    expect(checkJpeg(await make())).toEqual({ ok: true, header: { width: 64, height: 48 } })
  })

  it.each([
    ['no JPEG', () => Buffer.from('GIF89a'), /begin otherwise/],
    ['a start alone', () => Buffer.from([0xff, 0xd8, 0xff, 0xd9]), /no picture/],
    ['100 megapixels', () => withFrame(1, 0x27, 0x10, 0x27, 0x10), /10000 x 10000 pixels/],
    ['no width', () => withFrame(3, 0, 0), /0 x 48|64 x 0|0 x/],
    ['12 bits a sample', () => withFrame(0, 12), /12 bits/],
    ['CMYK', () => noise(64, 48, 4).toColourspace('cmyk').jpeg().toBuffer(), /4 components/],
    ['1,000 scans', () => manyScans(1000), /more than 32 scans/],
    ['a thousand segments', () => manySegments(1000), /more than 512 segments/],
  ])('refuses %s', async (_, make, found) => {
    const checked = checkJpeg(await make())
    expect(checked.ok ? '' : checked.fault.found).toMatch(found)
  })

  it('refuses a picture cut off anywhere', () => {
    for (let length = 0; length < whole.length; length += 1)
      expect(checkJpeg(whole.subarray(0, length)).ok, `${length} of ${whole.length} bytes`).toBe(false)
  })

  it('never throws and always ends, whatever was damaged', () => {
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 20 })
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, value] of changes) bytes[at] = value
        const checked = checkJpeg(bytes)
        if (checked.ok) expect(checked.header.width * checked.header.height).toBeLessThanOrEqual(32_000_000)
      }),
      { numRuns: 1000 },
    )
  })
})

/** A scan's header and nothing in it, again and again. */
async function manyScans(count: number): Promise<Buffer> {
  const progressive = await noise(64, 48).jpeg({ progressive: true }).toBuffer()
  const scan = progressive.indexOf(Buffer.from([0xff, 0xda]))
  const head = progressive.subarray(scan, scan + 2 + progressive.readUInt16BE(scan + 2))
  return Buffer.concat([progressive.subarray(0, scan), ...Array(count).fill(head), Buffer.from([0xff, 0xd9])])
}

function manySegments(count: number): Buffer {
  return Buffer.concat([whole.subarray(0, 2), ...Array(count).fill(Buffer.from([0xff, 0xfe, 0, 2])), whole.subarray(2)])
}
