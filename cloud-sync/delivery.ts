/** Brings bills from a store's outbox to the account service: each until it is acknowledged, billed once. */
import { randomUUID } from 'node:crypto'
import { backoffMs, type Delay, due, nextAt, type Outcome, refusedRetryMs } from './delivery-plan.ts'
import { type SendDeps, sendBill, waitByTimer } from './delivery-send.ts'
import type { OutboxBill, OutboxSource } from './outbox.ts'

/** pino's shape. */
interface DeliveryLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

interface Deps extends SendDeps {
  readonly source: OutboxSource
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly log: DeliveryLog
  /** In [0, 1). */
  readonly random: () => number
}
/** What is left out is the platform's. */
export type DeliveryDeps = Pick<Deps, 'source' | 'url' | 'token' | 'now' | 'log'> & Partial<Deps>

interface DeliveryMetrics {
  readonly delivered: number
  readonly failedAttempts: number
  /** Bills that the service refused; tried again hourly. */
  readonly refused: number
}

export interface Delivery {
  start(): void
  /** Says that a bill was written, so that it does not wait for the next look. */
  kick(): void
  metrics(): DeliveryMetrics
  /** Ends requests under way: what they brought is sent again later and found to be a duplicate. */
  stop(): Promise<void>
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  return new OutboxDelivery({
    fetch: globalThis.fetch,
    wait: waitByTimer,
    random: Math.random,
    newRequestId: randomUUID,
    ...deps,
  })
}

/** A backlog is read in pieces of this many bills. */
const windowSize = 200
/** Enough to hide the network's delay, few enough not to press a service that is coming back. */
const maxInFlight = 4
/** Bounds what is remembered; of more bills in trouble, some are tried more often than they need. */
const maxDelayed = 10_000
/** How often the outbox is looked through without a kick, which is the rule. */
const idleLookMs = 30_000
/** Between two looks when the first brought nothing. */
const fruitlessPauseMs = 1000
/** A store kicks with every change of a cart; a look for each would be too many, and a bill can wait for this. */
const kickPauseMs = 200

class OutboxDelivery implements Delivery {
  private readonly deps: Deps
  private readonly delays = new Map<number, Delay>()
  private readonly stopping = new AbortController()
  private sleep = new AbortController()
  private running: Promise<void> = Promise.resolve()
  private kicked = false
  private wakesByKick = false
  /** Looks in a row that found the service (or the outbox) out of reach. */
  private outage = 0
  private delivered = 0
  private failedAttempts = 0
  /** The outbox was read up to this entry: what is newer stands behind it. */
  private seen = 0
  /** Nothing stood behind it. */
  private isAtEnd = false
  /** When to read it from its beginning, once it was read to its end; milliseconds since the epoch. */
  private returnAt = 0

  constructor(deps: Deps) {
    this.deps = deps
  }

  start(): void {
    this.running = this.run()
  }

  kick(): void {
    this.kicked = true
    if (this.wakesByKick) this.sleep.abort()
  }

  metrics(): DeliveryMetrics {
    const refused = [...this.delays.values()].filter((delay) => delay.refused).length
    return { delivered: this.delivered, failedAttempts: this.failedAttempts, refused }
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    this.sleep.abort()
    await this.running
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.kicked = false
      await this.rest(await this.look())
    }
  }

  /** A kick ends an idle wait but not a back-off: a new bill makes a dead service no more alive. */
  private async rest(ms: number): Promise<void> {
    if (this.outage > 0) return this.pause(ms, false)
    await this.pause(Math.min(ms, kickPauseMs), false)
    if (!this.kicked) await this.pause(ms - kickPauseMs, true)
  }

  private async pause(ms: number, wakesByKick: boolean): Promise<void> {
    if (ms <= 0 || this.stopping.signal.aborted) return
    this.sleep = new AbortController()
    this.wakesByKick = wakesByKick
    await this.deps.wait(ms, this.sleep.signal)
    this.wakesByKick = false
  }

  /** Delivers what is due of the outbox's next piece. Resolves to the milliseconds to wait before the next look. */
  private async look(): Promise<number> {
    const { source, log, now } = this.deps
    try {
      this.returnWhenDue(now())
      const entries = await source.pending(windowSize, this.seen)
      const outcomes = await this.deliverAll(due(entries, this.delays, now()))
      if (outcomes.includes('unreachable')) return this.backOff()
      this.seen = entries.at(-1)?.seq ?? this.seen
      this.noteEnd(entries.length < windowSize)
      return this.afterDelivering(outcomes)
    } catch (error) {
      log.error({ err: error }, 'the outbox cannot be read')
      return this.backOff()
    }
  }

  /**
   * What has failed stands before what is new, which is reached first, however much has failed: a look that went back before
   * the end would never get past it.
   */
  private returnWhenDue(time: number): void {
    if (!this.isAtEnd) return
    const wasSetBack = this.returnAt - time > idleLookMs
    // They would last for as long as the clock was set back.
    if (wasSetBack) this.delays.clear()
    if (!wasSetBack && time < this.nextReturn()) return
    this.seen = 0
    this.isAtEnd = false
  }

  private nextReturn(): number {
    return Math.min(this.returnAt, nextAt(this.delays))
  }

  private noteEnd(isAtEnd: boolean): void {
    if (isAtEnd && !this.isAtEnd) this.returnAt = this.deps.now() + idleLookMs
    this.isAtEnd = isAtEnd
  }

  private afterDelivering(outcomes: readonly Outcome[]): number {
    if (this.outage > 0 && outcomes.length > 0) this.deps.log.info({}, 'bills can be delivered again')
    // A piece of which nothing was due says nothing about the service.
    if (this.isAtEnd || outcomes.length > 0) this.outage = 0
    if (outcomes.includes('delivered') || (!this.isAtEnd && outcomes.length === 0)) return 0
    if (!this.isAtEnd) return fruitlessPauseMs
    return Math.min(idleLookMs, Math.max(fruitlessPauseMs, this.nextReturn() - this.deps.now()))
  }

  private backOff(): number {
    this.outage += 1
    return backoffMs(this.outage - 1, this.deps.random())
  }

  /** A few at a time, oldest first, or one while the service was out of reach; asks for no more when it is. */
  private async deliverAll(entries: readonly OutboxBill[]): Promise<readonly Outcome[]> {
    const queue = [...entries]
    const outcomes: Outcome[] = []
    const lane = async () => {
      for (let bill = queue.shift(); bill !== undefined; bill = queue.shift()) {
        if (this.stopping.signal.aborted || outcomes.includes('unreachable')) return
        outcomes.push(await this.deliver(bill))
      }
    }
    await Promise.all(Array.from({ length: this.outage > 0 ? 1 : maxInFlight }, lane))
    return outcomes
  }

  private async deliver(bill: OutboxBill): Promise<Outcome> {
    const { outcome, why } = await sendBill(this.deps, bill, this.stopping.signal)
    if (outcome === 'delivered') return this.acknowledge(bill)
    if (this.stopping.signal.aborted) return outcome
    this.failedAttempts += 1
    const { log } = this.deps
    const fields = { tripId: bill.tripId, why }
    if (outcome === 'refused') log.error(fields, 'the account service refuses a bill: it is kept and tried every hour')
    else log.warn(fields, 'a bill could not be delivered')
    if (outcome !== 'unreachable') this.postpone(bill, outcome)
    return outcome
  }

  private async acknowledge({ seq, tripId }: OutboxBill): Promise<Outcome> {
    try {
      await this.deps.source.acknowledge(seq, this.deps.now())
    } catch (error) {
      this.deps.log.error({ err: error, tripId }, 'a delivered bill cannot be marked so: it will be sent once more')
      return 'unreachable'
    }
    this.delays.delete(seq)
    this.delivered += 1
    return 'delivered'
  }

  private postpone({ seq }: OutboxBill, outcome: Outcome): void {
    const failures = this.delays.get(seq)?.failures ?? 0
    if (failures === 0 && this.delays.size >= maxDelayed) return
    const refused = outcome === 'refused'
    const ms = refused ? refusedRetryMs : backoffMs(failures, this.deps.random())
    this.delays.set(seq, { failures: failures + 1, until: this.deps.now() + ms, refused })
  }
}
