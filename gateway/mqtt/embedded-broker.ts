/** The broker inside the gateway: aedes, with its limits set and the gaps of `docs` (MQTT 3.1.1) closed around it. */
import type { Socket } from 'node:net'
import { Aedes, type AedesOptions, type AedesPublishPacket, type Client } from 'aedes'
import {
  type ConnectionGuard,
  createConnectionGuard,
  type GuardLimits,
  usualGuardLimits,
} from '../../models/platform/connection-guard.ts'
import type { BrokerCertificates } from '../certificates/certificate-folder.ts'
import type { Access } from './access.ts'
import { createHooks, type Hooks } from './aedes-hooks.ts'
import type { Bus, BusLog, BusMessage, PublishOptions } from './bus.ts'
import { storeFilter } from './bus.ts'
import { createClientQueues } from './client-queues.ts'
import { type Address, type Listener, listenPlain, listenTls } from './listeners.ts'
import { createViolations, type Violations } from './violations.ts'
import { guardSocket, type SocketGuard } from './wire/guard-socket.ts'

const limits = {
  /** No line to wait in: a message would wait there for the slowest reader of others (`wire/guard-socket.ts`). */
  concurrency: 0,
  /** Packets that a client may send ahead of its CONNACK. */
  queueLimit: 42,
  /** The deepest topic of the contract has seven levels. */
  maxTopicLevels: 10,
  /** Our channels need no QoS 2. */
  maxInflightInbound: 20,
} satisfies AedesOptions

export interface EmbeddedBrokerOptions {
  readonly storeId: string
  readonly access: Access
  /** Of this machine: there it is plain. 0 for any free port. */
  readonly port: number
  readonly host: string
  /** For the network; left out the broker is for this machine alone. */
  readonly tls?: TlsListening
  readonly log: BusLog
  /** Unix, milliseconds: the clock by which commands expire. */
  readonly now?: () => number
  readonly guard?: GuardLimits
  /** Called for each publish and subscribe that was refused, and each connection closed for what it sent. */
  readonly onViolation?: () => void
}

export interface TlsListening extends Address {
  /** Asked for at the start. */
  readonly certificates: () => Promise<BrokerCertificates>
}

/** What the broker holds for those who are connected. */
export interface BrokerLoad {
  readonly connections: number
  /** Those among them that have not proved who they are. */
  readonly strangers: number
  /** Memory for packets that are not all there, and for what waits to be read. */
  readonly heldBytes: number
}

export interface EmbeddedBus extends Bus {
  /** The port for the network; null without. */
  tlsPort(): number | null
  /** Closes the connections whose credentials are good no more. */
  expel(): void
  load(): BrokerLoad
}

export function createEmbeddedBroker(options: EmbeddedBrokerOptions): EmbeddedBus {
  return new EmbeddedBroker(options)
}

class EmbeddedBroker implements EmbeddedBus {
  readonly #options: EmbeddedBrokerOptions
  readonly #sockets = new Map<Socket, SocketGuard & { readonly address: string | null }>()
  readonly #violations: Violations
  readonly #guard: ConnectionGuard
  readonly #hooks: Hooks
  readonly #clients = new Set<Client>()
  #listener: (message: BusMessage) => void = () => {}
  #keep: ((message: BusMessage) => Promise<void>) | null = null
  #broker: Aedes | null = null
  #plain: Listener | null = null
  #tls: Listener | null = null
  #published: Promise<void> = Promise.resolve()

  constructor(options: EmbeddedBrokerOptions) {
    this.#options = options
    this.#violations = createViolations(options.log, () => performance.now(), options.onViolation)
    this.#hooks = createHooks({
      ...options,
      now: options.now ?? Date.now,
      violations: this.#violations,
      keep: (topic, payload) => this.#keep?.({ topic, payload, retain: false }) ?? null,
    })
    this.#guard = createConnectionGuard(options.guard ?? usualGuardLimits, (reason) => this.#closed(null, reason))
  }

  onMessage(listener: (message: BusMessage) => void): void {
    this.#listener = listener
  }

  beforeAcknowledging(keep: (message: BusMessage) => Promise<void>): void {
    this.#keep = keep
  }

  connected(): boolean {
    return this.#plain !== null
  }

  port(): number | null {
    return this.#plain?.port ?? null
  }

  tlsPort(): number | null {
    return this.#tls?.port ?? null
  }

  load(): BrokerLoad {
    const heldBytes = [...this.#sockets.values()].reduce((sum, socket) => sum + socket.heldBytes(), 0)
    return { connections: this.#sockets.size, strangers: this.#guard.strangers(), heldBytes }
  }

  expel(): void {
    for (const client of this.#clients)
      if (!this.#hooks.isCurrent(client)) {
        this.#closed(client.id, 'its credential is good no more', client.conn)
        this.#putOut(client)
      }
  }

  async start(): Promise<void> {
    const broker = await Aedes.createBroker(this.#aedesOptions())
    this.#broker = broker
    broker.on('clientError', (client, error) => this.#closed(client.id, error.message, client.conn))
    broker.on('connectionError', ({ conn }, error) => this.#closed(null, error.message, conn))
    broker.on('clientReady', (client) => this.#welcome(client))
    broker.on('clientDisconnect', (client) => this.#clients.delete(client))
    forgetAtOnce(broker)
    broker.on('unsubscribe', (filters, client) => {
      // Of one that is kept it was said before (`client-queues.ts`); since then it may have been made again.
      if (client.clean) this.#hooks.forget(client, filters)
    })
    await new Promise<void>((resolve) =>
      broker.subscribe(storeFilter(this.#options.storeId), (packet, done) => this.#deliver(packet, done), resolve),
    )
    await this.#listen(broker)
  }

  /** One after the other: side by side aedes takes the later for the newer and drops the earlier as a duplicate. */
  publish(topic: string, payload: string, options: PublishOptions): Promise<void> {
    const published = this.#published.then(() => this.#publish(topic, payload, options))
    this.#published = published.catch(() => {})
    return published
  }

  async stop(): Promise<void> {
    const closed = [this.#plain?.close(), this.#tls?.close()]
    this.#plain = null
    this.#tls = null
    const broker = this.#broker
    if (broker !== null) await new Promise<void>((resolve) => broker.close(() => resolve()))
    for (const socket of this.#sockets.keys()) socket.destroy()
    await Promise.all(closed)
    this.#broker = null
  }

  async #listen(broker: Aedes): Promise<void> {
    const { host, port, tls, guard = usualGuardLimits } = this.#options
    const arrivals = {
      admit: (socket: Socket) => this.#guard.admit(socket),
      connect: (socket: Socket) => this.#connect(broker, socket),
      fault: (reason: string) => this.#closed(null, reason),
    }
    if (tls !== undefined) {
      const certificates = await tls.certificates()
      this.#tls = await listenTls({ ...tls, certificates, timeoutMs: guard.timeoutMs }, arrivals)
    }
    this.#plain = await listenPlain({ host, port }, arrivals)
  }

  #aedesOptions(): AedesOptions {
    const { guard = usualGuardLimits } = this.#options
    const onDropped = (client: string) =>
      this.#violations.add({ client, address: null }, 'MQTT message dropped: too many wait for it')
    const { isCurrent: _, putOut: __, isGranted, forget, ...hooks } = this.#hooks
    return {
      ...limits,
      ...hooks,
      connectTimeout: guard.timeoutMs,
      persistence: createClientQueues({ onDropped, isGranted, onRemoved: forget }),
    }
  }

  #publish(topic: string, payload: string, { qos, retain = false }: PublishOptions): Promise<void> {
    const broker = this.#broker
    if (broker === null) return Promise.reject(new Error('the broker is not running'))
    return new Promise((resolve, reject) => {
      const packet = { cmd: 'publish' as const, topic, payload, qos, retain, dup: false }
      broker.publish(packet, (error) => (error ? reject(error) : resolve()))
    })
  }

  #welcome(client: Client): void {
    this.#guard.settle(client.conn as Socket)
    if (client.closed) return
    this.#clients.add(client)
    const address = this.#sockets.get(client.conn as Socket)?.address ?? null
    this.#options.log.info({ client: client.id, address }, 'MQTT client connected')
    // Revoked while it was being let in.
    if (!this.#hooks.isCurrent(client)) this.#putOut(client)
  }

  #putOut(client: Client): void {
    this.#hooks.putOut(client)
    client.close()
  }

  #connect(broker: Aedes, socket: Socket): void {
    const guard = guardSocket(socket, (reason) => this.#closed(null, reason, socket))
    this.#sockets.set(socket, { ...guard, address: socket.remoteAddress ?? null })
    socket.once('close', () => this.#sockets.delete(socket))
    broker.handle(socket)
  }

  /** Messages in the process are always live: the broker starts with nothing retained and the gateway before it. */
  #deliver(packet: AedesPublishPacket, done: () => void): void {
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    this.#listener({ topic: packet.topic, payload, retain: false })
    done()
  }

  #closed(client: string | null, reason: string, connection?: unknown): void {
    const address = this.#sockets.get(connection as Socket)?.address ?? null
    this.#violations.add({ client, address }, `MQTT connection closed: ${reason}`)
  }
}

/**
 * aedes takes note that a subscription has ended some moments later, and takes one for it that was made meanwhile: that would
 * stay, with all of its client, when the client is long gone.
 */
function forgetAtOnce(broker: Aedes): void {
  const unsubscribe = broker.unsubscribe.bind(broker)
  broker.unsubscribe = (topic, deliver, done?: () => void) => {
    unsubscribe(topic, deliver, () => {})
    done?.()
  }
}
