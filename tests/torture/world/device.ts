/** A device with a memory: what is told at QoS 1 is told again, as it was, until it is acknowledged. */
import type { Link } from './network.ts'
import type { Timeline } from './timeline.ts'

export interface Told {
  readonly device: string
  readonly channel: string
  readonly id: string
  readonly payload: Buffer
  readonly data: object
  acknowledgedAt: number | null
}

/** With true times, milliseconds since the world began. */
export interface Timed extends Told {
  readonly at: number
  /** When the first of it reached the gateway's machine; whether a gateway ran there is another thing. */
  heardAt: number | null
}

/** What a device hands its messages to. */
export interface Broker {
  take(topic: string, payload: Uint8Array, acknowledged: (() => void) | null): void
  /** Which of the processes that ran one after the other it is; null: none runs. */
  process(): object | null
}

/** Nothing was heard for so long: the connection is taken for dead, and made anew. */
const againMs = 3000
const mostInFlight = 8

export class Device {
  readonly id: string
  /** Everything that it told at QoS 1. */
  readonly told: Timed[] = []
  #cutOff = false
  readonly #timeline: Timeline
  readonly #link: Link
  readonly #broker: Broker
  readonly #clock: () => number
  #seq = 0
  #connectedTo: object | null = null

  /** `clock`: its own, milliseconds since the epoch. */
  constructor(id: string, timeline: Timeline, link: Link, broker: Broker, clock: () => number) {
    this.id = id
    this.#timeline = timeline
    this.#link = link
    this.#broker = broker
    this.#clock = clock
    this.#keepTelling()
  }

  now(): number {
    return this.#clock()
  }

  /** At QoS 1. */
  tell(channel: string, data: object): Told {
    const seq = this.#seq++
    const id = `${this.id}-${seq}`
    const told: Timed = {
      device: this.id,
      channel,
      id,
      payload: this.#envelope(seq, data, id),
      data,
      at: this.#timeline.now,
      heardAt: null,
      acknowledgedAt: null,
    }
    this.told.push(told)
    this.#send(told)
    return told
  }

  /** At QoS 0: if it is lost, so be it. */
  mention(channel: string, data: object): void {
    const payload = this.#envelope(this.#seq++, data)
    this.#link.send(`${this.id} ${channel}`, () => {
      if (!this.cutOff) this.#broker.take(this.#topic(channel), payload, null)
    })
  }

  /** Nothing comes through its own line. */
  get cutOff(): boolean {
    return this.#cutOff
  }

  set cutOff(isCut: boolean) {
    this.#cutOff = isCut
    this.#connectedTo = null
  }

  get waiting(): number {
    return this.told.filter(({ acknowledgedAt }) => acknowledgedAt === null).length
  }

  #send(told: Timed): void {
    const { channel, id, payload } = told
    this.#link.send(`${id} ${channel}`, () => {
      if (this.cutOff) return
      told.heardAt ??= this.#timeline.now
      this.#connect()
      // A buffer of its own each time, as from a socket.
      this.#broker.take(this.#topic(channel), Buffer.from(payload), () =>
        this.#link.answer(`${id} acknowledged`, () => {
          if (!this.cutOff) told.acknowledgedAt ??= this.#timeline.now
        }),
      )
    })
  }

  /**
   * The first word on each connection says what time it is by the device's clock, so that what it has stored up is not taken for
   * that of a slow one (decision 16).
   */
  #connect(): void {
    const process = this.#broker.process()
    if (process === null || process === this.#connectedTo) return
    this.#connectedTo = process
    this.#broker.take(this.#topic('tele'), this.#envelope(this.#seq++, {}), null)
  }

  #keepTelling(): void {
    this.#timeline.after(againMs, `${this.id} tells again`, () => {
      const waiting = this.told.filter(({ acknowledgedAt }) => acknowledgedAt === null)
      for (const told of waiting.slice(0, mostInFlight)) this.#send(told)
      this.#keepTelling()
    })
  }

  #topic(channel: string): string {
    return `tillfree/1/s1/dev/${this.id}/${channel}`
  }

  #envelope(seq: number, data: object, id?: string): Buffer {
    return Buffer.from(
      JSON.stringify({ v: 1, ...(id === undefined ? {} : { id }), ts: this.#clock(), boot: 'b1', seq, data }),
    )
  }
}
