/** What rests and presses on the plates: settled loads, and forces that come and go while hands are at work. */
import { minimumJerk } from './geometry.ts'
import type { Load } from './packages.ts'
import type { ShelfSpace } from './shelving.ts'

export interface Force {
  readonly loads: readonly Load[]
  /** From here on it is gone (milliseconds); before, `factor` times each load weighs on the plates. */
  readonly until: number
  readonly factor: (time: number) => number
}

export class PlateLoads {
  /** Grams on each plate once everything in motion has come to rest. */
  readonly settled: Float64Array
  private readonly moving = new Map<string, Force[]>()

  constructor(plates: number) {
    this.settled = new Float64Array(plates)
  }

  settle(loads: readonly Load[], sign: 1 | -1): void {
    for (const { plate, grams } of loads) this.settled[plate.index] = (this.settled[plate.index] ?? 0) + sign * grams
  }

  add(shelf: ShelfSpace, force: Force): void {
    const known = this.moving.get(shelf.id)
    if (known === undefined) this.moving.set(shelf.id, [force])
    else known.push(force)
  }

  /** The forces on a shelf that were not over at `time`; what was over is forgotten. */
  active(shelf: ShelfSpace, time: number): readonly Force[] {
    const known = this.moving.get(shelf.id)
    if (known === undefined) return []
    const left = known.filter(({ until }) => until >= time)
    if (left.length === 0) this.moving.delete(shelf.id)
    else this.moving.set(shelf.id, left)
    return left
  }
}

/**
 * A load taken off between two times. `PlateLoads.settled` has lost it at once; this adds what is still there.
 * A struck plate rings for some tenths of a second at its own frequency.
 */
export function liftOff(loads: readonly Load[], start: number, end: number): Force {
  return {
    loads,
    until: end + ringMs,
    factor: (time) => (time < end ? 1 - minimumJerk((time - start) / (end - start)) : -ring(time - end)),
  }
}

/** A load set down between two times, with a knock of `knock` times its weight as it lands. */
export function setDown(loads: readonly Load[], start: number, end: number, knock: number): Force {
  return {
    loads,
    until: end + ringMs,
    factor: (time) => {
      const landed = minimumJerk((time - start) / (end - start))
      return landed - 1 + knock * bump((time - start) / (2 * (end - start))) + (time < end ? 0 : ring(time - end))
    },
  }
}

/** A hand on the plates: comes within the first 30 % of the time, trembles, is gone within the last 15 %. */
export function press(loads: readonly Load[], start: number, end: number, tremble: number): Force {
  return {
    loads,
    until: end,
    factor: (time) => {
      const u = (time - start) / (end - start)
      if (u <= 0 || u >= 1) return 0
      const shape = minimumJerk(u / 0.3) * minimumJerk((1 - u) / 0.15)
      return shape * (1 + tremble * Math.sin((time / 1000) * 2 * Math.PI * 2.7))
    },
  }
}

const ringMs = 350
const ringShare = 0.012
function ring(ms: number): number {
  return ringShare * Math.exp(-ms / 90) * Math.sin((ms / 1000) * 2 * Math.PI * 11)
}

function bump(u: number): number {
  return u <= 0 || u >= 1 ? 0 : Math.sin(Math.PI * u)
}
