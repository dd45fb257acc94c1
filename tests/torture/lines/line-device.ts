/** The world's device with a memory, on a real connection: what is told at QoS 1 is told again, as it was, until acknowledged. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, type IClientOptions, type MqttClient } from 'mqtt'
import type { Told } from '../world/device.ts'

/** A connection over which nothing comes for so long is dead. Devices of a store are patient for longer. */
const keepaliveSeconds = 4
const connectWithinMs = 6000
const againAfterMs = 300
/** Whoever waits for longer hangs up and tells it on another connection: where no TLS is, an altered byte can make an answer one to nothing. */
const acknowledgedWithinMs = 30_000

export interface LineDeviceOptions {
  readonly id: string
  readonly store: string
  readonly url: string
  readonly connection: Pick<IClientOptions, 'username' | 'password' | 'ca'>
  /** Told of each command. */
  readonly onCommand?: (topic: string, payload: string) => void
}

export class LineDevice {
  readonly id: string
  /** Everything that it told at QoS 1. */
  readonly told: Told[] = []
  readonly #options: LineDeviceOptions
  readonly #boot = randomBytes(8).toString('hex')
  #client: MqttClient | null = null
  #isStopped = false
  #running: Promise<void> = Promise.resolve()
  #seq = 0

  constructor(options: LineDeviceOptions) {
    this.id = options.id
    this.#options = options
  }

  start(): void {
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#client?.end(true)
    await this.#running
  }

  now(): number {
    return Date.now()
  }

  get waiting(): number {
    return this.told.filter(({ acknowledgedAt }) => acknowledgedAt === null).length
  }

  /** At QoS 1. */
  tell(channel: string, data: object): Told {
    const seq = this.#seq++
    const id = `${this.id}-${seq}`
    const payload = this.#envelope(seq, data, id)
    const told: Told = { device: this.id, channel, id, payload, data, acknowledgedAt: null }
    this.told.push(told)
    if (this.#client !== null) this.#send(this.#client, told)
    return told
  }

  /** At QoS 0: if it is lost, so be it. */
  mention(channel: string, data: object): void {
    this.#client?.publish(this.#topic(channel), this.#envelope(this.#seq++, data))
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#connection()
      await pause(againAfterMs)
    }
  }

  /** From its beginning to its end. */
  #connection(): Promise<void> {
    const { id, url, connection, onCommand } = this.#options
    const client = connect(url, {
      clientId: id,
      ...connection,
      reconnectPeriod: 0,
      connectTimeout: connectWithinMs,
      keepalive: keepaliveSeconds,
    })
    client.on('error', () => {})
    client.on('message', (topic, payload) => onCommand?.(topic, payload.toString()))
    client.once('connect', () => {
      this.#client = client
      if (onCommand !== undefined) client.subscribe(this.#topic('cmd/#'), { qos: 1 }, () => {})
      for (const told of this.told) if (told.acknowledgedAt === null) this.#send(client, told)
    })
    return new Promise((resolve) => {
      client.once('close', () => {
        this.#client = null
        client.end(true)
        resolve()
      })
    })
  }

  #send(client: MqttClient, told: Told): void {
    setTimeout(() => {
      if (told.acknowledgedAt === null) client.end(true)
    }, acknowledgedWithinMs).unref()
    client.publish(this.#topic(told.channel), told.payload, { qos: 1 }, (error) => {
      if (error === null || error === undefined) told.acknowledgedAt ??= Date.now()
    })
  }

  #topic(channel: string): string {
    return `tillfree/1/${this.#options.store}/dev/${this.id}/${channel}`
  }

  #envelope(seq: number, data: object, id?: string): Buffer {
    const named = id === undefined ? {} : { id }
    return Buffer.from(JSON.stringify({ v: 1, ...named, ts: Date.now(), boot: this.#boot, seq, data }))
  }
}
