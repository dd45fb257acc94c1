/** Who asks the account service over a bad line: money back, again and again until there is an answer. */
import { setTimeout as pause } from 'node:timers/promises'
import { storeToken } from '../../../cloud-sync/testing/service.ts'
import type { RefundAnswer } from '../../../models/contracts/payments.ts'
import type { Random } from '../../../simulators/random.ts'

const answerWithinMs = 5000
const againMs = 300

export class LineOffice {
  /** Refunds that the service said are granted, by id. */
  readonly refunds = new Map<string, { readonly tripId: string; readonly amountMinor: number }>()
  /** Asked and not answered. */
  waiting = 0
  readonly #url: string
  readonly #random: Random
  #asked = 0

  /** `url`: of the account service. */
  constructor(url: string, random: Random) {
    this.#url = url
    this.#random = random
  }

  /** Never rejects; a refusal is an answer. */
  async refund(tripId: string): Promise<void> {
    this.waiting += 1
    const id = `refund-${++this.#asked}`
    const part = this.#random.chance(0.5) ? { amountMinor: this.#random.int(1, 400) } : {}
    const body = JSON.stringify({ idempotentRefundId: id, reason: 'returned', ...part })
    const answer = await this.#insist(`/v1/purchases/${tripId}/refunds`, body)
    if (answer !== null) this.refunds.set(id, { tripId, amountMinor: answer.refund.amountMinor })
    this.waiting -= 1
  }

  async #insist(path: string, body: string): Promise<RefundAnswer | null> {
    for (;;) {
      try {
        return await this.#ask(path, body)
      } catch {
        await pause(againMs)
      }
    }
  }

  /** Null: refused. */
  async #ask(path: string, body: string): Promise<RefundAnswer | null> {
    const answer = await fetch(new URL(path, this.#url), {
      method: 'POST',
      headers: { authorization: `Bearer ${storeToken}`, 'content-type': 'application/json' },
      body,
      signal: AbortSignal.timeout(answerWithinMs),
    })
    const told: unknown = await answer.json()
    if (answer.status >= 500) throw new Error(`answered ${answer.status}`)
    return answer.ok ? (told as RefundAnswer) : null
  }
}
