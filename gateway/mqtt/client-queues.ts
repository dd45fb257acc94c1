/**
 * What aedes keeps for clients that are away or do not acknowledge, in memory. aedes itself knows no bound, and sends
 * again without saying so.
 */
import { Readable } from 'node:stream'
import type { Client } from 'aedes'
import * as persistence from 'aedes-persistence'

/** Commands to one device, each of which expires in seconds; more than this nobody needs. */
const maxQueued = 100

/** A device needs one; a dashboard some. Each costs memory and time at every message. */
export const maxFilters = 100

export interface QueuesOptions {
  /** Told of whom a message was for that its queue has no room for. */
  readonly onDropped: (clientId: string) => void
  /** Whether the connection may hear what its filter names. */
  readonly isGranted: (client: Client, filter: string) => boolean
  /** Told at once when filters of a kept session are taken back. */
  readonly onRemoved: (client: Client, filters: readonly string[]) => void
}

interface Queued {
  readonly clientId: string
}
interface Filter {
  readonly topic: string
}
interface Incoming {
  readonly cmd: string
  readonly messageId?: number
}
/** The part of aedes-persistence that is bounded; its own types are of an older shape with callbacks. */
export interface Queues {
  addSubscriptions(client: Client, subscriptions: readonly Filter[]): Promise<void>
  subscriptionsByClient(client: { readonly id: string }): Promise<readonly Filter[]>
  removeSubscriptions(client: Client, filters: readonly string[]): Promise<void>
  cleanSubscriptions(client: { readonly id: string }): Promise<void>
  incomingStorePacket(client: { readonly id: string }, packet: Incoming): Promise<void>
  incomingGetPacket(client: { readonly id: string }, packet: Pick<Incoming, 'messageId'>): Promise<object>
  outgoingEnqueueCombi(clients: readonly Queued[], packet: object): Promise<void>
  outgoingClearMessageId(client: { readonly id: string }, packet: object): Promise<object | undefined>
  outgoingStream(client: { readonly id: string }): Readable
}

/** The module is a function; its types do not say so. */
const memory = persistence.default as unknown as () => Queues

/**
 * A persistence for aedes. What a full queue has no room for is dropped; a client that is connected and has left so much
 * unacknowledged is closed by aedes then.
 */
export function createClientQueues({ onDropped, ...filters }: QueuesOptions): Queues {
  const queues = memory()
  boundFilters(queues, filters)
  boundIncoming(queues)
  const { outgoingEnqueueCombi: enqueue, outgoingClearMessageId: clear, outgoingStream: stream } = queues
  const lengths = new Map<string, number>()
  queues.outgoingEnqueueCombi = (clients, packet) => {
    const roomy = clients.filter(({ clientId }) => {
      const length = lengths.get(clientId) ?? 0
      if (length >= maxQueued) onDropped(clientId)
      else lengths.set(clientId, length + 1)
      return length < maxQueued
    })
    return enqueue.call(queues, roomy, packet)
  }
  queues.outgoingClearMessageId = async (client, packet) => {
    const cleared = await clear.call(queues, client, packet)
    const length = (lengths.get(client.id) ?? 0) - (cleared === undefined ? 0 : 1)
    if (length > 0) lengths.set(client.id, length)
    else lengths.delete(client.id)
    return cleared
  }
  queues.outgoingStream = (client) => Readable.from(again(stream.call(queues, client)))
  return queues
}

/**
 * aedes has all filters of a SUBSCRIBE kept as soon as one of them is granted. What the others name would wait for the client
 * while it is away.
 */
function boundFilters(queues: Queues, { isGranted, onRemoved }: Omit<QueuesOptions, 'onDropped'>): void {
  const { addSubscriptions: add, removeSubscriptions: remove, cleanSubscriptions: clean } = queues
  /** By client id: two connections of one client, of which the newer takes the place of the other, have one session. */
  const keptOf = new Map<string, Set<string>>()
  queues.addSubscriptions = (client, subscriptions) => {
    const kept = keptOf.get(client.id) ?? new Set()
    keptOf.set(client.id, kept)
    const granted = subscriptions.filter(({ topic }) => {
      if (!isGranted(client, topic) || (kept.size >= maxFilters && !kept.has(topic))) return false
      kept.add(topic)
      return true
    })
    return add.call(queues, client, granted)
  }
  queues.removeSubscriptions = (client, removed) => {
    const kept = keptOf.get(client.id)
    for (const filter of removed) kept?.delete(filter)
    if (kept?.size === 0) keptOf.delete(client.id)
    onRemoved(client, removed)
    return remove.call(queues, client, removed)
  }
  queues.cleanSubscriptions = (client) => {
    keptOf.delete(client.id)
    return clean.call(queues, client)
  }
}

/**
 * Of a QoS 2 message that is not released nothing is asked but whether its packet id is known. A client that comes again and
 * again has up to 65,535 of them, each of a megabyte if it were kept.
 */
function boundIncoming(queues: Queues): void {
  const { incomingStorePacket: store } = queues
  queues.incomingStorePacket = (client, { cmd, messageId }) =>
    store.call(queues, client, messageId === undefined ? { cmd } : { cmd, messageId })
}

/** [MQTT-3.3.1-1]: what has a packet id was sent before. */
async function* again(packets: Readable): AsyncGenerator<object> {
  for await (const packet of packets as AsyncIterable<{ readonly cmd: string; readonly messageId?: number }>)
    yield packet.cmd === 'publish' && packet.messageId !== undefined ? { ...packet, dup: true } : packet
}
