/** What one message means, judged by itself and the store file alone: no state, no order. */
import { frameTime, isJpeg } from '../../devices/camera/frame-time.ts'
import { type Envelope, isJsonChannel, type JsonChannel, parseMessage } from '../../models/contracts/messages.ts'
import { type DeviceChannel, deviceChannels, parseTopic } from '../../models/contracts/topics.ts'
import { idPattern } from '../../models/contracts/units.ts'
import { type Fault, renderFound } from '../../models/contracts/validate.ts'
import { type Cause, named, type Rejection, rejection } from './causes.ts'
import { type Body, type IncomingMessage, jsonOf, maxPayloadBytes, textOf } from './message.ts'
import { kindsOf, type StoreIndex } from './store-index.ts'

/** A device message in its envelope, told apart by `channel`. */
export type DeviceMessage = {
  [C in JsonChannel]: { readonly channel: C; readonly envelope: Envelope<C> }
}[JsonChannel]

/** A place in a device's count, and by which channel. */
export interface Counted {
  readonly device: string
  readonly channel: string
  readonly boot: string
  readonly seq: number
}

export type Checked =
  /** `untimely`: what is refused for nothing but its time, and is good to the message's last field. */
  | { readonly kind: 'rejected'; readonly rejection: Rejection; readonly untimely?: DeviceMessage }
  /** `counted`: of a device's message that has an envelope; its `seq` came, whatever it says. */
  | { readonly kind: 'ignored'; readonly counted?: Counted }
  | { readonly kind: 'status'; readonly device: string; readonly status: 'online' | 'offline' }
  /** `takenAt` by the camera's own clock; null where it does not say. */
  | { readonly kind: 'frame'; readonly device: string; readonly bytes: Uint8Array; readonly takenAt: number | null }
  | { readonly kind: 'message'; readonly device: string; readonly message: DeviceMessage }

/** Further off than this is no drift but a clock that was never set: five minutes, as Kerberos takes it (RFC 4120). */
const maxClockErrorMs = 5 * 60_000

const ownTopic = new RegExp(`^tillfree/1/${idPattern.slice(1, -1)}/(?!dev/)`)
const known: ReadonlySet<string> = new Set(deviceChannels)
const isDeviceChannel = (channel: string): channel is DeviceChannel => known.has(channel)

/** Never throws. Channels that are not ours to read (`cmd`, `res`, those of later versions) are ignored. */
export function check(incoming: IncomingMessage, index: StoreIndex): Checked {
  const { topic, body } = incoming
  const parts = parseTopic(topic)
  if (parts === null) {
    if (ownTopic.test(topic)) return { kind: 'ignored' }
    return refuse('topic', null, 'topic', found('topic', topic, 'tillfree/1/{store}/dev/{device}/{channel}'))
  }
  const { store, device, channel } = parts
  if (store !== index.storeId) return refuse('store', null, channel, found('topic', store, `store ${index.storeId}`))
  const kind = index.kinds.get(device)
  if (kind === undefined)
    return refuse('device', null, channel, found('topic', device, 'the id of a device of the store file'))
  if (body.kind === 'bytes' && body.bytes.length > maxPayloadBytes)
    return refuse('size', device, channel, tooLarge(body.bytes.length))
  if (!isDeviceChannel(channel))
    return channel.startsWith('cmd/') ? { kind: 'ignored' } : ignored(body, device, channel)
  const kinds = kindsOf(channel)
  if (kinds !== null && !kinds.includes(kind))
    return refuse('kind', device, channel, found('topic', kind, `a device of kind ${kinds.join(' or ')}`))
  return checkPayload(incoming, index, device, channel)
}

/** Answers to commands, and what later versions say, count on in their device's `seq`. */
function ignored(body: Body, device: string, channel: string): Checked {
  const json = jsonOf(body)
  if (!json.ok || typeof json.value !== 'object' || json.value === null) return { kind: 'ignored' }
  const { boot, seq } = json.value as { boot?: unknown; seq?: unknown }
  if (typeof boot !== 'string' || typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 0)
    return { kind: 'ignored' }
  return { kind: 'ignored', counted: { device, channel, boot, seq } }
}

function checkPayload(incoming: IncomingMessage, index: StoreIndex, device: string, channel: DeviceChannel): Checked {
  if (channel === 'status') return checkStatus(device, incoming.body)
  if (channel === 'raw/frame') return checkFrame(device, incoming)
  if (!isJsonChannel(channel)) return { kind: 'ignored' }
  const json = jsonOf(incoming.body)
  if (!json.ok)
    return refuse(json.cause, device, channel, json.cause === 'json' ? withoutCode(channel, json.fault) : json.fault)
  const parsed = parseMessage(channel, json.value)
  if (!parsed.ok) return refuse('schema', device, channel, withoutCode(channel, parsed.faults[0] ?? unknownFault))
  const message = { channel, envelope: parsed.value } as DeviceMessage
  const cell = cellFault(message, device, index)
  if (cell !== null) return refuse('cell', device, channel, cell)
  const clock = clockFault(incoming, channel, parsed.value.ts)
  if (clock !== null) {
    const refused = refuse('clock', device, channel, clock)
    return { ...refused, rejection: named(refused.rejection, message), untimely: message }
  }
  return { kind: 'message', device, message }
}

/** A code opens the gate, a card's for years: logs and pages do not show what a reader said, be it a number or no JSON. */
function withoutCode(channel: DeviceChannel, fault: Fault): Fault {
  if (channel !== 'event/scan' || fault.found === 'nothing') return fault
  return { ...fault, found: 'what is not shown, since it may be a code' }
}

function checkStatus(device: string, body: Body): Checked {
  const text = textOf(body)
  if (!text.ok) return refuse(text.cause, device, 'status', text.fault)
  const status = text.value.trim()
  if (status === 'online' || status === 'offline') return { kind: 'status', device, status }
  return refuse('schema', device, 'status', found('payload', text.value, 'online or offline'))
}

function checkFrame(device: string, { body }: IncomingMessage): Checked {
  if (body.kind === 'bytes' && isJpeg(body.bytes))
    return { kind: 'frame', device, bytes: body.bytes, takenAt: frameTime(body.bytes) }
  return refuse('encoding', device, 'raw/frame', {
    where: 'payload',
    found: body.kind === 'bytes' ? `${body.bytes.length} bytes that begin otherwise` : body.kind,
    wanted: 'a JPEG, which begins with FF D8 FF',
  })
}

/** Retained `meta` is old by nature: its time says when the device started. */
function clockFault(incoming: IncomingMessage, channel: DeviceChannel, ts: number): Fault | null {
  const aheadMs = ts - incoming.arrivedAt
  if (Math.abs(aheadMs) <= maxClockErrorMs || (incoming.retain === true && channel === 'meta')) return null
  const seconds = Math.round(Math.abs(aheadMs) / 1000)
  return {
    where: '/ts',
    found: `${ts}, ${seconds} s ${aheadMs > 0 ? 'after' : 'before'} its arrival`,
    wanted: `a time within ${maxClockErrorMs / 1000} s of its arrival`,
  }
}

function cellFault({ channel, envelope }: DeviceMessage, device: string, index: StoreIndex): Fault | null {
  if (channel === 'event/weight') return cellFaultAt('/data/cell', envelope.data.cell, device, index)
  if (channel === 'event/product') {
    const cell = envelope.data.cells.find((one) => !index.cells.has(one))
    if (cell === undefined) return null
    return {
      where: '/data/cells',
      found: `${renderFound(cell)}, which the store file does not have`,
      wanted: 'a cell of it',
    }
  }
  if (channel !== 'raw/weight') return null
  for (const cell of Object.keys(envelope.data.cells)) {
    const fault = cellFaultAt('/data/cells', cell, device, index)
    if (fault !== null) return fault
  }
  return null
}

function cellFaultAt(where: string, cell: string, device: string, index: StoreIndex): Fault | null {
  const owner = index.cells.get(cell)
  if (owner === device) return null
  const of = owner === undefined ? 'which the store file does not have' : `which belongs to ${owner}`
  return { where, found: `${renderFound(cell)}, ${of}`, wanted: `a cell of a shelf whose device is ${device}` }
}

const unknownFault: Fault = { where: '', found: 'something else', wanted: 'a message of the contract' }

function found(where: string, value: string, wanted: string): Fault {
  return { where, found: renderFound(value), wanted }
}

function tooLarge(bytes: number): Fault {
  return { where: 'payload', found: `${bytes} bytes`, wanted: `at most ${maxPayloadBytes} bytes` }
}

function refuse(cause: Cause, device: string | null, channel: string, fault: Fault): Checked & { kind: 'rejected' } {
  return { kind: 'rejected', rejection: rejection(cause, device, channel, fault) }
}
