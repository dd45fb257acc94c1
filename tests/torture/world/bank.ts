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
  /** Keys that the books have forgotten, as they were put back from a copy: they may ask anew. */
  readonly forgotten = new Set<string>()
  /** Those of them under which another amount was asked for than was taken: nobody is told anything then. */
  readonly disputed = new Set<string>()
  /** By key: what was asked for first. */
  readonly #orders = new Map<string, Order>()
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
        const answerBy = (tell: () => void) =>
          this.#link.answer(what, () => {
            if (process.alive) tell()
          })
        this.#timeline.during(work()).then(
          (answer) => answerBy(() => resolve(answer)),
          (error: Error) => answerBy(() => reject(error)),
        )
      })
    })
  }

  /** What was taken less what was given back, minor units. */
  netMinor(isCounted: (key: string) => boolean = () => true): number {
    return [...this.done].reduce(
      (sum, [key, { order, answer }]) => sum + (this.returned.has(key) || !isCounted(key) ? 0 : moved(order, answer)),
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
    const { key } = order
    const first = this.#orders.get(key) ?? order
    this.#orders.set(key, first)
    const isForgotten = this.forgotten.has(key)
    if (!isForgotten && said(first) !== said(order)) this.misused.push(key)
    const answer = this.done.get(key)?.answer ?? (await this.#rules.send(first))
    if (answer.kind !== 'pending') this.done.set(key, { order: first, answer })
    const isTaken = answer.kind !== 'declined' && answer.kind !== 'pending'
    if (!isForgotten || !isTaken || isSameMoney(first, order)) return answer
    // As Stripe's adapter: neither what is in the books nor what was taken can be the answer.
    this.disputed.add(key)
    throw new Error(`found an order of ${first.amountMinor} under this key, wanted one of ${order.amountMinor}`)
  }
}

function said(order: Order): string {
  return JSON.stringify({ ...order, mayBeForgotten: false, isNew: false, isReplaced: false })
}

/** Who asks may have forgotten since what was paid with, when it was asked, and that the shopper was there. */
function isSameMoney(first: Order, order: Order): boolean {
  const told = ({ kind, amountMinor, currency, ...order }: Order) =>
    [kind, amountMinor, currency, 'reference' in order ? order.reference : ''].join()
  return told(first) === told(order)
}

function moved({ amountMinor }: Order, { kind }: Final): number {
  if (kind === 'captured') return amountMinor
  return kind === 'refunded' ? -amountMinor : 0
}
