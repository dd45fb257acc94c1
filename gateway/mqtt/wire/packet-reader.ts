/** Cuts what a client sends into whole packets, checks each, and holds no more memory than its sender has paid for. */
import { checkPacket, connectType, publishType } from './packet-check.ts'
import { ProtocolError } from './protocol-error.ts'

/** 1 MiB of payload (`ingest/message.ts`) and room for the longest topic that MQTT allows. */
export const maxPacketBytes = 1024 * 1024 + 65_536
/** Everything but PUBLISH. A CONNECT has an id, a will and credentials; a stranger gets no more memory than that. */
export const maxControlBytes = 16 * 1024

/** MQTT 3.1.1, 2.2.3: the remaining length has at most four bytes of seven bits. */
const maxLengthBytes = 4
const firstRoomBytes = 512

interface Header {
  /** Where the body begins. */
  readonly bodyAt: number
  /** Bytes of the whole packet. */
  readonly size: number
}

/** The fixed header (2.2), or null while it is not all there. */
function headerOf(bytes: Buffer): Header | null {
  let length = 0
  for (let i = 0; i < maxLengthBytes; i += 1) {
    const byte = bytes[i + 1]
    if (byte === undefined) return null
    length += (byte & 0x7f) * 128 ** i
    if (byte < 0x80) return { bodyAt: i + 2, size: i + 2 + length }
  }
  throw new ProtocolError('found a packet length of more than four bytes')
}

export class PacketReader {
  #packets = 0
  /** The beginning of a packet whose rest has not come; grows by doubling, so that bytes one by one stay cheap. */
  #held = Buffer.alloc(0)
  #used = 0

  /** Bytes of memory that wait for the rest of a packet. */
  get heldBytes(): number {
    return this.#held.length
  }

  /** The packets that are complete now, as they came, one after the other. Throws a `ProtocolError`. */
  take(chunk: Buffer): Buffer {
    const whole: Buffer[] = []
    let rest = chunk
    while (rest.length > 0) {
      const wanted = this.#used === 0 ? this.#inOne(rest) : null
      const count = wanted ?? this.#hold(rest)
      if (wanted !== null) whole.push(rest.subarray(0, count))
      else if (this.#isComplete()) whole.push(this.#release())
      rest = rest.subarray(count)
    }
    const [only = Buffer.alloc(0)] = whole
    return whole.length > 1 ? Buffer.concat(whole) : only
  }

  /** The size of the first packet where all of it is there, else null. */
  #inOne(bytes: Buffer): number | null {
    const header = this.#header(bytes)
    if (header === null || header.size > bytes.length) return null
    this.#check(bytes.subarray(0, header.size), header)
    return header.size
  }

  /** Keeps what belongs to the packet that is being gathered; returns how many bytes those are. */
  #hold(bytes: Buffer): number {
    const header = this.#header(this.#held.subarray(0, this.#used))
    const missing = header === null ? 1 : header.size - this.#used
    const part = bytes.subarray(0, missing)
    if (this.#used + part.length > this.#held.length) this.#grow(this.#used + part.length)
    part.copy(this.#held, this.#used)
    this.#used += part.length
    return part.length
  }

  #grow(least: number): void {
    const larger = Buffer.alloc(Math.max(least, this.#held.length * 2, firstRoomBytes))
    this.#held.copy(larger, 0, 0, this.#used)
    this.#held = larger
  }

  #isComplete(): boolean {
    return this.#header(this.#held.subarray(0, this.#used))?.size === this.#used
  }

  #release(): Buffer {
    const packet = this.#held.subarray(0, this.#used)
    this.#held = Buffer.alloc(0)
    this.#used = 0
    const header = this.#header(packet)
    if (header !== null) this.#check(packet, header)
    return packet
  }

  /** Refuses by the header alone, before anything of the body is kept. */
  #header(bytes: Buffer): Header | null {
    const type = (bytes[0] ?? 0) >> 4
    // [MQTT-3.1.0-1], [MQTT-3.1.0-2]
    if (bytes.length > 0 && this.#packets === 0 && type !== connectType)
      throw new ProtocolError(`the first packet has type ${type}, wanted a CONNECT`)
    if (bytes.length > 0 && this.#packets > 0 && type === connectType) throw new ProtocolError('found a second CONNECT')
    const header = headerOf(bytes)
    const most = type === publishType ? maxPacketBytes : maxControlBytes
    if (header !== null && header.size > most)
      throw new ProtocolError(`found a packet of ${header.size} bytes, wanted at most ${most}`)
    return header
  }

  #check(packet: Buffer, { bodyAt }: Header): void {
    checkPacket(packet, bodyAt)
    this.#packets += 1
  }
}
