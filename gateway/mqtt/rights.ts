/** What each kind of connection may do in a store. Pure. */
import type { Store } from '../../models/contracts/store.ts'
import { deviceTopic, isRetained, parseTopic } from '../../models/contracts/topics.ts'
import type { Rights, Said } from './access.ts'

/** `meta` is model, firmware and channels. 10,000 devices that fill it hold 160 MB, not 20 GB. */
const maxRetainedBytes = 8 * 1024

/** A device speaks below its own name, and hears what is asked of it; what is asked is not for it to say. */
export function deviceRights(store: Store, device: string): Rights {
  const own = deviceTopic(store.id, device, '')
  const commands = deviceTopic(store.id, device, 'cmd/')
  const mayRetain = retainable(store)
  return {
    publish(message) {
      const { topic } = message
      if (!topic.startsWith(own)) return elsewhere(device, 'published to', topic, own)
      if (topic.startsWith(commands)) return `client "${device}" published a command to itself: ${short(topic)}`
      return tooMuch(device, message, mayRetain)
    },
    subscribe: (filter) => (filter.startsWith(commands) ? null : elsewhere(device, 'subscribed to', filter, commands)),
    mayRetain,
  }
}

/** Speaks for every device and hears everything: a simulator. */
export function controlRights(store: Store, client: string): Rights {
  const whole = wholeStore(store)
  const mayRetain = retainable(store)
  return {
    publish: (message) =>
      message.topic.startsWith(whole)
        ? tooMuch(client, message, mayRetain)
        : elsewhere(client, 'published to', message.topic, whole),
    subscribe: (filter) => (filter.startsWith(whole) ? null : elsewhere(client, 'subscribed to', filter, whole)),
    mayRetain,
  }
}

/** Hears everything and says nothing: a dashboard of somebody's own. */
export function readerRights(store: Store, client: string): Rights {
  return {
    publish: ({ topic }) => `client "${client}" published to ${short(topic)}, and may only read`,
    subscribe: controlRights(store, client).subscribe,
    mayRetain: () => false,
  }
}

function wholeStore({ id }: Store): string {
  return `tillfree/1/${id}/`
}

/** Retained messages are few: two a device of the store file. */
function retainable(store: Store): (topic: string) => boolean {
  const devices = new Set(store.devices.map(({ id }) => id))
  return (topic) => {
    const parts = parseTopic(topic)
    return parts !== null && parts.store === store.id && devices.has(parts.device) && isRetained(parts.channel)
  }
}

function tooMuch(client: string, { topic, retain, payload }: Said, mayRetain: Rights['mayRetain']): string | null {
  if (!retain || payload.length <= maxRetainedBytes || !mayRetain(topic)) return null
  return `client "${client}" had ${payload.length} bytes retained at ${topic}, wanted at most ${maxRetainedBytes}`
}

function elsewhere(client: string, did: string, topic: string, place: string): string {
  return `client "${client}" ${did} ${short(topic)}, wanted a topic below ${place}`
}

/** A topic may have 64 KiB. */
const short = (topic: string) => topic.slice(0, 300)
