/** Topic names (MQTT 3.1.1): `tillfree/1/{store}/dev/{device}/{channel}`. */
import { idPattern } from './units.ts'

export const deviceChannels = [
  'status',
  'meta',
  'tele',
  'raw/weight',
  'event/weight',
  'event/product',
  'raw/frame',
  'raw/targets',
  'event/adv',
  'event/scan',
  'event/passage',
] as const
export type DeviceChannel = (typeof deviceChannels)[number]

/** Channels whose loss is made up for by the device (QoS 1, contract section 2); the others are QoS 0. */
const qos1Channels: ReadonlySet<string> = new Set([
  'status',
  'meta',
  'event/weight',
  'event/product',
  'event/scan',
  'event/passage',
])

export interface DeviceTopic {
  readonly store: string
  readonly device: string
  /** One of `deviceChannels`, or `cmd/{name}`, `res/{name}`, or something that a later version knows. */
  readonly channel: string
}

const id = new RegExp(idPattern)
/** MQTT allows 65,535 bytes; ours need five short parts and a channel. */
export const maxTopicLength = 300

/** The parts of a device topic, or null when it is not one of ours. */
export function parseTopic(topic: string): DeviceTopic | null {
  if (topic.length > maxTopicLength) return null
  const [root, version, store, dev, device, ...rest] = topic.split('/')
  if (root !== 'tillfree' || version !== '1' || dev !== 'dev' || store === undefined || device === undefined)
    return null
  if (!id.test(store) || !id.test(device) || rest.length === 0 || rest.length > 2) return null
  return { store, device, channel: rest.join('/') }
}

/** What the gateway tells a device; the gateway hears its own as an echo. */
export function isCommand(topic: string): boolean {
  return parseTopic(topic)?.channel.startsWith('cmd/') === true
}

export function deviceTopic(store: string, device: string, channel: string): string {
  return `tillfree/1/${store}/dev/${device}/${channel}`
}

export function qosOf(channel: string): 0 | 1 {
  return qos1Channels.has(channel) || /^(cmd|res)\//.test(channel) ? 1 : 0
}

export function isRetained(channel: string): boolean {
  return channel === 'status' || channel === 'meta'
}
