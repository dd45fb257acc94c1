/** One device's own MQTT connection, as the hardware would have it: client id = device id, last will, QoS and retain. */
import { Socket } from 'node:net'
import mqtt, { type MqttClient } from 'mqtt'
import type { MqttSecrets } from '../../models/contracts/mqtt-secrets.ts'
import { deviceTopic, isRetained, qosOf } from '../../models/contracts/topics.ts'
import type { Arrival, Sent } from '../sensors/outbox.ts'

export interface DeviceClientOptions {
  readonly url: string
  readonly store: string
  readonly device: string
  /** By user name, where the broker wants them. */
  readonly secrets?: MqttSecrets | undefined
  /** A command of the gateway: channel `cmd/{name}` and its JSON. Left out where nobody listens. */
  readonly onCommand?: ((name: string, body: unknown) => void) | undefined
}

/** A gateway that restarts is back within seconds. */
const reconnectMs = 250
const connectTimeoutMs = 5000
/** Events that wait for a broker that is away; a gate makes a few an hour, a shelf that reports changes a few a minute. */
const maxWaiting = 1000

export class DeviceClient {
  private readonly options: DeviceClientOptions
  private client: MqttClient | null = null
  private meta: Arrival<Sent> | null = null
  private connections = 0
  private readonly underWay = new Set<(sent: boolean) => void>()

  constructor(options: DeviceClientOptions) {
    this.options = options
  }

  get isConnected(): boolean {
    return this.client?.connected === true
  }

  /** Switched on: it has a connection or is looking for one. */
  get isOn(): boolean {
    return this.client !== null
  }

  /**
   * Sends what has arrived. `online` switches the device on; `offline` cuts its connection, so that the broker tells its
   * will. Without a connection readings are lost, as they would be; events wait in the client.
   * @returns whether the broker will pass something on for it
   */
  async publish(arrival: Arrival<Sent>): Promise<boolean> {
    const { channel, payload } = arrival
    if ('text' in payload && payload.text === 'offline') return this.cut()
    if ('text' in payload) return this.switchOn()
    if (channel === 'meta') this.meta = arrival
    const { client } = this
    if (client === null || (!client.connected && (qosOf(channel) === 0 || this.underWay.size >= maxWaiting)))
      return false
    return this.send(
      client,
      channel,
      'b64' in payload ? Buffer.from(payload.b64, 'base64') : JSON.stringify(payload.json),
    )
  }

  /** Says goodbye in order: no will is told. */
  async stop(): Promise<void> {
    const { client } = this
    this.client = null
    if (client === null) return
    if (client.connected) await this.send(client, 'status', 'offline')
    await client.endAsync(!client.connected)
  }

  private async switchOn(): Promise<boolean> {
    this.client?.end(true)
    const { url, device, store, secrets, onCommand } = this.options
    const client = mqtt.connect(url, {
      clientId: device,
      ...loginOf(device, secrets),
      reconnectPeriod: reconnectMs,
      connectTimeout: connectTimeoutMs,
      queueQoSZero: false,
      will: { topic: deviceTopic(store, device, 'status'), payload: Buffer.from('offline'), qos: 1, retain: true },
    })
    this.client = client
    this.connections = 0
    client.on('error', () => {})
    client.on('close', () => this.lose())
    client.on('connect', () => this.onConnect(client))
    client.on('connect', () => sendAtOnce(client))
    if (onCommand !== undefined) this.listen(client, onCommand)
    await new Promise<void>((resolve) => client.once('connect', () => resolve()))
    return this.send(client, 'status', 'online')
  }

  /** After the first time it says again who it is: a broker that restarted remembers nothing. */
  private onConnect(client: MqttClient): void {
    this.connections++
    if (this.connections === 1) return
    void this.send(client, 'status', 'online')
    if (this.meta !== null) void this.publish(this.meta)
  }

  private listen(client: MqttClient, onCommand: (name: string, body: unknown) => void): void {
    const prefix = deviceTopic(this.options.store, this.options.device, 'cmd/')
    client.on('connect', () => client.subscribe(`${prefix}#`, { qos: 1 }))
    client.on('message', (topic, payload) => {
      if (topic.startsWith(prefix)) onCommand(topic.slice(prefix.length), parseJson(payload))
    })
  }

  private cut(): boolean {
    const { client } = this
    this.client = null
    client?.end(true)
    return client !== null
  }

  /** False when the connection goes while it is on its way: the device is told nothing else either. */
  private send(client: MqttClient, channel: string, payload: string | Buffer): Promise<boolean> {
    const { store, device } = this.options
    const options = { qos: qosOf(channel), retain: isRetained(channel) }
    return new Promise((resolve) => {
      const settle = (sent: boolean): void => {
        this.underWay.delete(settle)
        resolve(sent)
      }
      this.underWay.add(settle)
      client.publish(deviceTopic(store, device, channel), payload, options, (error) => settle(error == null))
    })
  }

  private lose(): void {
    for (const settle of this.underWay) settle(false)
  }
}

/** The options of a connection under a name. */
export function loginOf(name: string, secrets: MqttSecrets | undefined): { username?: string; password?: string } {
  const password = secrets?.get(name)
  return password === undefined ? {} : { username: name, password }
}

export function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString())
  } catch {
    return null
  }
}

/** Small messages must not wait for the acknowledgement of the ones before (TCP_NODELAY). */
export function sendAtOnce({ stream }: MqttClient): void {
  if (stream instanceof Socket) stream.setNoDelay(true)
}
