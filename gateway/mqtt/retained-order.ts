/**
 * A subscription waits for what its client had retained just before. aedes handles the packets of a client side by side:
 * the retained message would reach the new subscription as if it were said now, without its flag, and then once more.
 */
import type { Client } from 'aedes'

export interface RetainedOrder {
  /** A client's retained publish is about to be handled; `packet` is told apart by identity. */
  began(client: Client, packet: object): void
  ended(client: Client | null, packet: object): void
  /** Calls back when all that began is over: at once, as a rule. */
  afterwards(client: Client, callback: () => void): void
}

export function createRetainedOrder(): RetainedOrder {
  const underWay = new WeakMap<Client, { packets: Set<object>; waiting: (() => void)[] }>()
  return {
    began(client, packet) {
      const state = underWay.get(client) ?? { packets: new Set(), waiting: [] }
      state.packets.add(packet)
      underWay.set(client, state)
    },
    ended(client, packet) {
      const state = client === null ? undefined : underWay.get(client)
      if (client === null || state === undefined || !state.packets.delete(packet) || state.packets.size > 0) return
      underWay.delete(client)
      for (const callback of state.waiting) callback()
    },
    afterwards(client, callback) {
      const state = underWay.get(client)
      if (state === undefined) callback()
      else state.waiting.push(callback)
    },
  }
}
