/** People who look into what shelves said too late, and close it: now and then two at once, who do not think the same. */
import type { LateOutcomeAnswer, StoreRuntime } from '../../../edge/runtime/port.ts'
import type { LateCase, LateDecision } from '../../../models/contracts/late.ts'
import type { Random } from '../../../simulators/random.ts'

export type Closing = Pick<LateDecision, 'outcome' | 'tripId'>

/** Of a gateway that may die of it: null then. */
type Given = <T>(work: Promise<T>) => Promise<T | null>

/** Somebody else has the same case open. */
const twoAtOnceOneIn = 3

export class LateDesk {
  /** Cases that somebody was shown, by id: with how many changes. */
  readonly shown = new Map<string, { readonly shelf: string; readonly count: number }>()
  /** Cases of which somebody was told how they are closed, by id. */
  readonly closed = new Map<string, Closing>()
  readonly #random: Random
  readonly #blame: (found: string) => void

  constructor(random: Random, blame: (found: string) => void) {
    this.#random = random
    this.#blame = blame
  }

  async close(runtime: StoreRuntime, now: () => number, given: Given): Promise<void> {
    const open = await given(runtime.openLate(5))
    for (const { id, shelf, count } of open?.late ?? []) {
      this.shown.set(id, { shelf, count })
      if (this.closed.has(id)) this.#blame(`${id} was closed, and is laid before somebody again`)
    }
    if (open === null || open.late.length === 0) return
    const one = await given(runtime.lateCase(this.#random.pick(open.late).id))
    if (one === null) return
    const closings = this.#random.int(1, twoAtOnceOneIn) === 1 ? [this.#wayFor(one), noGoods] : [this.#wayFor(one)]
    await Promise.all(
      closings.map(async (closing, i) => {
        const settled = { lateCase: one.id, count: one.count, reviewer: `rita-${i}`, ...closing }
        const answer = await given(runtime.settleLate(settled, now()))
        if (answer !== null) this.#heard(one.id, closing, answer)
      }),
    )
  }

  #wayFor({ changes }: LateCase): Closing {
    const billed = changes
      .flatMap(({ people }) => people)
      .find(({ bill, tripId }) => tripId !== null && (bill === 'review' || bill === 'decided'))
    return billed !== undefined && this.#random.chance(0.5)
      ? { outcome: 'billed', tripId: billed.tripId }
      : { outcome: 'nobody-pays', tripId: null }
  }

  /** Closed once: whoever comes second is told how. */
  #heard(id: string, { outcome, tripId }: Closing, answer: LateOutcomeAnswer): void {
    const told =
      answer.kind === 'settled' ? { outcome, tripId } : answer.kind === 'other-outcome' ? answer.decision : null
    if (told === null) return
    const before = this.closed.get(id) ?? told
    if (before.outcome !== told.outcome || before.tripId !== told.tripId)
      this.#blame(`${id} was closed as ${before.outcome}, and is as ${told.outcome}`)
    this.closed.set(id, { outcome: told.outcome, tripId: told.tripId })
  }
}

const noGoods: Closing = { outcome: 'no-goods', tripId: null }
