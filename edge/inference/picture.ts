/** Pictures as they come in, and as a network wants them. */
import sharp, { type Sharp } from 'sharp'
import type { Box, Framing, Size } from './framing.ts'
import { isModest, type Rgb, shrinkInto } from './shrink.ts'

export type Picture =
  /** As a camera sends it. */
  | { readonly kind: 'jpeg'; readonly bytes: Uint8Array }
  /** Rows of red, green and blue bytes, as a video decoder gives them. */
  | ({ readonly kind: 'rgb' } & Rgb)

/** A picture that cannot be looked at: the sender's fault. */
export class PictureError extends Error {
  override readonly name = 'PictureError'
}

// Whoever looks at pictures takes one core from those who serve sensors, and no picture comes twice.
sharp.concurrency(1)
sharp.cache(false)

/** Four times a 4K frame; no camera in a shop sends more, and 32 megapixels decode into 96 MB. */
const maxPixels = 32_000_000
/** Start of image and of the next marker (ITU T.81, B.1.1.3). */
const startOfJpeg = 'ffd8ff'
/** What a network sees as nearly zero where bytes are brought to -1 … 1, as its convolutions see beyond their edge. */
const grey = 127
/** What MediaPipe puts beyond the edge for its pose network (image_to_tensor, BORDER_ZERO). */
const black = 0

/** Reads a JPEG's header. Throws a PictureError for what is no JPEG, is too large, or is cut off within its header. */
export async function sizeOf(picture: Picture): Promise<Size> {
  if (picture.kind === 'rgb') return rgbSize(picture)
  try {
    const { width, height } = await openJpeg(picture.bytes, false).metadata()
    if (width * height > maxPixels)
      throw new PictureError(`found ${width} x ${height} pixels, wanted at most ${maxPixels / 1e6} megapixels`)
    return { width, height }
  } catch (error) {
    throw asPictureError(error)
  }
}

function rgbSize({ bytes, width, height }: Picture & { readonly kind: 'rgb' }): Size {
  if (bytes.length !== width * height * 3)
    throw new PictureError(`found ${bytes.length} bytes, wanted ${width} x ${height} x 3`)
  return { width, height }
}

/**
 * Bytes [input.height, input.width, 3]: the picture at its place in the frame, grey around. They are written over `pixels`
 * where that is given. Throws a PictureError for a JPEG that is cut off or damaged.
 */
export async function framedPixels(
  picture: Picture,
  framing: Framing,
  input: Size,
  pixels = emptyPixels(input),
): Promise<Uint8Array> {
  if (picture.kind === 'rgb') {
    const whole = [0, 0, picture.width, picture.height] as const
    if (isModest(whole, framing)) return shrunk(picture, whole, framing, input, pixels.fill(grey))
  }
  try {
    // Where a picture shrinks, libvips averages what falls into a pixel, whatever the kernel.
    const resizing = openPicture(picture).resize(framing.width, framing.height, { fit: 'fill', kernel: 'linear' })
    return surround(await resizing.raw().toBuffer(), framing, input, pixels.fill(grey))
  } catch (error) {
    throw asPictureError(error)
  }
}

/**
 * Bytes [input.height, input.width, 3]: what a box shows of the picture, black where the box reaches beyond. They are written
 * over `pixels` where that is given. Throws a PictureError for a JPEG that is cut off or damaged.
 */
export async function croppedPixels(
  picture: Picture,
  size: Size,
  box: Box,
  input: Size,
  pixels = emptyPixels(input),
): Promise<Uint8Array> {
  const [left, top] = [within(box[0], size.width - 1), within(box[1], size.height - 1)]
  const width = Math.max(1, within(box[0] + box[2], size.width) - left)
  const height = Math.max(1, within(box[1] + box[3], size.height) - top)
  const [across, down] = [input.width / box[2], input.height / box[3]]
  const place = {
    left: within((left - box[0]) * across, input.width - 1),
    top: within((top - box[1]) * down, input.height - 1),
  }
  const framing = {
    ...place,
    width: Math.max(1, within(width * across, input.width - place.left)),
    height: Math.max(1, within(height * down, input.height - place.top)),
  }
  const inside = [left, top, width, height] as const
  if (picture.kind === 'rgb' && isModest(inside, framing))
    return shrunk(picture, inside, framing, input, pixels.fill(black))
  try {
    const crop = openPicture(picture).extract({ left, top, width, height })
    const resizing = crop.resize(framing.width, framing.height, { fit: 'fill', kernel: 'linear' })
    return surround(await resizing.raw().toBuffer(), framing, input, pixels.fill(black))
  } catch (error) {
    throw asPictureError(error)
  }
}

/** Of one picture in a network's input. */
export function emptyPixels({ width, height }: Size): Uint8Array {
  return new Uint8Array(3 * width * height)
}

function shrunk(source: Rgb, box: Box, framing: Framing, input: Size, pixels: Uint8Array): Uint8Array {
  shrinkInto(pixels, input, source, box, framing)
  return pixels
}

/** A whole number from 0 to `most`. */
function within(place: number, most: number): number {
  return Math.min(Math.max(Math.round(place), 0), most)
}

/** By hand, since the library takes as long for it as for the resizing. */
function surround(inner: Uint8Array, framing: Framing, input: Size, pixels: Uint8Array): Uint8Array {
  const { left, top, width, height } = framing
  for (let row = 0; row < height; row += 1) {
    const at = ((top + row) * input.width + left) * 3
    pixels.set(inner.subarray(row * width * 3, (row + 1) * width * 3), at)
  }
  return pixels
}

/** Ready to be decoded in three colours; what is wrong with it shows then. */
export function openPicture(picture: Picture, mostPixels = maxPixels): Sharp {
  if (picture.kind === 'jpeg') return openJpeg(picture.bytes, mostPixels).toColourspace('srgb')
  const { bytes, width, height } = picture
  return sharp(bytes, { raw: { width, height, channels: 3 }, limitInputPixels: maxPixels })
}

/** The library would read vector graphics and twenty formats more; what comes from a device gets to one decoder only. */
function openJpeg(bytes: Uint8Array, limitInputPixels: number | false): Sharp {
  const start = Buffer.from(bytes.subarray(0, 3)).toString('hex')
  if (start !== startOfJpeg) throw new PictureError(`found "${start}" at its beginning, wanted "${startOfJpeg}" (JPEG)`)
  return sharp(bytes, { limitInputPixels, failOn: 'warning' })
}

/** What the library throws, in our words. */
export function asPictureError(error: unknown): PictureError {
  if (error instanceof PictureError) return error
  return new PictureError((error as Error).message.split('\n')[0] ?? 'unreadable')
}
