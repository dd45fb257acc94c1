/**
 * A stream of PPM pictures, one behind the other, as ffmpeg's image2pipe writes them (netpbm, "PPM Format Specification",
 * P6 with 255 levels): each says how large it is, and is rows of red, green and blue bytes behind a short header.
 */

export interface RgbPicture {
  readonly width: number
  readonly height: number
  /** [height, width, 3] */
  readonly rgb: Uint8Array
}

/** A stream that is not what it should be; nothing after it can be understood. */
export class PpmError extends Error {
  override readonly name = 'PpmError'
}

/** `P6 100000 100000 255` and its white space are shorter. */
const maxHeaderBytes = 32
/** As for a JPEG: four times a 4K frame. */
const maxPixels = 32_000_000
const header = /^P6\s(\d{1,6})\s(\d{1,6})\s255\s/

/** Takes pieces of a stream of any size and gives whole pictures. Throws a PpmError for what is no PPM. */
export class PpmSplitter {
  #head = Buffer.alloc(0)
  #picture: RgbPicture | null = null
  #filled = 0

  push(piece: Uint8Array): RgbPicture[] {
    const whole: RgbPicture[] = []
    let rest = piece
    while (rest.length > 0) {
      rest = this.#picture === null ? this.#readHead(rest) : this.#fill(this.#picture, rest)
      if (this.#picture === null || this.#filled < this.#picture.rgb.length) continue
      whole.push(this.#picture)
      this.#picture = null
      this.#filled = 0
    }
    return whole
  }

  /** Gives what is left behind the header, or nothing while it is not complete. */
  #readHead(piece: Uint8Array): Uint8Array {
    const before = this.#head.length
    this.#head = Buffer.concat([this.#head, piece.subarray(0, maxHeaderBytes - before)])
    const [text, width, height] = header.exec(this.#head.toString('latin1')) ?? []
    if (text === undefined) {
      if (this.#head.length >= maxHeaderBytes)
        throw new PpmError(`found "${this.#head.toString('latin1', 0, 8)}", wanted P6`)
      return piece.subarray(maxHeaderBytes - before)
    }
    this.#picture = emptyPicture(Number(width), Number(height))
    this.#head = Buffer.alloc(0)
    return piece.subarray(text.length - before)
  }

  #fill(picture: RgbPicture, piece: Uint8Array): Uint8Array {
    const part = piece.subarray(0, picture.rgb.length - this.#filled)
    picture.rgb.set(part, this.#filled)
    this.#filled += part.length
    return piece.subarray(part.length)
  }
}

function emptyPicture(width: number, height: number): RgbPicture {
  if (width * height === 0 || width * height > maxPixels)
    throw new PpmError(`found ${width} x ${height} pixels, wanted 1 to ${maxPixels / 1e6} megapixels`)
  return { width, height, rgb: new Uint8Array(width * height * 3) }
}
