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

/** What a device hands its messages to. */
export type Broker = (topic: string, payload: Uint8Array, acknowledged: (() => void) | null) => void

/** Nothing was heard for so long: the connection is taken for dead, and made anew. */
const againMs = 3000
const mostInFlight = 8

export class Device {
  readonly id: string
  /** Everything that it told at QoS 1. */
  readonly told: Told[] = []
  readonly #timeline: Timeline
  readonly #link: Link
  readonly #broker: Broker
  readonly #clock: () => number
  #seq = 0

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
    const told: Told = {
      device: this.id,
      channel,
      id,
      payload: this.#envelope(seq, data, id),
      data,
      acknowledgedAt: null,
    }
    this.told.push(told)
    this.#send(told)
    return told
  }

  /** At QoS 0: if it is lost, so be it. */
  mention(channel: string, data: object): void {
    const payload = this.#envelope(this.#seq++, data)
    this.#link.send(`${this.id} ${channel}`, () => this.#broker(this.#topic(channel), payload, null))
  }

  get waiting(): number {
    return this.told.filter(({ acknowledgedAt }) => acknowledgedAt === null).length
  }

  #send(told: Told): void {
    const { channel, id, payload } = told
    this.#link.send(`${id} ${channel}`, () => {
      // A buffer of its own each time, as from a socket.
      this.#broker(this.#topic(channel), Buffer.from(payload), () =>
        this.#link.answer(`${id} acknowledged`, () => {
          told.acknowledgedAt ??= this.#timeline.now
        }),
      )
    })
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
