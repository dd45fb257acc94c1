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
 * Red, green and blue bytes [side, side, 3], upright. Of a picture that is no square the middle is kept. Throws a
 * PictureError for a JPEG that is cut off, damaged or too large, and for a part that lies outside.
 */
export async function productPicture(picture: Picture, sidePixels: number, crop?: Crop): Promise<Uint8Array> {
  try {
    const whole = openPicture(picture).autoOrient()
    const part = crop === undefined ? whole : whole.extract(crop)
    return await part.resize(sidePixels, sidePixels, { fit: 'cover' }).raw().toBuffer()
  } catch (error) {
    throw asPictureError(error)
  }
}
