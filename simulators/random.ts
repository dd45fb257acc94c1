/** Seeded randomness. Every entity owns a stream (seed + its name), so that one new draw disturbs nothing else. */

export class Random {
  private a: number
  private b: number
  private c: number
  private d: number

  constructor(seed: number, name: string) {
    ;[this.a, this.b, this.c, this.d] = hash128(`${seed}/${name}`)
    // The hash is not an avalanche of all four words; sfc32 mixes fully within 12 rounds (PractRand's author's advice).
    for (let i = 0; i < 12; i++) this.uint32()
  }

  /** sfc32 (Chris Doty-Humphrey, PractRand): 32 random bits. */
  uint32(): number {
    const sum = (((this.a + this.b) | 0) + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum
    return sum >>> 0
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.uint32() / 4_294_967_296
  }

  /** Uniform in [low, high). */
  range(low: number, high: number): number {
    return low + (high - low) * this.next()
  }

  /** A whole number from low to high, both included. */
  int(low: number, high: number): number {
    return low + Math.floor((high - low + 1) * this.next())
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** Normal deviate (Box and Muller 1958). */
  normal(mean = 0, sd = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()))
    return mean + sd * radius * Math.cos(2 * Math.PI * this.next())
  }

  logNormal(median: number, sigma: number): number {
    return median * Math.exp(sigma * this.normal())
  }

  /** Waiting time of a Poisson process. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.next())
  }

  pick<T>(list: readonly T[]): T {
    const chosen = list[Math.floor(this.next() * list.length)]
    if (chosen === undefined) throw new Error('Random.pick: the list is empty')
    return chosen
  }

  /** The list in an order of chance (Fisher and Yates). */
  shuffled<T>(list: readonly T[]): T[] {
    const left = [...list]
    return list.flatMap(() => left.splice(this.int(0, left.length - 1), 1))
  }

  /** A key of the table, drawn by its weight. At least one weight must be above zero. */
  weighted<K extends string>(weights: Readonly<Record<K, number>>): K {
    const entries = (Object.entries(weights) as [K, number][]).filter(([, weight]) => weight > 0)
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [key, weight] of entries) {
      left -= weight
      if (left < 0) return key
    }
    const last = entries.at(-1)
    if (last === undefined) throw new Error('Random.weighted: every weight is zero')
    return last[0]
  }
}

/** Four 32-bit words of a text: four FNV-1a passes with different bases. */
function hash128(text: string): [number, number, number, number] {
  const pass = (basis: number): number => {
    let hash = basis
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
    return hash
  }
  return [pass(0x811c9dc5), pass(0x2f0b4c47), pass(0x5bd1e995), pass(0x1b873593)]
}
