/**
 * What aedes keeps for clients that are away or do not acknowledge, in memory. aedes itself knows no bound, and sends
 * again without saying so.
 */
import { Readable } from 'node:stream'
import * as persistence from 'aedes-persistence'

/** Commands to one device, each of which expires in seconds; more than this nobody needs. */
const maxQueued = 100

interface Queued {
  readonly clientId: string
}
/** The part of aedes-persistence that is bounded; its own types are of an older shape with callbacks. */
interface Queues {
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
export function createClientQueues(onDropped: (clientId: string) => void): object {
  const queues = memory()
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

/** [MQTT-3.3.1-1]: what has a packet id was sent before. */
async function* again(packets: Readable): AsyncGenerator<object> {
  for await (const packet of packets as AsyncIterable<{ readonly cmd: string; readonly messageId?: number }>)
    yield packet.cmd === 'publish' && packet.messageId !== undefined ? { ...packet, dup: true } : packet
}
