/** Where aedes asks: who may come in, what they may say, what they may hear. */
import type { AedesOptions, AuthenticateError, Client, ConnectPacket, PublishPacket } from 'aedes'
import { maxTopicLength, parseTopic } from '../../models/contracts/topics.ts'
import type { Access, Asked, Rights } from './access.ts'
import { certificateOf, isOverTls } from './client-certificate.ts'
import { maxFilters } from './client-queues.ts'
import { isExpired } from './command-expiry.ts'
import { createRetainedOrder } from './retained-order.ts'
import type { Violations } from './violations.ts'

export interface HookOptions {
  readonly access: Access
  readonly violations: Violations
  /** Unix, milliseconds: the clock by which commands expire. */
  readonly now: () => number
  /** An acknowledgement waits for it; there is none when it rejects. Null: nobody has to keep anything. */
  readonly keep: (topic: string, payload: Buffer) => Promise<void> | null
}

interface Session {
  readonly rights: Rights
  readonly isCurrent: () => boolean
  /** Those that it was granted and has not taken back: at most `maxFilters`. */
  readonly filters: Set<string>
}

export interface Hooks extends AedesHooks {
  /** Whether what it came in with is still good. */
  isCurrent(client: Client): boolean
  /** Whether it may hear what the filter names, and asked to. */
  isGranted(client: Client, filter: string): boolean
  /** What it came in with is good no more: it says nothing now but that it is gone, which its will may say. */
  putOut(client: Client): void
  /** It has taken these filters back. */
  forget(client: Client, filters: readonly string[]): void
}

type AedesHooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward' | 'published'
  >
>

type Subscription = Parameters<AedesHooks['authorizeSubscribe']>[1]
type Granted = Parameters<AedesHooks['authorizeSubscribe']>[2]

export function createHooks({ access, violations, now, keep }: HookOptions): Hooks {
  const asked = new WeakMap<Client, Asked>()
  const sessions = new WeakMap<Client, Session>()
  const order = createRetainedOrder()

  function subscribeFault(client: Client, filter: string): string | null {
    const session = sessions.get(client)
    if (session === undefined) return 'it has not said who it is'
    const { rights, filters } = session
    const fault = tooLong(client, filter) ?? rights.subscribe(filter)
    if (fault !== null) return fault
    if (filters.size >= maxFilters && !filters.has(filter))
      return `client "${client.id}" has ${maxFilters} topic filters already`
    filters.add(filter)
    return null
  }

  function subscribe(client: Client, subscription: Subscription, callback: Granted): void {
    const fault = subscribeFault(client, subscription.topic)
    if (fault !== null) violations.add({ client: client.id, address: null }, `MQTT subscription refused: ${fault}`)
    callback(null, fault === null ? subscription : null)
  }

  /** By the rights that its filters are granted by: what waited for it may be older than those. */
  function mayHear(client: Client, topic: string): boolean {
    return sessions.get(client)?.rights.subscribe(topic) === null
  }

  function publishFault(client: Client, packet: PublishPacket): string | null {
    const { topic, retain, payload } = packet
    const rights = sessions.get(client)?.rights
    if (rights === undefined) return 'it has not said who it is'
    const fault = rights.publish({ topic, retain, payload: bytesOf(payload) })
    packet.retain = retain && rights.mayRetain(topic)
    // One that is sent again may have been published long ago; then nothing follows.
    if (fault === null && packet.retain && !packet.dup) order.began(client, packet)
    return fault
  }

  return {
    isCurrent: (client) => sessions.get(client)?.isCurrent() ?? false,
    isGranted: (client, filter) => sessions.get(client)?.filters.has(filter) ?? false,
    putOut(client) {
      const session = sessions.get(client)
      if (session !== undefined) sessions.set(client, { ...session, rights: goodbyeAlone(session.rights) })
    },
    forget(client, filters) {
      for (const filter of filters) sessions.get(client)?.filters.delete(filter)
    },
    preConnect(client, packet, callback) {
      asked.set(client, askedOf(client, packet))
      callback(null, true)
    },
    authenticate(client, _userName, _password, done) {
      const asking = asked.get(client)
      asked.delete(client)
      const admission = asking === undefined ? null : access.admit({ ...asking, clientId: client.id })
      if (admission?.ok === true) {
        sessions.set(client, { ...admission, filters: new Set() })
        done(null, true)
      } else done(refusal(admission?.code ?? 5, admission?.reason ?? 'it did not ask'), false)
    },
    authorizePublish(client, packet, callback) {
      const fault = client === null ? null : publishFault(client, packet)
      const keeping =
        fault !== null || client === null || packet.qos === 0 ? null : keep(packet.topic, bytesOf(packet.payload))
      if (fault !== null) callback(new Error(fault))
      else if (keeping === null) callback(null)
      else
        keeping.then(
          () => callback(null),
          (error: Error) => callback(new Error(`a message cannot be kept: ${error.message}`)),
        )
    },
    published(packet, client, callback) {
      order.ended(client, packet)
      callback(null)
    },
    authorizeSubscribe(client, subscription, callback) {
      order.afterwards(client, () => subscribe(client, subscription, callback))
    },
    authorizeForward(client, packet) {
      const { topic, payload } = packet
      return mayHear(client, topic) && !isExpired(topic, bytesOf(payload), now()) ? packet : null
    },
  }
}

function askedOf({ conn }: Client, packet: ConnectPacket): Asked {
  const { clientId, clean, keepalive, will, username, password } = packet
  return {
    clientId,
    clean: clean ?? true,
    userName: username ?? null,
    password: password === undefined ? null : bytesOf(password),
    certificate: certificateOf(conn),
    overTls: isOverTls(conn),
    keepalive: keepalive ?? 0,
    will:
      will === undefined ? null : { topic: will.topic, retain: will.retain ?? false, payload: bytesOf(will.payload) },
  }
}

function goodbyeAlone(rights: Rights): Rights {
  return {
    ...rights,
    publish: (said) =>
      parseTopic(said.topic)?.channel === 'status' && Buffer.from(said.payload).toString() === 'offline'
        ? rights.publish(said)
        : 'what it came in with is good no more',
  }
}

function refusal(returnCode: number, reason: string): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode })
}

function tooLong({ id }: Client, filter: string): string | null {
  if (filter.length <= maxTopicLength) return null
  return `client "${id}" subscribed to a filter of ${filter.length} letters, wanted at most ${maxTopicLength}`
}

/** Without a copy: a picture may have a megabyte. */
function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
