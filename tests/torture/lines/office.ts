/** Who asks the account service over a bad line: money back, again and again until there is an answer. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { storeToken } from '../../../cloud-sync/testing/service.ts'
import type { RefundAnswer } from '../../../models/contracts/payments.ts'
import type { Random } from '../../../simulators/random.ts'

const answerWithinMs = 5000
const againMs = 300

/** `authority`: what it is trusted by, PEM. */
interface Service {
  readonly port: number
  readonly authority: string
}

export class LineOffice {
  /** Refunds that the service said are granted, by id. */
  readonly refunds = new Map<string, { readonly tripId: string; readonly amountMinor: number }>()
  /** Asked and not answered. */
  waiting = 0
  readonly #service: Service
  readonly #random: Random
  #asked = 0

  constructor(service: Service, random: Random) {
    this.#service = service
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
    const { port, authority: ca } = this.#service
    const asked = request({
      port,
      host: '127.0.0.1',
      path,
      method: 'POST',
      headers: { authorization: `Bearer ${storeToken}`, 'content-type': 'application/json' },
      ca,
      agent: false,
      signal: AbortSignal.timeout(answerWithinMs),
    })
    asked.end(body)
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    const told: unknown = JSON.parse(await text(answer))
    const { statusCode: status = 500 } = answer
    if (status >= 500) throw new Error(`answered ${status}`)
    return status < 300 ? (told as RefundAnswer) : null
  }
}
