import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { PictureError } from './picture.ts'
import { productViews } from './product-picture.ts'

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

/** Which of the colours of `halves` the first pixel has; a JPEG is a little off. */
function colourOf([r = 0, , b = 0]: Uint8Array): string {
  return r > b ? 'red' : 'blue'
}

/** In the middle row of a view. */
function colourAt(bytes: Uint8Array, side: number, x: number): string {
  return colourOf(bytes.subarray(((side / 2) * side + x) * 3))
}

describe('productViews()', () => {
  it('keeps the middle of a wide picture', async () => {
    const bytes = await productViews(await jpegOf(halves(128, 32)), 32)
    expect(bytes).toHaveLength(3 * 32 * 32 * 3)
    expect([colourAt(bytes, 32, 2), colourAt(bytes, 32, 29)]).toEqual(['red', 'blue'])
  })

  it('looks at the whole, and closer and closer at its middle', async () => {
    const rim = sharp({ create: { width: 100, height: 100, channels: 3, background: red } })
    const middle = { create: { width: 70, height: 70, channels: 3 as const, background: blue } }
    const picture = await jpegOf(rim.composite([{ input: middle, left: 15, top: 15 }]))
    const views = await productViews(picture, 32)
    const corners = [0, 1, 2].map((view) => colourOf(views.subarray(view * 32 * 32 * 3)))
    expect(corners).toEqual(['red', 'red', 'blue'])
  })

  it('looks at a part alone, of bytes too', async () => {
    const bytes = new Uint8Array(await halves(128, 32).removeAlpha().raw().toBuffer())
    const picture = { kind: 'rgb', bytes, width: 128, height: 32 } as const
    const part = await productViews(picture, 32, { left: 80, top: 0, width: 40, height: 30 })
    expect(colourAt(part, 32, 1)).toBe('blue')
  })

  it('gives three colours for a grey picture', async () => {
    expect(await productViews(await jpegOf(halves(64, 64).greyscale()), 32)).toHaveLength(3 * 32 * 32 * 3)
  })

  it('refuses what is truncated or no picture, and a part that lies outside', async () => {
    const whole = await jpegOf(halves(640, 480))
    const half = { kind: 'jpeg', bytes: whole.bytes.subarray(0, whole.bytes.length / 2) } as const
    const none = { kind: 'jpeg', bytes: Buffer.from('nothing to see') } as const
    await expect(productViews(half, 32)).rejects.toThrow(PictureError)
    await expect(productViews(none, 32)).rejects.toThrow(PictureError)
    const outside = { left: 600, top: 0, width: 80, height: 30 }
    await expect(productViews(whole, 32, outside)).rejects.toThrow(PictureError)
  })
})
