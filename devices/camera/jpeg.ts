/**
 * Whether a JPEG can be looked at, from its markers alone (ITU T.81, annex B): what is cut off, too large or made to keep
 * a decoder busy is refused before one sees it.
 */
import type { Fault } from '../../models/contracts/validate.ts'
import { isJpeg } from './frame-time.ts'

export interface JpegHeader {
  readonly width: number
  readonly height: number
}

export type JpegChecked =
  | { readonly ok: true; readonly header: JpegHeader }
  | { readonly ok: false; readonly fault: Omit<Fault, 'where'> }

/** Four times a 4K frame; no camera in a shop sends more, and 32 megapixels decode into 96 MB. */
const maxPixels = 32_000_000
/** Usual progressive pictures have ten. Each goes over the whole picture again, so a thousand would take minutes. */
const maxScans = 32
/** Applications' data, tables and scans: a picture that has more is made to be read for ever. */
const maxSegments = 512

const marker = { startOfScan: 0xda, endOfImage: 0xd9, tables: 0xc4, arithmetic: 0xcc, extension: 0xc8 }
/** Kinds of coding that libjpeg reads: baseline, extended, progressive (T.81, table B.1). */
const readable = new Set([0xc0, 0xc1, 0xc2])
/** Grey, or colour as JFIF has it; four are the inks of a printer. */
const readableComponents = new Set([1, 3])

/**
 * Never throws. The orientation that EXIF may name is left aside: pixels count as they are sent, since a calibration is one
 * of these pixels.
 */
export function checkJpeg(jpeg: Uint8Array): JpegChecked {
  if (!isJpeg(jpeg)) return refuse('bytes that begin otherwise', 'a JPEG, which begins with FF D8 FF')
  let header: JpegHeader | null = null
  let scans = 0
  let at = 2
  for (let segment = 0; segment < maxSegments; segment += 1) {
    at = nextMarker(jpeg, at)
    const kind = jpeg[at + 1]
    if (kind === undefined) return refuse(`${jpeg.length} bytes without an end`, 'a whole JPEG; this one is cut off')
    if (kind === marker.endOfImage)
      return header === null || scans === 0 ? refuse('no picture in it', 'one') : { ok: true, header }
    const body = jpeg.subarray(at + 4, at + 2 + uint16(jpeg, at + 2))
    if (isFrame(kind)) {
      const frame = frameOf(kind, body)
      if (!frame.ok || header !== null) return frame.ok ? refuse('a second picture', 'one') : frame
      header = frame.header
    }
    if (kind === marker.startOfScan && ++scans > maxScans)
      return refuse(`more than ${maxScans} scans`, `at most ${maxScans}`)
    at += 2 + Math.max(2, uint16(jpeg, at + 2))
  }
  return refuse(`more than ${maxSegments} segments`, `at most ${maxSegments}`)
}

function isFrame(kind: number): boolean {
  return kind >= 0xc0 && kind <= 0xcf && ![marker.tables, marker.arithmetic, marker.extension].includes(kind)
}

/** Precision, height, width and number of components (T.81, B.2.2). */
function frameOf(kind: number, body: Uint8Array): JpegChecked {
  const [height, width, components] = [uint16(body, 1), uint16(body, 3), body[5] ?? 0]
  if (!readable.has(kind)) return refuse(`coding SOF${kind - 0xc0}`, 'baseline or progressive')
  if (body[0] !== 8) return refuse(`${body[0] ?? 0} bits a sample`, '8')
  if (!readableComponents.has(components))
    return refuse(`${components} components (CMYK has 4)`, 'grey (1) or colour (3)')
  const pixels = width * height
  if (pixels === 0 || pixels > maxPixels)
    return refuse(`${width} x ${height} pixels`, `1 to ${maxPixels / 1e6} megapixels`)
  return { ok: true, header: { width, height } }
}

/** Goes over coded data, where FF 00 is a byte FF and FF D0 to D7 restart the decoder, and over fill bytes (B.1.1.2). */
function nextMarker(jpeg: Uint8Array, from: number): number {
  let at = jpeg.indexOf(0xff, from)
  while (at >= 0 && at + 1 < jpeg.length) {
    const next = jpeg[at + 1] ?? 0
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at
    at = jpeg.indexOf(0xff, next === 0xff ? at + 1 : at + 2)
  }
  return jpeg.length
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function refuse(found: string, wanted: string): JpegChecked {
  return { ok: false, fault: { found, wanted } }
}
