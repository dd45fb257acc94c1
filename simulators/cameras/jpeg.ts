/** Pictures compressed as cameras do it, with the time in their EXIF (contract, `raw/frame`). */
import sharp from 'sharp'
import type { Arrival, Sent } from '../sensors/outbox.ts'
import type { Frame } from './frame.ts'

/** What cameras of shops are set to as a rule: some 40 kB at 640 x 480. */
const quality = 85

export async function jpegOf({ width, height, bytes, takenAtMs }: Frame): Promise<Buffer> {
  const [date = '', time = ''] = new Date(takenAtMs).toISOString().split(/[T.Z]/)
  const taken = `${date.replaceAll('-', ':')} ${time}`
  const fraction = String(takenAtMs % 1000).padStart(3, '0')
  return sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .withExif({ IFD2: { DateTimeOriginal: taken, SubSecTimeOriginal: fraction } })
    .toBuffer()
}

/** The same messages in the same order, ready to be sent or written. */
export function compressed(arrivals: readonly Arrival[]): Promise<Arrival<Sent>[]> {
  return Promise.all(
    arrivals.map(async ({ payload, ...rest }) => {
      if (!('picture' in payload)) return { ...rest, payload }
      return { ...rest, payload: { b64: (await jpegOf(payload.picture)).toString('base64') } }
    }),
  )
}
