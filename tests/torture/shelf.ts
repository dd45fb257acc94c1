/** A shelf with a memory, as devices have one: each change is said until it is acknowledged, oldest first. */
import { setTimeout as pause } from 'node:timers/promises'
import { connect, type MqttClient } from 'mqtt'

/** A change of a plate, and what became of it. */
export interface Change {
  readonly device: string
  readonly seq: number
  readonly cell: string
  readonly deltaGrams: number
  readonly payload: string
  /** Milliseconds since the epoch, and to which gateway: the first that was started is 0. */
  acknowledged: { readonly at: number; readonly gateway: number } | null
  /** How often it was said. */
  said: number
}

/** Far apart, so that no two changes are taken for one: a plate is used again after 20 s. */
export const platesEach = 200
const everyMs = 100
/** Further apart than a change is measured wrong. */
const leastGrams = 200
const gramsApart = 997

export class Shelf {
  readonly changes: Change[] = []
  readonly device: string
  readonly #boot = `b${process.pid}`
  #client: MqttClient | null = null
  #lost: Promise<false> = Promise.resolve(false)
  #stopped = false
  #isFinishing = false

  constructor(device: string) {
    this.device = device
  }

  stop(): void {
    this.#stopped = true
    this.#client?.end(true)
  }

  /** From now on nothing new is said. */
  finish(): void {
    this.#isFinishing = true
  }

  isAcknowledged(): boolean {
    return this.changes.every(({ acknowledged }) => acknowledged !== null)
  }

  /** Says what it has to the broker until it is stopped; a connection that is lost is the end, until it is called again. */
  async report(brokerUrl: string, gateway: number): Promise<void> {
    this.#stopped = false
    const client = await this.#connected(brokerUrl)
    if (client === null) return
    const waiting = this.changes.filter(({ acknowledged }) => acknowledged === null)
    while (!this.#stopped && client.connected) {
      const change = waiting.shift() ?? (this.#isFinishing ? null : this.#next())
      if (change !== null) await this.#say(client, change, gateway)
      await pause(everyMs)
    }
  }

  /** Null when the broker goes before it has answered. */
  async #connected(brokerUrl: string): Promise<MqttClient | null> {
    const client = connect(brokerUrl, { clientId: this.device, reconnectPeriod: 0 })
    client.on('error', () => {})
    this.#client = client
    this.#lost = new Promise((resolve) => client.once('close', () => resolve(false)))
    const answered = new Promise<true>((resolve) => client.once('connect', () => resolve(true)))
    return (await Promise.race([answered, this.#lost])) ? client : null
  }

  async #say(client: MqttClient, change: Change, gateway: number): Promise<void> {
    change.said += 1
    const topic = `tillfree/1/kills/dev/${this.device}/event/weight`
    const told = client.publishAsync(topic, change.payload, { qos: 1 }).then(() => true)
    if (await Promise.race([told, this.#lost]).catch(() => false)) change.acknowledged = { at: Date.now(), gateway }
  }

  #next(): Change {
    const seq = this.changes.length
    const { device } = this
    const cell = `${device}-c${seq % platesEach}`
    const ts = Date.now()
    // Grams that no other change of the plate has, so that each is known again; up and down in turn.
    const deltaGrams = (Math.floor(seq / platesEach) % 2 === 0 ? -1 : 1) * (leastGrams + (seq % gramsApart))
    const data = { cell, deltaGrams, sdGrams: 1, from: ts - 200, to: ts }
    const payload = JSON.stringify({ v: 1, id: `${device}-${seq}`, ts, boot: this.#boot, seq, data })
    const change = { device, seq, cell, deltaGrams, payload, acknowledged: null, said: 0 }
    this.changes.push(change)
    return change
  }
}
