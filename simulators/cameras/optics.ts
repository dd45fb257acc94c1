/** From light to the bytes of a picture: exposure, white balance, the darkening towards the corners, noise, tone. */
import { Random } from '../random.ts'
import type { Eye } from './eye.ts'

export interface Optics {
  /** By pixel: how much of the light the lens lets through there. */
  readonly vignette: Float32Array
  /** Red, green and blue: exposure and white balance together. */
  readonly gain: readonly [number, number, number]
  /** Noise of a dark pixel, and of what grows with the light (photons), shares of full scale. */
  readonly readNoise: number
  readonly shotNoise: number
  /** Cameras do not have the same noise at the same time. */
  readonly noiseSeed: number
}

export function opticsOf(eye: Eye, seed: number): Optics {
  const random = new Random(seed, `optics/${eye.camera.id}`)
  const exposure = random.range(0.85, 1.25)
  const warmth = random.normal(0, 0.05)
  return {
    vignette: vignetteOf(eye, random.range(0.15, 0.35)),
    gain: [exposure * (1 + warmth), exposure, exposure * (1 - warmth)],
    readNoise: random.range(0.0008, 0.002),
    shotNoise: random.range(0.006, 0.012),
    noiseSeed: random.uint32(),
  }
}

function vignetteOf({ width, height }: Eye, corner: number): Float32Array {
  const vignette = new Float32Array(width * height)
  const full = (width * width + height * height) / 4
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const r2 = ((x - width / 2) ** 2 + (y - height / 2) ** 2) / full
      vignette[y * width + x] = 1 - corner * r2
    }
  }
  return vignette
}

/** Normal deviates, drawn once: looking up is several times as fast as drawing. Three of ten bits come from one number. */
const deviateBits = 10
const deviateMask = 2 ** deviateBits - 1
const deviates = normalTable()

function normalTable(): Float32Array {
  const random = new Random(0, 'camera noise')
  return Float32Array.from({ length: 2 ** deviateBits }, () => random.normal())
}

/** sRGB's transfer curve (IEC 61966-2-1) with a shoulder, so that lamps do not cut off. */
const toneSteps = 4095
const tone = Uint8Array.from({ length: toneSteps + 1 }, (_, i) => {
  const linear = i / toneSteps
  const soft = linear < 0.7 ? linear : 0.7 + 0.3 * (1 - Math.exp(-(linear - 0.7) / 0.3))
  const curved = soft <= 0.0031308 ? 12.92 * soft : 1.055 * soft ** (1 / 2.4) - 0.055
  return Math.round(255 * Math.min(1, curved))
})

/** Rows of red, green and blue bytes. The time makes the noise of this picture its own. */
export function developed(light: Float32Array, optics: Optics, takenAtMs: number): Uint8Array {
  const { vignette, gain, noiseSeed } = optics
  const noise = noiseByLevel(optics)
  const bytes = new Uint8Array(light.length)
  let state = (Math.imul(Math.round(takenAtMs) | 0, 0x9e3779b1) ^ noiseSeed) | 1
  for (let pixel = 0; pixel < vignette.length; pixel++) {
    // xorshift32 (Marsaglia 2003); its lowest bits, the least random, are left alone.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    const open = (vignette[pixel] ?? 0) * toneSteps
    for (let channel = 0; channel < 3; channel++) {
      const at = pixel * 3 + channel
      const level = Math.min(toneSteps, (light[at] ?? 0) * (gain[channel] ?? 0) * open)
      const deviate = deviates[(state >>> (2 + channel * deviateBits)) & deviateMask] ?? 0
      const noisy = level + (noise[level | 0] ?? 0) * deviate
      bytes[at] = tone[noisy < 0 ? 0 : noisy > toneSteps ? toneSteps : noisy | 0] ?? 0
    }
  }
  return bytes
}

/** SD by level, both in steps of the tone table. */
function noiseByLevel({ readNoise, shotNoise }: Optics): Float32Array {
  return Float32Array.from(
    { length: toneSteps + 1 },
    (_, level) => toneSteps * (readNoise + shotNoise * Math.sqrt(level / toneSteps)),
  )
}
