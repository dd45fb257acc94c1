import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { frameInto } from './framing.ts'
import { framedPixels, PictureError, sizeOf } from './picture.ts'

const input = { width: 300, height: 300 }
const red = { r: 200, g: 20, b: 30 }
const plain = sharp({ create: { width: 640, height: 480, channels: 3, background: red } })

/** The same bytes, said to be of another size: JPEG, start of frame (ITU T.81, B.2.2). */
function resized(jpeg: Uint8Array, width: number, height: number): Uint8Array {
  const bytes = Buffer.from(jpeg)
  const frame = bytes.indexOf(Buffer.from([0xff, 0xc0]))
  bytes.writeUInt16BE(height, frame + 5)
  bytes.writeUInt16BE(width, frame + 7)
  return bytes
}

function pixelAt(pixels: Uint8Array, x: number, y: number): number[] {
  return [...pixels.subarray(3 * (y * input.width + x), 3 * (y * input.width + x) + 3)]
}

describe('sizeOf()', () => {
  it('reads a JPEG’s header', async () => {
    expect(await sizeOf({ kind: 'jpeg', bytes: await plain.jpeg().toBuffer() })).toEqual({ width: 640, height: 480 })
  })

  it('refuses 100 megapixels without decoding them', async () => {
    const huge = resized(await plain.jpeg().toBuffer(), 10_000, 10_000)
    await expect(sizeOf({ kind: 'jpeg', bytes: huge })).rejects.toThrow(PictureError)
    await expect(sizeOf({ kind: 'jpeg', bytes: huge })).rejects.toThrow('found 10000 x 10000 pixels, wanted at most 32')
  })

  it.each([
    ['another format', () => plain.png().toBuffer(), 'found "89504e" at its beginning, wanted "ffd8ff" (JPEG)'],
    ['a vector graphic', async () => Buffer.from('<svg/>'), 'found "3c7376"'],
    ['nothing', async () => Buffer.alloc(0), 'found ""'],
  ])('refuses %s', async (_, bytes, message) => {
    const picture = { kind: 'jpeg', bytes: await bytes() } as const
    await expect(sizeOf(picture)).rejects.toThrow(PictureError)
    await expect(sizeOf(picture)).rejects.toThrow(message)
  })

  it('refuses rows of bytes that are not as many as said', async () => {
    const picture = { kind: 'rgb', width: 10, height: 10, bytes: new Uint8Array(299) } as const
    await expect(sizeOf(picture)).rejects.toThrow('found 299 bytes, wanted 10 x 10 x 3')
  })
})

describe('framedPixels()', () => {
  const framing = frameInto({ width: 640, height: 480 }, input)

  it('puts a JPEG and the same as bytes at the same place, with grey around', async () => {
    const bytes = await plain.raw().toBuffer()
    for (const picture of [
      { kind: 'jpeg', bytes: await plain.jpeg().toBuffer() },
      { kind: 'rgb', bytes, width: 640, height: 480 },
    ] as const) {
      const pixels = await framedPixels(picture, framing, input)
      expect(pixels).toHaveLength(300 * 300 * 3)
      expect(pixelAt(pixels, 150, 36)).toEqual([127, 127, 127])
      for (const [index, value] of [200, 20, 30].entries())
        expect(Math.abs((pixelAt(pixels, 150, 37)[index] ?? 0) - value)).toBeLessThanOrEqual(3)
      expect(pixelAt(pixels, 150, 263)).toEqual([127, 127, 127])
    }
  })

  it('gives three channels for a grey JPEG', async () => {
    const bytes = await plain.clone().greyscale().jpeg().toBuffer()
    const [r, g, b] = pixelAt(await framedPixels({ kind: 'jpeg', bytes }, framing, input), 150, 150)
    expect([g, b]).toEqual([r, r])
  })

  it('refuses a JPEG that was cut off', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const
    const create = { width: 640, height: 480, channels: 3, background: red, noise } as const
    const whole = await sharp({ create }).jpeg().toBuffer()
    const picture = { kind: 'jpeg', bytes: whole.subarray(0, whole.length / 2) } as const
    await expect(framedPixels(picture, framing, input)).rejects.toThrow(PictureError)
  })
})
