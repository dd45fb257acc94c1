/** A shelf controller: reads its plates in batches every 200 ms and sends readings, or the changes that it finds. */
import type { DeadCell } from '../faults.ts'
import type { ScaleOptions } from '../scenario/schema.ts'
import type { Process } from '../world/scheduler.ts'
import type { World } from '../world/world.ts'
import { ChangeFinder } from './change-finder.ts'
import type { SimulatedDevice } from './device.ts'
import { ShelfScales } from './shelf-scales.ts'

const batchMs = 200
/** Sensor to broker, as measured. */
const latencyMs = 97

export class ScalesController {
  readonly shelves: readonly ShelfScales[]
  private readonly device: SimulatedDevice
  private readonly options: ScaleOptions
  private readonly dead: readonly DeadCell[]
  private readonly finders: ReadonlyMap<string, ChangeFinder>

  constructor(device: SimulatedDevice, world: World, options: ScaleOptions, seed: number, dead: readonly DeadCell[]) {
    this.device = device
    this.options = options
    this.dead = dead
    this.shelves = world.shelving.shelves
      .filter((shelf) => shelf.device === device.id)
      .map((shelf) => new ShelfScales(shelf, world.loads, options, seed, world.now))
    const plates = this.shelves.flatMap(({ shelf }) => shelf.plates)
    this.finders = new Map(options.report === 'changes' ? plates.map(({ id }) => [id, new ChangeFinder()]) : [])
  }

  get meta(): Readonly<Record<string, unknown>> {
    const channel = this.options.report === 'changes' ? 'event/weight' : 'raw/weight'
    return { model: 'simulated shelf', firmware: '1.0', channels: [channel] }
  }

  restart(): void {
    for (const { sensors } of this.shelves) for (const sensor of sensors) sensor.restart()
  }

  /** Batches follow each other without a gap; devices are not in step with each other. */
  *run(): Process {
    const { rateHz } = this.options
    const count = Math.max(1, Math.round((rateHz * batchMs) / 1000))
    let due = this.device.now + this.device.random.range(0, batchMs)
    for (;;) {
      yield due
      this.report(due, count)
      due += (count * 1000) / rateHz
    }
  }

  private report(now: number, count: number): void {
    const cells: Record<string, (number | null)[]> = {}
    for (const shelf of this.shelves) {
      const batches = shelf.batch(now, count)
      shelf.sensors.forEach((sensor, i) => {
        const samples: (number | null)[] = batches[i] ?? []
        sensor.spoil(samples, now)
        cells[sensor.plate.id] = samples
      })
    }
    for (const { cell, from } of this.dead) {
      if (now >= from && cell in cells) cells[cell] = new Array<null>(count).fill(null)
    }
    const first = now - ((count - 1) * 1000) / this.options.rateHz
    if (this.options.report === 'readings')
      this.device.send('raw/weight', { rateHz: this.options.rateHz, cells }, first, latencyMs)
    else this.reportChanges(cells, first)
  }

  private reportChanges(cells: Readonly<Record<string, (number | null)[]>>, first: number): void {
    for (const [cell, samples] of Object.entries(cells)) {
      const step = 1000 / this.options.rateHz
      for (const change of this.finders.get(cell)?.take(samples, first, step) ?? []) {
        this.device.send('event/weight', { cell, ...change }, change.to, latencyMs)
      }
    }
  }
}
