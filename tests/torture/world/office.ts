/** People at desks and telephones: refunds, other cards, bills paid by hand, reviews decided. What they are promised is kept. */
import { storeToken } from '../../../cloud-sync/testing/service.ts'
import type { AccountBills } from '../../../models/contracts/http.ts'
import type { Random } from '../../../simulators/random.ts'
import type { Gateway } from './gateway.ts'
import { fetchOver, type Listener } from './http.ts'
import { LateDesk } from './late-desk.ts'
import type { Link } from './network.ts'
import { SimulatedProcess } from './process.ts'
import { type Asked, RefundDesk } from './refund-desk.ts'
import type { Customer } from './service.ts'
import { shop, skus } from './shop.ts'
import type { Timeline } from './timeline.ts'

const methods = [
  'test-ok',
  'test-two-steps',
  'test-slow',
  'test-second-try',
  'test-declined',
  'test-authentication',
  'test-card-closed',
  'test-no-refund',
  'test-refund-returns',
] as const

const answerWithinMs = 10_000
const againMs = 3000
const mostTries = 40

interface Parts {
  readonly timeline: Timeline
  readonly random: Random
  readonly link: Link
  readonly service: Listener
  readonly gateway: Gateway
  readonly customers: readonly Customer[]
  /** Trips that the service said it has. */
  readonly trips: () => readonly string[]
  /** Whether what the provider took of a trip is not what the service's books ask for. */
  readonly isDisputed: (tripId: string) => boolean
  readonly blame: (found: string) => void
}

export class Office {
  readonly refundDesk: RefundDesk
  /** Reviews that the gateway said are decided, by trip: the total in minor units. */
  readonly decisions = new Map<string, number>()
  /** Of what shelves said too late. */
  readonly lateDesk: LateDesk
  operations = 0
  #waiting = 0
  readonly #parts: Parts
  /** How often the account service was put back from a copy. */
  #times = 0
  readonly #process: SimulatedProcess

  constructor(parts: Parts) {
    this.#parts = parts
    this.#process = new SimulatedProcess(parts.timeline)
    this.lateDesk = new LateDesk(parts.random, parts.blame)
    const ever = new AbortController().signal
    this.refundDesk = new RefundDesk({
      insist: (method, path, body) => this.#insist(method, path, storeToken, body),
      pause: () => this.#process.wait(againMs, ever),
      isThere: (tripId) => parts.trips().includes(tripId),
      isDisputed: parts.isDisputed,
      times: () => this.#times,
      now: () => parts.timeline.now,
      blame: parts.blame,
      storeId: shop.id,
    })
  }

  /** Somebody does something. */
  work(): void {
    this.operations += 1
    const { random, customers, trips, gateway } = this.#parts
    const what = random.weighted({ refund: 3, failed: 1, method: 3, pay: 2, review: 3 })
    const done =
      what === 'review'
        ? this.#decide(gateway)
        : what === 'refund'
          ? trips().length === 0
            ? null
            : this.#refund(random.pick(trips()))
          : what === 'failed'
            ? this.#mend()
            : what === 'method'
              ? this.#choose(random.pick(customers))
              : this.#pay(random.pick(customers))
    if (done !== null) this.#awaits(done)
  }

  /** Somebody looks into what shelves said too late. */
  lookIntoLate(): void {
    const { gateway } = this.#parts
    const { runtime } = gateway
    if (runtime !== null) this.#awaits(this.lateDesk.close(runtime, () => gateway.now(), this.#given))
  }

  /** `refunds`: those that it has forgotten, as they were granted; `copiedAt`: true time. */
  serviceWasPutBack(refunds: readonly string[], copiedAt: number): void {
    this.#times += 1
    this.refundDesk.serviceWasPutBack(refunds, copiedAt)
    // Some wait for days, until their bills are paid again.
    void this.refundDesk.giveAgain().catch((error: Error) => this.#parts.blame(`the office: ${error.stack}`))
    if (this.#times === 1) this.#seeToAgain()
  }

  #seeToAgain(): void {
    this.#process.after(againMs, 'the office looks at refunds that failed', () =>
      this.refundDesk.seeToAgain().then(
        () => this.#seeToAgain(),
        (error: Error) => this.#parts.blame(`the office: ${error.stack}`),
      ),
    )
  }

  #awaits(done: Promise<void>): void {
    this.#waiting += 1
    done.then(
      () => {
        this.#waiting -= 1
      },
      (error: Error) => this.#parts.blame(`the office: ${error.stack}`),
    )
  }

  /** What was begun and is not answered. */
  get waiting(): number {
    return this.#waiting
  }

  async #refund(tripId: string): Promise<void> {
    const { random } = this.#parts
    const id = `refund-${this.operations}`
    const how = random.weighted({ whole: 2, amount: 3, lines: 2 })
    const part =
      how === 'whole'
        ? {}
        : how === 'amount'
          ? { amountMinor: random.int(1, 400) }
          : { lines: [{ sku: random.pick(skus), quantity: 1 }] }
    const wanted = { idempotentRefundId: id, reason: 'returned' as const, ...part }
    await this.refundDesk.give(id, tripId, wanted)
  }

  /** Sends a refund again, or pays it otherwise: only one that failed lets them. */
  async #mend(): Promise<void> {
    const { random } = this.#parts
    const { granted } = this.refundDesk
    if (granted.size === 0) return
    const [id, { tripId }] = random.pick([...granted])
    await this.refundDesk.seeTo(id, tripId, random.pick(['send-again', 'paid-otherwise'] as const))
  }

  async #choose({ token }: Customer): Promise<void> {
    await this.#insist('PUT', '/v1/me/payment-method', token, { token: this.#parts.random.pick(methods) })
  }

  async #pay({ token }: Customer): Promise<void> {
    const answer = await this.#insist('GET', '/v1/me/bills', token)
    // Thirty days after its last use nobody is signed in any more, and the service's clock goes on by days.
    if (answer === null || answer.status === 401) return
    const { bills } = answer.body as AccountBills
    if (bills.length > 0) await this.#insist('POST', `/v1/me/bills/${this.#parts.random.pick(bills).id}/pay`, token)
  }

  /** A gateway that dies of it answers nobody: somebody else decides another day. */
  readonly #given = <T>(work: Promise<T>): Promise<T | null> =>
    Promise.race([
      work.catch(() => null),
      this.#process.wait(answerWithinMs, new AbortController().signal).then(() => null),
    ])

  async #decide(gateway: Gateway): Promise<void> {
    const { runtime } = gateway
    if (runtime === null) return
    const open = await this.#given(runtime.openReviews(5))
    if (open === null || open.reviews.length === 0) return
    const { random } = this.#parts
    const { tripId } = random.pick(open.reviews)
    const lines = random
      .shuffled(skus)
      .slice(0, random.int(0, 2))
      .map((sku) => ({ sku, quantity: random.int(1, 2) }))
    const outcome = await this.#given(runtime.decide({ tripId, lines, reviewer: 'rita' }, gateway.now()))
    if (outcome?.kind === 'decided') this.decisions.set(tripId, outcome.totalMinor)
  }

  /** Asks until there is an answer that says what became of it; null: the service was put back from a copy meanwhile. */
  async #insist(method: string, path: string, token: string, body?: object): Promise<Asked | null> {
    const times = this.#times
    for (let tries = 0; tries < mostTries; tries++) {
      if (times !== this.#times) return null
      const answer = await this.#ask(method, path, token, body).catch(() => null)
      if (times !== this.#times) return null
      if (answer !== null && answer.status < 500) return answer
      await this.#process.wait(againMs, new AbortController().signal)
    }
    throw new Error(`${method} ${path} has no answer after ${mostTries} tries`)
  }

  async #ask(method: string, path: string, token: string, body?: object): Promise<Asked> {
    const late = new AbortController()
    const answered = new AbortController()
    void this.#process.wait(answerWithinMs, answered.signal).then(() => late.abort(new Error('no answer')))
    // The store's word, or that of a browser in which somebody is signed in.
    const who = {
      authorization: `Bearer ${token}`,
      cookie: `tillfree-account=${token}`,
      'sec-fetch-site': 'same-origin',
    }
    const { link, service } = this.#parts
    const times = this.#times
    // What is under way to a process does not come to one that was started on other data.
    const listener: Listener = (request) => (times === this.#times ? service(request) : new Promise(() => {}))
    const answer = await fetchOver(
      link,
      this.#process,
      listener,
    )(new URL(path, 'http://accounts.test'), {
      method,
      headers: body === undefined ? who : { ...who, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: late.signal,
    })
    const text = await answer.text()
    answered.abort()
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
  }
}
