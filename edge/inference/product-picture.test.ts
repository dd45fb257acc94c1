import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { PictureError } from './picture.ts'
import { productPicture } from './product-picture.ts'

const red = { r: 255, g: 0, b: 0 }
const blue = { r: 0, g: 0, b: 255 }

/** Left half red, right half blue. */
function halves(width: number, height: number) {
  const right = { create: { width: width / 2, height, channels: 3 as const, background: blue } }
  return sharp({ create: { width, height, channels: 3, background: red } }).composite([
    { input: right, left: width / 2, top: 0 },
  ])
}

async function jpegOf(picture: Sharp) {
  return { kind: 'jpeg', bytes: await picture.jpeg().toBuffer() } as const
}

/** Which of the colours of `halves` it is there; a JPEG is a little off. */
function colourAt(bytes: Uint8Array, side: number, x: number): string {
  const [r = 0, , b = 0] = bytes.subarray(((side / 2) * side + x) * 3)
  return r > b ? 'red' : 'blue'
}

describe('productPicture()', () => {
  it('keeps the middle of a wide picture', async () => {
    const bytes = await productPicture(await jpegOf(halves(128, 32)), 32)
    expect(bytes).toHaveLength(32 * 32 * 3)
    expect([colourAt(bytes, 32, 2), colourAt(bytes, 32, 29)]).toEqual(['red', 'blue'])
  })

  it('looks at a part alone, of bytes too', async () => {
    const bytes = new Uint8Array(await halves(128, 32).removeAlpha().raw().toBuffer())
    const picture = { kind: 'rgb', bytes, width: 128, height: 32 } as const
    const part = await productPicture(picture, 32, { left: 80, top: 0, width: 40, height: 30 })
    expect(colourAt(part, 32, 1)).toBe('blue')
  })

  it('gives three colours for a grey picture', async () => {
    expect(await productPicture(await jpegOf(halves(64, 64).greyscale()), 32)).toHaveLength(32 * 32 * 3)
  })

  it('refuses what is truncated or no picture, and a part that lies outside', async () => {
    const whole = await jpegOf(halves(640, 480))
    const half = { kind: 'jpeg', bytes: whole.bytes.subarray(0, whole.bytes.length / 2) } as const
    const none = { kind: 'jpeg', bytes: Buffer.from('nothing to see') } as const
    await expect(productPicture(half, 32)).rejects.toThrow(PictureError)
    await expect(productPicture(none, 32)).rejects.toThrow(PictureError)
    const outside = { left: 600, top: 0, width: 80, height: 30 }
    await expect(productPicture(whole, 32, outside)).rejects.toThrow(PictureError)
  })
})
