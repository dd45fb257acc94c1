/** The gateway as a client of somebody else's broker, by URL. */
import { randomBytes } from 'node:crypto'
import { Socket } from 'node:net'
import { connect, type IPublishPacket, type MqttClient } from 'mqtt'
import { type Bus, type BusLog, type BusMessage, NeverKeptError, type PublishOptions, storeFilter } from './bus.ts'

export interface RemoteBrokerOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`, with credentials in it where the broker wants them. */
  readonly url: string
  readonly storeId: string
  readonly log: BusLog
}

/** The first try comes soon, since most breaks are short; later ones spare a broker that is coming back. */
const firstRetryMs = 500
const longestRetryMs = 30_000
const connectTimeoutMs = 10_000

export function createRemoteBroker(options: RemoteBrokerOptions): Bus {
  return new RemoteBroker(options)
}

class RemoteBroker implements Bus {
  readonly #options: RemoteBrokerOptions
  #listener: (message: BusMessage) => void = () => {}
  #keep: (message: BusMessage) => Promise<void> = () => Promise.resolve()
  #client: MqttClient | null = null
  /** Said once, until one is kept again. */
  #isRefusing = false

  constructor(options: RemoteBrokerOptions) {
    this.#options = options
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#listener = listener
  }

  beforeAcknowledging(keep: (message: BusMessage) => Promise<void>): void {
    this.#keep = keep
  }

  connected(): boolean {
    return this.#client?.connected === true
  }

  port(): null {
    return null
  }

  /** Keeps trying until the broker is there, and says so in the log; `stop()` ends the wait. */
  async start(): Promise<void> {
    const client = connect(this.#options.url, {
      clean: true,
      clientId: `gateway-${this.#options.storeId}-${randomBytes(4).toString('hex')}`.slice(0, 100),
      reconnectPeriod: firstRetryMs,
      connectTimeout: connectTimeoutMs,
      // Subscribed by hand at each connection, so that `start()` can wait for the broker's answer.
      resubscribe: false,
      queueQoSZero: false,
    })
    this.#client = client
    // The way of the library to acknowledge later (its README, `handleMessage`).
    client.handleMessage = (packet, done) => void this.#take(client, packet, done)
    this.#backOff(client)
    await new Promise<void>((resolve, reject) => {
      client.on('connect', () => this.#subscribe(client, resolve))
      client.once('end', () => reject(new Error('stopped before the broker was reached')))
    })
  }

  async publish(topic: string, payload: string, { qos, retain = false }: PublishOptions): Promise<void> {
    const client = this.#client
    if (client?.connected !== true) throw new Error(`not connected to ${this.#place()}`)
    await client.publishAsync(topic, payload, { qos, retain })
  }

  async stop(): Promise<void> {
    await this.#client?.endAsync(this.#client.connected === false)
    this.#client = null
  }

  async #take(client: MqttClient, packet: IPublishPacket, done: (error?: Error) => void): Promise<void> {
    const { topic, payload, retain, qos } = packet
    const message = { topic, payload: typeof payload === 'string' ? Buffer.from(payload) : payload, retain }
    try {
      if (qos > 0) await this.#keep(message)
    } catch (error) {
      return this.#refuse(client, topic, error as Error, done)
    }
    if (qos > 0) this.#isRefusing = false
    this.#listener(message)
    done()
  }

  #refuse(client: MqttClient, topic: string, error: Error, done: (error?: Error) => void): void {
    if (!this.#isRefusing) this.#options.log.warn({}, `messages are not kept, the first on ${topic}: ${error.message}`)
    this.#isRefusing = true
    if (error instanceof NeverKeptError) done()
    else {
      done(error)
      // A broker sends only so many before they are acknowledged: without another connection it would say nothing more.
      client.stream.destroy()
    }
  }

  #subscribe(client: MqttClient, subscribed: () => void): void {
    client.subscribe(storeFilter(this.#options.storeId), { qos: 1 }, (error, granted) => {
      const refused = granted?.some(({ qos }) => qos === 128)
      if (error || refused)
        this.#options.log.warn({}, `the broker refuses the subscription: ${error?.message ?? 'no right to read'}`)
      else subscribed()
    })
  }

  #backOff(client: MqttClient): void {
    client.on('connect', () => {
      // Small packets at once: an acknowledgement that waits for company (Nagle) costs 40 ms.
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
      client.options.reconnectPeriod = firstRetryMs
      this.#options.log.info({}, `connected to ${this.#place()}`)
    })
    client.on('close', () => {
      const { reconnectPeriod = firstRetryMs } = client.options
      client.options.reconnectPeriod = Math.min(longestRetryMs, reconnectPeriod * 2)
    })
    client.on('error', (error) => this.#lost(error))
    client.on('offline', () => this.#lost(null))
  }

  #lost(error: Error | null): void {
    const reason = error === null ? 'the connection is gone' : error.message || (error as NodeJS.ErrnoException).code
    this.#options.log.warn({}, `broker ${this.#place()}: ${reason}; trying again`)
  }

  /** The address without credentials. */
  #place(): string {
    const { protocol, host } = new URL(this.#options.url)
    return `${protocol}//${host}`
  }
}
