/** Who may say and hear what on the embedded broker. Pure. Credentials come later: a client is who it says it is. */
import type { Store } from '../../models/contracts/store.ts'
import { isRetained, parseTopic } from '../../models/contracts/topics.ts'

export interface Access {
  /** Why a client may not publish to a topic, in words; null when it may. */
  publish(clientId: string, topic: string): string | null
  /** Whether the broker may keep the message for later subscribers. */
  retain(clientId: string, topic: string): boolean
  /** Why a client may not subscribe; null when it may. */
  subscribe(clientId: string, filter: string, clean: boolean): string | null
}

/** Connections that speak for more than one device: a simulator, another gateway. */
const control = /^(sim|gateway-.*)$/

export function createAccess(store: Store): Access {
  const devices = new Set(store.devices.map(({ id }) => id))
  const own = (clientId: string) => `tillfree/1/${store.id}/dev/${clientId}/`
  return {
    publish(clientId, topic) {
      if (control.test(clientId) || topic.startsWith(own(clientId))) return null
      return `client "${clientId}" published to ${topic.slice(0, 300)}, wanted a topic below ${own(clientId)}`
    },
    retain(clientId, topic) {
      if (control.test(clientId)) return true
      const parts = parseTopic(topic)
      return parts !== null && devices.has(parts.device) && isRetained(parts.channel)
    },
    /** What is kept for a client that is away must be little: only its own commands, which expire. */
    subscribe(clientId, filter, clean) {
      if (clean || filter.startsWith(`${own(clientId)}cmd/`)) return null
      return `client "${clientId}" asked to keep ${filter.slice(0, 300)} while it is away, wanted a clean session`
    },
  }
}
