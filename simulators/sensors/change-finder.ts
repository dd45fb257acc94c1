/** What a shelf does that reports changes and not readings: waits until a plate is steady again, compares levels. */

/** A plate is steady when a quarter of a second's readings lie within this many times its usual noise. */
const steadyFactor = 4
/** Levels are means over this long; a smaller change than this, or than three noises, is not worth a message. */
const windowMs = 250
const leastGrams = 8

export interface Change {
  readonly deltaGrams: number
  readonly sdGrams: number
  readonly from: number
  readonly to: number
}

export class ChangeFinder {
  private window: number[] = []
  private level: number | null = null
  private noise = 1
  private leftAt: number | null = null

  /** Readings with the first at `first`, `step` apart (milliseconds); returns the changes that ended in them. */
  take(samples: readonly (number | null)[], first: number, step: number): Change[] {
    return samples.flatMap((sample, i) => {
      if (sample === null) return []
      this.window.push(sample)
      if (this.window.length * step < windowMs) return []
      const change = this.look(first + i * step)
      this.window = this.window.slice(-Math.ceil(windowMs / step) + 1)
      return change === null ? [] : [change]
    })
  }

  private look(time: number): Change | null {
    const { mean, sd } = spread(this.window)
    if (this.level === null) {
      this.level = mean
      this.noise = Math.max(0.3, sd)
      return null
    }
    const steady = sd < steadyFactor * this.noise
    const moved = Math.abs(mean - this.level) > Math.max(leastGrams, 3 * this.noise)
    if (!steady || moved) this.leftAt ??= time - windowMs
    if (!steady) return null
    if (!moved) {
      this.level += (mean - this.level) * 0.02
      this.noise += (Math.max(0.3, sd) - this.noise) * 0.02
      if (this.leftAt !== null && time - this.leftAt > 2 * windowMs) this.leftAt = null
      return null
    }
    return this.settle(mean, sd, time)
  }

  private settle(mean: number, sd: number, time: number): Change {
    const change = {
      deltaGrams: Math.round((mean - (this.level ?? mean)) * 10) / 10,
      sdGrams: Math.round(Math.hypot(sd, this.noise) * 10) / 10,
      from: Math.round(this.leftAt ?? time - windowMs),
      to: Math.round(time),
    }
    this.level = mean
    this.leftAt = null
    return change
  }
}

function spread(values: readonly number[]): { mean: number; sd: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, sd: Math.sqrt(variance) }
}
