/** Noise of a load cell: white noise through a resonance, since a plate on its cell swings (measured: 8 to 26 Hz). */
import { Random } from '../random.ts'

/** Normal deviates for all plates, drawn once: a table look-up is several times faster than a deviate. */
const tableBits = 16
const table = normalTable()

function normalTable(): Float64Array {
  const random = new Random(0, 'normal deviates')
  return Float64Array.from({ length: 2 ** tableBits }, () => random.normal())
}

/** Noise of unit variance for one plate, sample by sample: an AR(2) process. */
export class PlateNoise {
  private state: number
  private readonly a1: number
  private readonly a2: number
  private readonly gain: number
  private x1 = 0
  private x2 = 0

  constructor(random: Random, rateHz: number) {
    this.state = random.uint32() | 1
    const damping = random.range(0.2, 0.8)
    const angle = (2 * Math.PI * Math.min(random.range(8, 26), rateHz * 0.45)) / rateHz
    this.a1 = 2 * damping * Math.cos(angle)
    this.a2 = -damping * damping
    const variance = (1 - this.a2) / ((1 + this.a2) * ((1 - this.a2) ** 2 - this.a1 ** 2))
    this.gain = 1 / Math.sqrt(variance)
  }

  next(): number {
    // xorshift32 (Marsaglia 2003): its upper bits choose the deviate.
    let s = this.state
    s ^= s << 13
    s ^= s >>> 17
    s ^= s << 5
    this.state = s
    const fresh = table[s >>> (32 - tableBits)] ?? 0
    const x = this.a1 * this.x1 + this.a2 * this.x2 + this.gain * fresh
    this.x2 = this.x1
    this.x1 = x
    return x
  }
}
