/** Which plates move, long before it is known why: so that cameras look there meanwhile. */
import type { SensorEvent } from '../../edge/events.ts'

/** Above the noise of most plates (0.6 to 2.8 g), below the lightest thing that is sold by weight of a hand. */
const leastGrams = 15

export interface Stirs {
  /** The cells whose readings changed since those before. */
  heard(event: SensorEvent): string[]
}

/** Remembers a reading of each cell of the store, no more. */
export function createStirs(): Stirs {
  const last = new Map<string, number>()
  return {
    heard(event) {
      if (event.kind === 'weight-change') return [event.cell]
      if (event.kind !== 'weight') return []
      return Object.entries(event.cells).flatMap(([cell, readings]) => {
        const grams = readings.findLast((reading) => reading !== null) ?? null
        const before = last.get(cell)
        if (grams === null) return []
        last.set(cell, grams)
        return before !== undefined && Math.abs(grams - before) >= leastGrams ? [cell] : []
      })
    },
  }
}
