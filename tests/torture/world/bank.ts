/** The payment provider's side: the provider for tests, with a memory of what it did under which key, beyond a line that loses. */
import type { Answer, Order, PaymentProvider } from '../../../cloud-sync/payments/provider.ts'
import { createTestProvider } from '../../../cloud-sync/payments/test-provider.ts'
import type { Link } from './network.ts'
import type { SimulatedProcess } from './process.ts'
import type { Timeline } from './timeline.ts'

type Final = Exclude<Answer, { kind: 'pending' }>

/** What the interface grants a provider. */
const answerWithinMs = 30_000

export class Bank {
  /** What was done under each key. */
  readonly done = new Map<string, { readonly order: Order; readonly answer: Final }>()
  /** Keys that came again with something else. */
  readonly misused: string[] = []
  readonly #timeline: Timeline
  readonly #link: Link
  readonly #rules: PaymentProvider

  constructor(timeline: Timeline, link: Link, clock: () => number) {
    this.#timeline = timeline
    this.#link = link
    this.#rules = createTestProvider(clock)
  }

  /** The provider as a process of the account service uses it. */
  providerFor(process: SimulatedProcess): PaymentProvider {
    return {
      ...this.#rules,
      send: (order) =>
        new Promise((resolve, reject) => {
          process.after(answerWithinMs, 'the provider is silent', () => reject(new Error('no answer within 30 s')))
          this.#link.send(order.kind, () => {
            void this.#timeline.during(this.#take(order)).then((answer) =>
              this.#link.answer(answer.kind, () => {
                if (process.alive) resolve(answer)
              }),
            )
          })
        }),
    }
  }

  /** What was taken less what was given back, minor units. */
  netMinor(): number {
    return [...this.done.values()].reduce((sum, { order, answer }) => sum + moved(order, answer), 0)
  }

  async #take(order: Order): Promise<Answer> {
    const known = this.done.get(order.key)
    if (known !== undefined) {
      if (JSON.stringify(known.order) !== JSON.stringify(order)) this.misused.push(order.key)
      return known.answer
    }
    const answer = await this.#rules.send(order)
    if (answer.kind !== 'pending') this.done.set(order.key, { order, answer })
    return answer
  }
}

function moved({ amountMinor }: Order, { kind }: Final): number {
  if (kind === 'captured') return amountMinor
  return kind === 'refunded' ? -amountMinor : 0
}
