/** Colours of surfaces: shares of red, green and blue light that they throw back. */
import type { Light, Paint } from './solid.ts'

export type Rgb = readonly [red: number, green: number, blue: number]

export function plain(colour: Rgb): Paint {
  return (out) => write(out, colour)
}

export function write(out: Light, [r, g, b]: Rgb, factor = 1): void {
  out[0] = r * factor
  out[1] = g * factor
  out[2] = b * factor
}
