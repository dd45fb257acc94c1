/** Where aedes asks: who may come in, what they may say, what they may hear. */
import type { AedesOptions, AuthenticateError, Client, ConnectPacket, PublishPacket } from 'aedes'
import type { Access, Asked, Rights } from './access.ts'
import { certificateOf, isOverTls } from './client-certificate.ts'
import { isExpired } from './command-expiry.ts'
import { createRetainedOrder } from './retained-order.ts'
import type { Violations } from './violations.ts'

/** A device needs one; a dashboard some. Each costs memory and time at every message. */
const maxFilters = 100

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
  readonly filters: Set<string>
}

export interface Hooks extends AedesHooks {
  /** Whether what it came in with is still good. */
  isCurrent(client: Client): boolean
}

type AedesHooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward' | 'published'
  >
>

export function createHooks({ access, violations, now, keep }: HookOptions): Hooks {
  const asked = new WeakMap<Client, Asked>()
  const sessions = new WeakMap<Client, Session>()
  const order = createRetainedOrder()

  function subscribeFault(client: Client, filter: string): string | null {
    const session = sessions.get(client)
    if (session === undefined) return 'it has not said who it is'
    session.filters.add(filter)
    if (session.filters.size > maxFilters) return `client "${client.id}" has more than ${maxFilters} topic filters`
    return session.rights.subscribe(filter)
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
      const fault = subscribeFault(client, subscription.topic)
      if (fault === null) order.afterwards(client, () => callback(null, subscription))
      else {
        violations.add({ client: client.id, address: null }, `MQTT subscription refused: ${fault}`)
        callback(null, null)
      }
    },
    authorizeForward(_client, packet) {
      return isExpired(packet.topic, bytesOf(packet.payload), now()) ? null : packet
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

function refusal(returnCode: number, reason: string): AuthenticateError {
  return Object.assign(new Error(reason), { returnCode })
}

/** Without a copy: a picture may have a megabyte. */
function bytesOf(payload: string | Buffer): Buffer {
  return typeof payload === 'string' ? Buffer.from(payload) : payload
}
