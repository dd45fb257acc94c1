/** The broker inside the gateway: aedes, with its limits set and the gaps of `docs` (MQTT 3.1.1) closed around it. */
import { createServer, type Server, type Socket } from 'node:net'
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client } from 'aedes'
import type { Store } from '../../models/contracts/store.ts'
import { type Access, createAccess } from './access.ts'
import { type Bus, type BusLog, type BusMessage, storeFilter } from './bus.ts'
import { limitPackets } from './packet-limit.ts'

/** aedes' options; a newcomer with a known client id takes the place of the old one, as [MQTT-3.1.4-2] demands. */
const limits = {
  /** Messages handed to subscribers at once; more wait in line. */
  concurrency: 100,
  /** Packets that a client may send ahead of its CONNACK. */
  queueLimit: 42,
  /** Seconds. A longer silence would hide a dead device (SlowITe holds connections open that way); 0 is refused. */
  keepaliveLimit: 1200,
  /** A client that reads nothing for so long is dropped, before what waits for it fills the memory. */
  drainTimeout: 10_000,
  connectTimeout: 10_000,
  /** The deepest topic of the contract has seven levels. */
  maxTopicLevels: 10,
  /** Our channels need no QoS 2. */
  maxInflightInbound: 20,
} satisfies AedesOptions
/** A store file has at most 10,000 devices; some room for dashboards and tools. */
const maxConnections = 10_200

export interface EmbeddedBrokerOptions {
  readonly store: Store
  /** 0 for any free port. */
  readonly port: number
  readonly host: string
  readonly log: BusLog
  /** Called for each publish and subscribe that was refused, and each connection closed for what it sent. */
  readonly onViolation?: () => void
}

export function createEmbeddedBroker(options: EmbeddedBrokerOptions): Bus {
  return new EmbeddedBroker(options)
}

class EmbeddedBroker implements Bus {
  readonly #options: EmbeddedBrokerOptions
  readonly #access: Access
  readonly #sockets = new Set<Socket>()
  #listener: (message: BusMessage) => void = () => {}
  #broker: Aedes | null = null
  #server: Server | null = null

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options
    this.#access = createAccess(options.store)
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#listener = listener
  }

  connected(): boolean {
    return this.#server?.listening === true
  }

  port(): number | null {
    const address = this.#server?.address()
    return typeof address === 'object' && address !== null ? address.port : null
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker({ ...limits, ...this.#hooks() })
    this.#broker = broker
    broker.on('clientError', (client, error) => this.#violation(client, error))
    broker.on('connectionError', (client, error) => this.#violation(client, error))
    await new Promise<void>((resolve) =>
      broker.subscribe(storeFilter(this.#options.store.id), (packet, done) => this.#deliver(packet, done), resolve),
    )
    // Small packets at once: an acknowledgement that waits for company (Nagle) costs 40 ms.
    const server = createServer({ noDelay: true }, (socket) => this.#connect(broker, socket))
    server.maxConnections = maxConnections
    this.#server = server
    await listen(server, this.#options)
  }

  publish(topic: string, payload: string, { qos, retain = false }: { qos: 0 | 1; retain?: boolean }): Promise<void> {
    const broker = this.#broker
    if (broker === null) return Promise.reject(new Error('the broker is not running'))
    return new Promise((resolve, reject) => {
      const packet = { cmd: 'publish' as const, topic, payload, qos, retain, dup: false }
      broker.publish(packet, (error) => (error ? reject(error) : resolve()))
    })
  }

  async stop(): Promise<void> {
    const server = this.#server
    const closed = server?.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : null
    const broker = this.#broker
    if (broker !== null) await new Promise<void>((resolve) => broker.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
    this.#broker = null
    this.#server = null
  }

  #connect(broker: Aedes, socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
    limitPackets(socket)
    broker.handle(socket)
  }

  /** Messages in the process are always live: the broker starts with nothing retained and the gateway before it. */
  #deliver(packet: AedesPublishPacket, done: () => void): void {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    this.#listener({ topic: packet.topic, payload, retain: false })
    done()
  }

  #violation(client: Client | null, error: Error): void {
    this.#options.onViolation?.()
    this.#options.log.warn({ client: client?.id ?? null }, `MQTT connection closed: ${error.message}`)
  }

  #hooks(): AedesOptions {
    return {
      authorizePublish: (client, packet, callback) => {
        const fault = client === null ? null : this.#access.publish(client.id, packet.topic)
        if (packet.retain && client !== null) packet.retain = this.#access.retain(client.id, packet.topic)
        callback(fault === null ? null : new Error(fault))
      },
      authorizeSubscribe: (client, subscription, callback) => {
        const fault = this.#access.subscribe(client.id, subscription.topic, client.clean)
        if (fault === null) return callback(null, subscription)
        this.#options.onViolation?.()
        this.#options.log.warn({ client: client.id }, `MQTT subscription refused: ${fault}`)
        callback(null, null)
      },
    }
  }
}

function listen(server: Server, { port, host }: { port: number; host: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
