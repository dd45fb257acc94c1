/**
 * What stands in a file of the spool: records one after the other, each with a mark, a CRC-32 of all that follows it (zlib's, IEEE
 * 802.3), its kind, a time, and two texts with their lengths. Pure.
 */
import { crc32 } from 'node:zlib'

export type SpoolRecord =
  /** A message as it came; `arrivedAt` in milliseconds since the epoch. */
  | {
      readonly kind: 'message'
      readonly arrivedAt: number
      readonly topic: string
      readonly payload: Uint8Array
    }
  /**
   * The engine had been given everything up to this event time, of what stands before, but not the messages with these names
   * (`nameOf`): they were on their way to the disk, or refused by it, or their time had not come.
   */
  | { readonly kind: 'released'; readonly watermark: number; readonly awaiting: readonly number[] }

export interface Decoded {
  readonly records: readonly SpoolRecord[]
  /** Bytes between good records that are none: something has changed them. */
  readonly damagedBytes: number
  /** Bytes after the last good record: a kill or a power cut left them there. */
  readonly cutBytes: number
}

const mark = Buffer.from('Tf')
const crcAt = mark.length
const kindAt = crcAt + 4
const timeAt = kindAt + 1
const topicLengthAt = timeAt + 8
const payloadLengthAt = topicLengthAt + 4
const headBytes = payloadLengthAt + 4
const kinds = { message: 1, released: 2 } as const

export function encode(record: SpoolRecord): Buffer {
  const isMessage = record.kind === 'message'
  const topic = Buffer.from(isMessage ? record.topic : '')
  const payload = isMessage ? record.payload : bytesOf(record.awaiting)
  const head = Buffer.alloc(headBytes)
  mark.copy(head)
  head.writeUInt8(kinds[record.kind], kindAt)
  head.writeDoubleLE(isMessage ? record.arrivedAt : record.watermark, timeAt)
  head.writeUInt32LE(topic.length, topicLengthAt)
  head.writeUInt32LE(payload.length, payloadLengthAt)
  const bytes = Buffer.concat([head, topic, payload])
  bytes.writeUInt32LE(crc32(bytes.subarray(kindAt)), crcAt)
  return bytes
}

/** Bytes of a message's record. */
export function lengthOf(topic: string, payload: Uint8Array): number {
  return headBytes + Buffer.byteLength(topic) + payload.length
}

/** A message by what it says, whenever it came: the same again has the same name. CRC-32. */
export function nameOf(topic: string, payload: Uint8Array): number {
  return crc32(payload, crc32(topic))
}

/** Every good record, whatever stands between them. Never throws. */
export function decode(bytes: Buffer): Decoded {
  const records: SpoolRecord[] = []
  let [at, end, damagedBytes] = [0, 0, 0]
  while (at >= 0 && at < bytes.length) {
    const found = recordAt(bytes, at)
    if (found === null) {
      at = bytes.indexOf(mark, at + 1)
      continue
    }
    damagedBytes += at - end
    records.push(found.record)
    end = at + found.length
    at = end
  }
  return { records, damagedBytes, cutBytes: bytes.length - end }
}

function recordAt(bytes: Buffer, at: number): { record: SpoolRecord; length: number } | null {
  if (at + headBytes > bytes.length || bytes.compare(mark, 0, mark.length, at, at + mark.length) !== 0) return null
  const topicEnd = at + headBytes + bytes.readUInt32LE(at + topicLengthAt)
  const end = topicEnd + bytes.readUInt32LE(at + payloadLengthAt)
  if (end > bytes.length || crc32(bytes.subarray(at + kindAt, end)) !== bytes.readUInt32LE(at + crcAt)) return null
  const time = bytes.readDoubleLE(at + timeAt)
  const payload = bytes.subarray(topicEnd, end)
  const record: SpoolRecord =
    bytes[at + kindAt] === kinds.message
      ? { kind: 'message', arrivedAt: time, topic: bytes.toString('utf8', at + headBytes, topicEnd), payload }
      : { kind: 'released', watermark: time, awaiting: namesIn(payload) }
  return { record, length: end - at }
}

const nameBytes = 4

function bytesOf(names: readonly number[]): Buffer {
  const bytes = Buffer.alloc(names.length * nameBytes)
  for (const [i, name] of names.entries()) bytes.writeUInt32LE(name, i * nameBytes)
  return bytes
}

function namesIn(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / nameBytes) }, (_, i) => bytes.readUInt32LE(i * nameBytes))
}
