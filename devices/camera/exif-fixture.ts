/** A JPEG with the time that it was taken, as a camera writes it, for tests. */

/** One entry of an image file directory, little-endian (TIFF 6.0, section 2). */
function entry(tag: number, type: number, count: number, value: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16LE(tag, 0)
  bytes.writeUInt16LE(type, 2)
  bytes.writeUInt32LE(count, 4)
  bytes.writeUInt32LE(value, 8)
  return bytes
}

const ascii = 2
const long = 4

/** TIFF: header, IFD0 that points at the Exif IFD, the Exif IFD with both times, then their texts. */
function tiff(taken: string, subSecond: string): Buffer {
  const ifd0At = 8
  const exifAt = ifd0At + 2 + 12 + 4
  const takenAt = exifAt + 2 + 2 * 12 + 4
  const subAt = takenAt + taken.length + 1
  const inline = subSecond.length < 4 ? Buffer.from(subSecond.padEnd(4, '\0'), 'latin1').readUInt32LE() : subAt
  const count = (n: number) => Buffer.from([n, 0])
  const end = Buffer.alloc(4)
  return Buffer.concat([
    Buffer.from([0x49, 0x49, 0x2a, 0, ifd0At, 0, 0, 0]),
    Buffer.concat([count(1), entry(0x8769, long, 1, exifAt), end]),
    Buffer.concat([count(2), entry(0x9003, ascii, taken.length + 1, takenAt)]),
    entry(0x9291, ascii, subSecond.length + 1, inline),
    end,
    Buffer.from(`${taken}\0${subSecond}\0`, 'latin1'),
  ])
}

function segment(marker: number, body: Buffer): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}

export const jfif = segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0', 'latin1'))
export const scan = Buffer.from([0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9])

/** `taken` as EXIF writes a time: `2026:11:21 09:08:07`. There is no picture in it. */
export function exifJpeg(taken: string, subSecond: string): Buffer {
  const exif = segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff(taken, subSecond)]))
  return Buffer.concat([Buffer.from([0xff, 0xd8]), jfif, exif, scan])
}
