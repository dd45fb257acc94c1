/** The simulator's own connection: it owns time, and a gateway with a simulated clock follows step by step. */
import mqtt, { type MqttClient } from 'mqtt'
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import { loginOf, parseJson, sendAtOnce } from './device-client.ts'

export interface TimeLinkOptions {
  readonly url: string
  readonly store: string
  /** By user name, where the broker wants them. */
  readonly secrets?: MqttSecrets | undefined
  /** A gateway's command to a device, heard before the answer to the step that brought it about. */
  readonly onCommand: (device: string, name: string, body: unknown) => void
}

interface Progress {
  readonly boot: string
  readonly now: number
  readonly received: number
}

/** A gateway that works at 50 x real time answers within milliseconds; a loaded machine may take seconds. */
const answerTimeoutMs = 60_000

export class TimeLink {
  private readonly options: TimeLinkOptions
  private client: MqttClient | null = null
  /** The gateway's start that the steps go to, and the one last heard of. */
  private boot: string | null = null
  private latestBoot: string | null = null
  /** The connection was lost since the gateway was last heard. */
  private isCut = false
  private heard: (progress: Progress) => void = () => {}

  constructor(options: TimeLinkOptions) {
    this.options = options
  }

  /** Resolves when a gateway has said that it is there. */
  async start(): Promise<void> {
    const { url, store, secrets } = this.options
    const login = loginOf('sim', secrets)
    const options = { clientId: 'sim', reconnectPeriod: 250, queueQoSZero: false, ...login }
    const client = await mqtt.connectAsync(url, options, false)
    this.client = client
    client.on('error', () => {})
    client.on('connect', () => sendAtOnce(client))
    client.on('close', () => {
      this.isCut = true
    })
    sendAtOnce(client)
    client.on('message', (topic, payload) => this.take(topic, parseJson(payload)))
    const greeting = this.next('a gateway with a simulated clock', () => true)
    await client.subscribeAsync([`tillfree/1/${store}/gw/progress`, `tillfree/1/${store}/dev/+/cmd/+`], { qos: 1 })
    this.boot = (await greeting).boot
  }

  /**
   * Sets the gateway's clock once it has received `after` messages of this boot.
   * @returns whether it was restarted in between: the count then begins anew
   */
  async step(now: number, after: number): Promise<{ readonly restarted: boolean; readonly received: number }> {
    const { client } = this
    if (client === null) throw new Error('TimeLink.step: not started')
    // A step that an old count belongs to would hold up a new gateway for ever: first hear who is there.
    if (this.isCut) await this.next('a gateway after the connection was lost', () => true)
    if (this.latestBoot !== this.boot) return this.renewed()
    const answer = this.next(`the gateway's answer to ${new Date(now).toISOString()}`, (progress) => {
      return progress.now === now || progress.boot !== this.boot
    })
    const topic = `tillfree/1/${this.options.store}/sim/time`
    // QoS 1 would have the broker's acknowledgement delay the answer by 40 ms (Nagle's algorithm and delayed TCP ACKs).
    // Not waited for: on a connection that is just going it would never end; the answer tells.
    client.publish(topic, JSON.stringify({ now, after }), { qos: 0 }, () => {})
    const { boot, received } = await answer
    return boot === this.boot ? { restarted: false, received } : this.renewed()
  }

  async stop(): Promise<void> {
    await this.client?.endAsync()
    this.client = null
  }

  private renewed(): { readonly restarted: true; readonly received: 0 } {
    this.boot = this.latestBoot
    return { restarted: true, received: 0 }
  }

  private next(what: string, fits: (progress: Progress) => boolean): Promise<Progress> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not come within 60 s`)), answerTimeoutMs)
      this.heard = (progress) => {
        if (!fits(progress)) return
        clearTimeout(timer)
        this.heard = () => {}
        resolve(progress)
      }
    })
  }

  private take(topic: string, body: unknown): void {
    const parts = topic.split('/')
    if (parts[3] === 'dev') this.options.onCommand(parts[4] ?? '', parts[6] ?? '', body)
    else if (isProgress(body)) {
      this.latestBoot = body.boot
      this.isCut = false
      this.heard(body)
    }
  }
}

function isProgress(body: unknown): body is Progress {
  if (typeof body !== 'object' || body === null) return false
  const { boot, now, received } = body as Partial<Progress>
  return typeof boot === 'string' && typeof now === 'number' && typeof received === 'number'
}
