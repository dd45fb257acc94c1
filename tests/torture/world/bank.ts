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
  /** Keys of refunds that were sent and came back. */
  readonly returned = new Set<string>()
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
      send: (order) => this.#asked(process, order.kind, () => this.#take(order)),
      isReturned: (reference) => this.#asked(process, 'look', () => this.#look(reference)),
    }
  }

  #asked<T>(process: SimulatedProcess, what: string, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      process.after(answerWithinMs, 'the provider is silent', () => reject(new Error('no answer within 30 s')))
      this.#link.send(what, () => {
        void this.#timeline.during(work()).then((answer) =>
          this.#link.answer(what, () => {
            if (process.alive) resolve(answer)
          }),
        )
      })
    })
  }

  /** What was taken less what was given back, minor units. */
  netMinor(): number {
    return [...this.done].reduce(
      (sum, [key, { order, answer }]) => sum + (this.returned.has(key) ? 0 : moved(order, answer)),
      0,
    )
  }

  async #look(reference: string): Promise<boolean> {
    const isReturned = (await this.#rules.isReturned?.(reference)) ?? false
    for (const [key, { answer }] of this.done)
      if (isReturned && answer.kind === 'refunded' && answer.reference === reference) this.returned.add(key)
    return isReturned
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
