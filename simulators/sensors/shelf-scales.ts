/** The plates of one shelf together: loads, forces of hands, and crosstalk through the common frame. */
import { Random } from '../random.ts'
import type { ScaleOptions } from '../scenario/schema.ts'
import type { PlateLoads } from '../world/forces.ts'
import type { ShelfSpace } from '../world/shelving.ts'
import { PlateSensor } from './plate.ts'

/** A pick of 623 g moved the plate beside it by 6.1 g and the next by 12.6 g, those on the other side by under 1 g. */
const secondNeighbour = 0.8
const crosstalkSpread = 0.9

export class ShelfScales {
  readonly shelf: ShelfSpace
  readonly sensors: readonly PlateSensor[]
  private readonly loads: PlateLoads
  private readonly rateHz: number
  /** [plate][other plate]: share of the other's load that a plate shows too. */
  private readonly crosstalk: Float64Array
  private readonly rest: Float64Array
  private readonly level: Float64Array
  private readonly extra: Float64Array

  constructor(shelf: ShelfSpace, loads: PlateLoads, options: ScaleOptions, seed: number, now: number) {
    this.shelf = shelf
    this.loads = loads
    this.rateHz = options.rateHz
    const noisy = options.noisyFixtures.includes(shelf.fixture)
    this.crosstalk = crosstalkOf(shelf.plates.length, options.crosstalkShare, new Random(seed, `crosstalk/${shelf.id}`))
    this.rest = new Float64Array(shelf.plates.length)
    this.level = new Float64Array(shelf.plates.length)
    this.extra = new Float64Array(shelf.plates.length)
    this.sensors = shelf.plates.map((plate) => {
      const load = loads.settled[plate.index] ?? 0
      return new PlateSensor(plate, noisy, options, seed, load, now)
    })
  }

  /** `count` readings of each plate, the last one at `end`. */
  batch(end: number, count: number): number[][] {
    const first = end - ((count - 1) * 1000) / this.rateHz
    const batchMs = (count * 1000) / this.rateHz
    this.shelf.plates.forEach((plate, i) => {
      this.rest[i] = this.loads.settled[plate.index] ?? 0
    })
    this.sensors.forEach((sensor, i) => {
      this.level[i] = sensor.settle(this.withCrosstalk(this.rest, i), batchMs)
    })
    const forces = this.loads.active(this.shelf, first)
    if (forces.length === 0) return this.sensors.map((sensor, i) => calm(sensor, this.level[i] ?? 0, count))
    const batches = this.sensors.map((): number[] => new Array<number>(count))
    for (let k = 0; k < count; k++) {
      this.gather(forces, first + (k * 1000) / this.rateHz)
      this.sensors.forEach((sensor, i) => {
        const moving = this.withCrosstalk(this.extra, i) * sensor.gain
        const batch = batches[i]
        if (batch !== undefined) batch[k] = sensor.read((this.level[i] ?? 0) + moving)
      })
    }
    return batches
  }

  private gather(forces: ReturnType<PlateLoads['active']>, time: number): void {
    this.extra.fill(0)
    const base = Math.min(...this.shelf.plates.map(({ index }) => index))
    for (const { loads, until, factor } of forces) {
      if (time > until) continue
      const now = factor(time)
      for (const { plate, grams } of loads) {
        const at = this.place(plate.index, base)
        this.extra[at] = (this.extra[at] ?? 0) + now * grams
      }
    }
  }

  /** Where on this shelf the plate of an index is. */
  private place(index: number, base: number): number {
    const guess = index - base
    return this.shelf.plates[guess]?.index === index
      ? guess
      : this.shelf.plates.findIndex((plate) => plate.index === index)
  }

  private withCrosstalk(loads: Float64Array, i: number): number {
    const n = loads.length
    let sum = loads[i] ?? 0
    for (let j = Math.max(0, i - 2); j <= Math.min(n - 1, i + 2); j++) {
      if (j !== i) sum += (this.crosstalk[i * n + j] ?? 0) * (loads[j] ?? 0)
    }
    return sum
  }
}

function calm(sensor: PlateSensor, level: number, count: number): number[] {
  const batch = new Array<number>(count)
  for (let k = 0; k < count; k++) batch[k] = sensor.read(level)
  return batch
}

function crosstalkOf(plates: number, share: number, random: Random): Float64Array {
  const matrix = new Float64Array(plates * plates)
  for (let i = 0; i < plates; i++) {
    for (const [step, factor] of [
      [-2, secondNeighbour],
      [-1, 1],
      [1, 1],
      [2, secondNeighbour],
    ] as const) {
      const j = i + step
      if (j >= 0 && j < plates) matrix[i * plates + j] = random.normal(share, share * crosstalkSpread) * factor
    }
  }
  return matrix
}
