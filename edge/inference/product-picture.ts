/** A picture of a product, as the product network wants it. */
import { asPictureError, openPicture, type Picture } from './picture.ts'

/** Part of a picture in pixels; it has to lie inside. */
export interface Crop {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Shares of the side that are looked at, in the middle: how large a thing is in its picture is chance, and a network knows it
 * best at about the size that it learnt (Simonyan and Zisserman, ICLR 2015, 4.2; Touvron et al., NeurIPS 2019).
 */
const shares = [1, 0.8, 0.6] as const

/**
 * Red, green and blue bytes [3, side, side, 3], upright: the whole and two smaller parts around its middle. Of a picture that
 * is no square the middle is kept. Throws a PictureError for a JPEG that is cut off, damaged or too large, and for a part that
 * lies outside.
 */
export async function productViews(picture: Picture, sidePixels: number, crop?: Crop): Promise<Uint8Array> {
  // So large that nothing of the smallest view is lost.
  const whole = Math.round(sidePixels / Math.min(...shares))
  try {
    const upright = openPicture(picture).autoOrient()
    const part = crop === undefined ? upright : upright.extract(crop)
    const square = await part.resize(whole, whole, { fit: 'cover' }).raw().toBuffer()
    const views = shares.map((share) => {
      const size = Math.round(share * whole)
      const start = Math.floor((whole - size) / 2)
      const middle = { left: start, top: start, width: size, height: size }
      return openPicture({ kind: 'rgb', bytes: square, width: whole, height: whole })
        .extract(middle)
        .resize(sidePixels, sidePixels)
        .raw()
        .toBuffer()
    })
    return Buffer.concat(await Promise.all(views))
  } catch (error) {
    throw asPictureError(error)
  }
}
