import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { changeBetween, thumbnail } from './motion-cue.ts'
import { type Picture, PictureError } from './picture.ts'

/** Grey, with a darker block where asked. */
function room(block: readonly [left: number, top: number, width: number, height: number] | null): Picture {
  const [width, height] = [320, 240]
  const bytes = new Uint8Array(width * height * 3).fill(150)
  const [left, top, across, down] = block ?? [0, 0, 0, 0]
  for (let row = top; row < top + down; row++)
    bytes.fill(40, 3 * (row * width + left), 3 * (row * width + left + across))
  return { kind: 'rgb', width, height, bytes }
}

describe('changeBetween()', () => {
  it('is 0 of the same picture, and large where somebody stands who is a twentieth of its width', async () => {
    const [empty, again, somebody] = await Promise.all([room(null), room(null), room([100, 80, 16, 60])].map(thumbnail))
    expect(changeBetween(empty ?? expect.fail(), again ?? expect.fail())).toBe(0)
    expect(changeBetween(empty ?? expect.fail(), somebody ?? expect.fail())).toBeGreaterThan(10)
  })
})

describe('thumbnail()', () => {
  it('gives about the same of a JPEG', async () => {
    const picture = room([100, 80, 40, 60])
    if (picture.kind !== 'rgb') expect.fail()
    const jpeg = await sharp(picture.bytes, { raw: { width: 320, height: 240, channels: 3 } })
      .jpeg()
      .toBuffer()
    const [one, other] = [await thumbnail(picture), await thumbnail({ kind: 'jpeg', bytes: jpeg })]
    expect(one).toHaveLength(32 * 18)
    expect(other).toHaveLength(32 * 18)
    expect(changeBetween(one, other)).toBeLessThan(6)
  })

  it('refuses what is no picture', async () => {
    await expect(thumbnail({ kind: 'jpeg', bytes: new Uint8Array(9) })).rejects.toThrow(PictureError)
  })
})
