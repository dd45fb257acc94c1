/** Lines between machines: what is sent comes late, twice, in another order, or not at all. */
import type { Random } from '../../../simulators/random.ts'
import type { ChanceFault, Faults } from './faults.ts'
import type { Timeline } from './timeline.ts'

const latestMs = 12_000

export class Link {
  /** Nothing comes through. */
  cut = false
  readonly #name: string
  readonly #timeline: Timeline
  readonly #faults: Faults
  readonly #random: Random
  readonly #answerLost: ChanceFault

  constructor(
    name: string,
    timeline: Timeline,
    faults: Faults,
    random: Random,
    answerLost: ChanceFault = 'answer lost',
  ) {
    this.#name = name
    this.#timeline = timeline
    this.#faults = faults
    this.#random = random
    this.#answerLost = answerLost
  }

  /** `deliver` is called when it comes: never, once or twice. */
  send(what: string, deliver: () => void): void {
    if (this.#faults.strikes('message lost')) return
    this.#deliver(what, deliver)
    if (this.#faults.strikes('message twice')) this.#deliver(what, deliver)
  }

  /** What comes back; a loss here is one after the effect. */
  answer(what: string, deliver: () => void): void {
    if (!this.#faults.strikes(this.#answerLost)) this.#deliver(what, deliver)
  }

  #deliver(what: string, deliver: () => void): void {
    const late = this.#faults.strikes('message late') ? this.#random.range(500, latestMs) : 0
    this.#timeline.after(this.#random.range(2, 40) + late, `${this.#name}: ${what}`, () => {
      if (!this.cut) deliver()
    })
  }
}
