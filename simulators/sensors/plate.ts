/** One scale plate: zero, calibration, noise, drift, creep, garbage; what it would read for a load. */
import { Random } from '../random.ts'
import type { ScaleOptions } from '../scenario/schema.ts'
import type { Plate } from '../world/shelving.ts'
import { PlateNoise } from './noise.ts'

/** Spread of plates about the typical noise, as a log-normal: p90 is 2.7 times the median (measured 2.2 to 3). */
const noiseSigma = 0.65
/** The noisiest plate of the measured shop had 13.6 g. */
const maxNoiseGrams = 13.6
/** Creep of a load cell: its share of the load, and how fast it comes (OIML R60: 30 minutes to the end). */
const creepShare = 0.0004
const creepMs = 400_000
/** Amplifiers give readings anywhere in their range when a bit slips. */
const spikeGrams = 400_000

export class PlateSensor {
  readonly plate: Plate
  readonly gain: number
  readonly noiseGrams: number
  private readonly random: Random
  private readonly options: ScaleOptions
  private readonly noise: PlateNoise
  private zero: number
  private drift = 0
  private creep: number
  private nextSpike = 0
  private nextNull = 0

  constructor(plate: Plate, noisy: boolean, options: ScaleOptions, seed: number, load: number, now: number) {
    this.plate = plate
    this.options = options
    this.random = new Random(seed, `plate/${plate.id}`)
    const typical = noisy ? options.noisyGrams : options.noiseGrams
    this.noiseGrams = Math.min(maxNoiseGrams, this.random.logNormal(typical, noiseSigma))
    this.gain = 1 + this.random.normal(0, options.calibrationShare)
    this.zero = this.random.range(-2000, 3000)
    this.noise = new PlateNoise(this.random, options.rateHz)
    this.creep = creepShare * load
    this.nextSpike = now + this.wait(options.spikesPerCellHour)
    this.nextNull = now + this.wait(options.nullsPerCellHour)
  }

  /** After a restart the amplifier's zero is another. */
  restart(): void {
    this.zero += this.random.normal(0, 300)
  }

  /** The slow part of the reading, taken once a batch: `load` is what rests on it, crosstalk included, grams. */
  settle(load: number, ms: number): number {
    this.drift += this.random.normal(0, this.options.driftGramsPerMinute * Math.sqrt(ms / 60_000))
    this.creep += (creepShare * load - this.creep) * (1 - Math.exp(-ms / creepMs))
    return this.zero + this.drift + this.creep + this.gain * load
  }

  /** Grams rounded to 10 mg. */
  read(level: number): number {
    return Math.round((level + this.noiseGrams * this.noise.next()) * 100) / 100
  }

  /** Replaces readings of a batch by garbage or nothing, as seldom as the scenario says. */
  spoil(samples: (number | null)[], now: number): void {
    if (now >= this.nextSpike) {
      samples[this.random.int(0, samples.length - 1)] = Math.round(this.random.range(-spikeGrams, spikeGrams))
      this.nextSpike = now + this.wait(this.options.spikesPerCellHour)
    }
    if (now >= this.nextNull) {
      samples[this.random.int(0, samples.length - 1)] = null
      this.nextNull = now + this.wait(this.options.nullsPerCellHour)
    }
  }

  private wait(perHour: number): number {
    return perHour === 0 ? Number.POSITIVE_INFINITY : this.random.exponential(3_600_000 / perHour)
  }
}
