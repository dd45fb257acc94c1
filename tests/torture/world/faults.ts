/**
 * What goes wrong, by kind, drawn from a seed. Each seed has some kinds and not others, and each more or less of it: a fault that
 * always strikes hides what another one would show (swarm testing: Groce et al., ISSTA 2012).
 */
import { Random } from '../../../simulators/random.ts'

/** How often by chance at each point where it can happen. */
const chances = {
  'message lost': 0.06,
  'message twice': 0.1,
  'message late': 0.08,
  'answer lost': 0.06,
  /** There are few of them in a life, and money moves at each. */
  'provider answer lost': 0.25,
  'power cut at a write': 0.004,
  'power cut in a commit': 0.012,
  'write fails once': 0.01,
  'statement fails once': 0.0006,
  'commit fails once': 0.01,
  'commit fails and is there': 0.008,
  'database busy': 0.004,
} as const

/** How many seconds pass between two, on average. */
const everySeconds = {
  'gateway killed': 50,
  'gateway loses power': 50,
  'gateway restarted': 80,
  'service killed': 60,
  'service loses power': 60,
  'service restarted': 90,
  'gateway disk full': 70,
  'gateway disk broken': 90,
  'service disk full': 80,
  'service disk broken': 100,
  'shop network cut': 50,
  'cloud network cut': 40,
  'provider out of reach': 60,
  'gateway clock stepped': 80,
  'service clock stepped': 60,
  'service clock a day on': 30,
  'journal backed up': 40,
  'journal restored': 60,
  'shelf cut off': 30,
  'gateway disk almost full': 60,
  'service restored': 60,
} as const

export type ChanceFault = keyof typeof chances
export type TimedFault = keyof typeof everySeconds
const timedFaults = Object.keys(everySeconds) as readonly TimedFault[]

/** In so many of ten seeds a kind is there. */
const thereInTen = 6

export class Faults {
  /** How often each struck. */
  readonly counts = new Map<string, number>()
  #healed = false
  readonly #strength = new Map<string, number>()
  readonly #random = new Map<string, Random>()

  constructor(seed: number) {
    for (const kind of [...Object.keys(chances), ...timedFaults]) {
      // Of each kind alone, so that a new one changes nothing about the others.
      const swarm = new Random(seed, `swarm ${kind}`)
      this.#strength.set(kind, swarm.int(1, 10) <= thereInTen ? swarm.range(0.3, 2) : 0)
      this.#random.set(kind, new Random(seed, kind))
    }
  }

  /** From now on nothing goes wrong any more. */
  heal(): void {
    this.#healed = true
  }

  get healed(): boolean {
    return this.#healed
  }

  strikes(kind: ChanceFault): boolean {
    const struck = !this.#healed && this.#of(kind).chance(chances[kind] * (this.#strength.get(kind) ?? 0))
    if (struck) this.count(kind)
    return struck
  }

  count(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
  }

  /** The timed kinds that this seed has, each with the milliseconds to its first time. */
  timed(): readonly (readonly [TimedFault, number])[] {
    return timedFaults.flatMap((kind) => {
      const ms = this.untilNext(kind)
      return ms === null ? [] : [[kind, ms] as const]
    })
  }

  /** Milliseconds; null: this seed has none of it. */
  untilNext(kind: TimedFault): number | null {
    const strength = this.#strength.get(kind) ?? 0
    return strength === 0 ? null : this.#of(kind).exponential((everySeconds[kind] * 1000) / strength)
  }

  #of(kind: string): Random {
    const random = this.#random.get(kind)
    if (random === undefined) throw new Error(`no such fault: ${kind}`)
    return random
  }
}
