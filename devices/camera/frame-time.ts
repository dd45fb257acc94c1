/** When a frame was taken: EXIF `DateTimeOriginal` and `SubSecTimeOriginal`, in UTC (contract, `raw/frame`). */
import readExif from 'exif-reader'

/** JPEG: SOI and the first byte of the next marker (ITU T.81, B.1.1.3). */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 3 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

const app1 = 0xe1
const startOfScan = 0xda
/** EXIF comes within the first segments (CIPA DC-008, 4.5.4); a file that makes us look further is none. */
const maxSegments = 32
const exifHeader = 'Exif\0\0'
/** The dates stand in the first kilobytes, before maker note and thumbnail; the bound keeps forged tags cheap. */
const maxExifBytes = 4_096

/** 2000-01-01: a camera that was never set writes zeros, which read as a time before that. */
const earliest = 946_684_800_000

/** Milliseconds since the epoch, or null where the frame does not say. Never throws. */
export function frameTime(jpeg: Uint8Array): number | null {
  const exif = exifSegment(jpeg)
  if (exif === null) return null
  try {
    const { Photo } = readExif(Buffer.from(exif.buffer, exif.byteOffset, Math.min(exif.byteLength, maxExifBytes)))
    const taken = Photo?.DateTimeOriginal
    if (!(taken instanceof Date)) return null
    const time = taken.getTime() + subSecondMs(Photo?.SubSecTimeOriginal)
    return time >= earliest ? time : null
  } catch {
    return null
  }
}

/** The APP1 segment with its `Exif` header, looked for before the picture's data begins. */
function exifSegment(jpeg: Uint8Array): Uint8Array | null {
  if (!isJpeg(jpeg)) return null
  let at = 2
  for (let segment = 0; segment < maxSegments; segment += 1) {
    const marker = jpeg[at + 1]
    if (jpeg[at] !== 0xff || marker === undefined || marker === startOfScan || at + 4 > jpeg.length) return null
    const length = ((jpeg[at + 2] ?? 0) << 8) | (jpeg[at + 3] ?? 0)
    const body = jpeg.subarray(at + 4, at + 2 + length)
    if (length < 2 || body.length !== length - 2) return null
    if (marker === app1 && Buffer.from(body.subarray(0, 6)).toString('latin1') === exifHeader) return body
    at += 2 + length
  }
  return null
}

/** The digits are a decimal fraction: "5" is half a second (CIPA DC-008, SubSecTime). Milliseconds. */
function subSecondMs(digits: unknown): number {
  if (typeof digits !== 'string' || !/^\d{1,9}/.test(digits)) return 0
  return Math.floor(Number(`0.${digits.match(/^\d{1,9}/)?.[0]}`) * 1000)
}
