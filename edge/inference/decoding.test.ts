import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodedOnce } from './decoding.ts'
import type { Picture } from './picture.ts'

function wall(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: { r: 200, g: 20, b: 30 } } })
}

async function jpeg(image: ReturnType<typeof wall>): Promise<Picture> {
  return { kind: 'jpeg', bytes: await image.jpeg().toBuffer() }
}

describe('decodedOnce()', () => {
  it('gives every pixel, and the same ones whoever asks', async () => {
    const picture = await jpeg(wall(64, 48))
    const [first, second] = await Promise.all([decodedOnce(picture), decodedOnce(picture)])
    expect(first).toMatchObject({ kind: 'rgb', width: 64, height: 48 })
    expect(first.bytes).toHaveLength(64 * 48 * 3)
    expect(second).toBe(first)
    expect(await decodedOnce(first)).toBe(first)
  })

  it('gives three colours of a grey picture', async () => {
    const { bytes } = await decodedOnce(await jpeg(wall(16, 16).greyscale()))
    expect(bytes).toHaveLength(16 * 16 * 3)
  })

  it.each([
    ['is larger than a megapixel', () => jpeg(wall(1200, 900))],
    ['cannot be decoded', async (): Promise<Picture> => ({ kind: 'jpeg', bytes: new Uint8Array(9) })],
  ])('leaves a picture as it is that %s', async (_, make) => {
    const picture = await make()
    expect(await decodedOnce(picture)).toBe(picture)
  })
})
