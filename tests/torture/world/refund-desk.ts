/**
 * People of the store's office who give money back, and see to refunds that failed. Told that the account service was put back from
 * a copy, they do again what it has forgotten, as the operator's page says: in the same order, under the same ids.
 */
import type { NewRefund, RefundAnswer } from '../../../models/contracts/payments.ts'

export interface Asked {
  readonly status: number
  readonly body: unknown
}

/** Until there is an answer; null: the service was put back meanwhile, and what is to be asked may be another thing. */
type Insist = (method: 'GET' | 'POST', path: string, body?: object) => Promise<Asked | null>

interface Parts {
  readonly insist: Insist
  /** Resolves after a while. */
  readonly pause: () => Promise<void>
  /** Whether the service has said that it has the trip. */
  readonly isThere: (tripId: string) => boolean
  /** Whether books and provider ask a person to settle between them. */
  readonly isDisputed: (tripId: string) => boolean
  /** Goes up by each time the service is put back. */
  readonly times: () => number
  readonly now: () => number
  readonly blame: (found: string) => void
  readonly storeId: string
}

interface Given {
  readonly id: string
  readonly tripId: string
  readonly wanted: NewRefund
}

type Way = 'send-again' | 'paid-otherwise'

interface SeenTo {
  readonly id: string
  readonly tripId: string
  readonly way: Way
  /** Null: not yet. */
  answeredAt: number | null
}

export class RefundDesk {
  /** Refunds that the service said are granted, by id. */
  readonly granted = new Map<string, { readonly tripId: string; readonly amountMinor: number }>()
  /** What was done again. */
  again = 0
  readonly #parts: Parts
  readonly #given = new Map<string, Given>()
  /** Those without an answer. */
  readonly #open = new Set<string>()
  /** Those that were granted at some time, whoever heard of it. */
  readonly #once = new Set<string>()
  /** What is to be given again, in its order. */
  #forgotten: Given[] = []
  #seenTo: SeenTo[] = []
  #toSeeTo: SeenTo[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async give(id: string, tripId: string, wanted: NewRefund): Promise<void> {
    const given = { id, tripId, wanted }
    this.#given.set(id, given)
    this.#open.add(id)
    // What comes to all that is left depends on what was given before.
    if (this.#forgotten.some((other) => other.tripId === tripId)) this.#forgotten.push(given)
    else await this.#ask(given)
  }

  /** Sends a refund again, or pays it otherwise: only one that failed lets them. */
  async seeTo(id: string, tripId: string, way: Way): Promise<void> {
    if ([...this.#forgotten, ...this.#toSeeTo].some((other) => other.id === id)) return
    const one: SeenTo = { id, tripId, way, answeredAt: null }
    this.#seenTo.push(one)
    const status = await this.#post(one)
    if (status !== null && status !== 200 && status !== 409)
      this.#parts.blame(`refund ${id} was granted, ${way} was answered ${status}`)
  }

  /** `refunds`: names of those that it has forgotten, as they were granted. `copiedAt`: true time. */
  serviceWasPutBack(refunds: readonly string[], copiedAt: number): void {
    for (const id of refunds) this.#once.add(id)
    const unanswered = [...this.#forgotten.map(({ id }) => id), ...this.#open]
    this.#forgotten = [...new Set([...refunds, ...unanswered])].flatMap((id) => this.#given.get(id) ?? [])
    this.#toSeeTo = this.#seenTo.filter(({ answeredAt }) => answeredAt === null || answeredAt > copiedAt)
  }

  /** Refunds that are to be given again. */
  get waiting(): number {
    return this.#forgotten.length
  }

  /** Whether somebody has seen to one before, which the service does not know. */
  isToBeSeenTo(id: string): boolean {
    return this.#toSeeTo.some((one) => one.id === id)
  }

  /** Until everything is given again that is forgotten. */
  async giveAgain(): Promise<void> {
    const times = this.#parts.times()
    while (times === this.#parts.times()) {
      const [next] = this.#forgotten
      if (next === undefined) return
      if (this.#parts.isDisputed(next.tripId)) {
        this.granted.delete(next.id)
        this.#open.delete(next.id)
      } else if (!(await this.#ask(next))) {
        // Its bill is not there yet, or is being paid: others first.
        if (times === this.#parts.times()) this.#forgotten = this.#others(next.tripId)
        await this.#parts.pause()
        continue
      }
      if (times === this.#parts.times()) this.#forgotten = this.#forgotten.filter((one) => one !== next)
    }
  }

  /** What stands among the failed ones and somebody has seen to before. */
  async seeToAgain(): Promise<void> {
    if (this.#toSeeTo.length === 0) return
    const answer = await this.#parts.insist('GET', `/v1/stores/${this.#parts.storeId}/failed-refunds`)
    const failed = (answer?.body as { refunds?: { refund: { id: string } }[] } | undefined)?.refunds ?? []
    for (const { refund } of failed) {
      const one = this.#toSeeTo.find(({ id }) => id === refund.id)
      if (one === undefined) continue
      const times = this.#parts.times()
      const status = await this.#post(one)
      if (status === null || times !== this.#parts.times()) return
      this.again += 1
      this.#toSeeTo = this.#toSeeTo.filter((other) => other !== one)
    }
  }

  #others(tripId: string): Given[] {
    const [mine, others] = [true, false].map((isMine) =>
      this.#forgotten.filter((one) => (one.tripId === tripId) === isMine),
    )
    return [...(others ?? []), ...(mine ?? [])]
  }

  async #post(one: SeenTo): Promise<number | null> {
    const answer = await this.#parts.insist('POST', `/v1/purchases/${one.tripId}/refunds/${one.id}/${one.way}`, {})
    if (answer === null) return null
    one.answeredAt = this.#parts.now()
    if (answer.status !== 200) this.#seenTo = this.#seenTo.filter((other) => other !== one)
    return answer.status
  }

  /** False: it was granted before, and cannot be now. */
  async #ask({ id, tripId, wanted }: Given): Promise<boolean> {
    const { insist, isThere, blame } = this.#parts
    const wasThere = isThere(tripId)
    const answer = await insist('POST', `/v1/purchases/${tripId}/refunds`, wanted)
    if (answer === null) return false
    const { status, body } = answer
    const before = this.granted.get(id)
    if (status === 404 && wasThere) blame(`trip ${tripId} was acknowledged and is not known to the account service`)
    if (status !== 200 && status !== 201 && this.#once.has(id)) {
      if (status !== 404 && status !== 409) blame(`refund ${id} was granted, and is answered ${status} now`)
      return false
    }
    this.#open.delete(id)
    if (status !== 200 && status !== 201) return true
    const { amountMinor } = (body as RefundAnswer).refund
    if (this.#once.has(id)) this.again += 1
    this.#once.add(id)
    if (before !== undefined && before.amountMinor !== amountMinor)
      blame(`refund ${id} was granted, of ${before.amountMinor}, and again, of ${amountMinor}`)
    this.granted.set(id, { tripId, amountMinor })
    return true
  }
}
