/** A camera's picture made small or into a JPEG, off the main loop. */
import { thumbnailSize, type View, viewOf } from '../../devices/camera/view.ts'
import { openPicture, type Picture } from '../../edge/inference/picture.ts'

/** Null for a picture that shows too little, or cannot be decoded. */
export async function viewOfPicture(picture: Picture): Promise<View | null> {
  const { width, height } = thumbnailSize
  try {
    const grey = openPicture(picture).toColourspace('b-w').resize(width, height, { fit: 'fill' })
    return viewOf(await grey.raw().toBuffer())
  } catch {
    return null
  }
}

/** Without anything but its pixels: no time, no place, no turning by EXIF. Rejects when it cannot be decoded. */
export function stillOf(picture: Picture): Promise<Buffer> {
  return openPicture(picture).jpeg({ quality: 85 }).toBuffer()
}
