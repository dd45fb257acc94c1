/** Closes connections that send packets which are too large, before they are gathered in memory. */
import type { Socket } from 'node:net'

/** 1 MiB of payload (`ingest/message.ts`) and room for the longest topic that MQTT allows. */
export const maxPacketBytes = 1024 * 1024 + 65_536
/** A CONNECT has an id, a will and credentials; a stranger gets no more memory than that. */
export const maxConnectBytes = 16 * 1024

const connectType = 1
/** MQTT 3.1.1, 2.2.3: the remaining length has at most four bytes of seven bits. */
const maxLengthBytes = 4

export interface PacketScanner {
  /** What is wrong with the bytes so far, in words; null when nothing is. */
  scan(chunk: Uint8Array): string | null
}

/** Follows packet borders by their fixed headers (MQTT 3.1.1, 2.2); looks into nothing else. */
export function createPacketScanner(): PacketScanner {
  let packets = 0
  let type = 0
  let lengthBytes = 0
  let length = 0
  let remaining = 0
  let state: 'type' | 'length' | 'body' = 'type'

  /** Takes one byte of the remaining length; true when it was the last. */
  function takeLength(byte: number): boolean {
    length += (byte & 0x7f) * 128 ** lengthBytes
    lengthBytes += 1
    return (byte & 0x80) === 0
  }

  function faultOfHeader(): string | null {
    if (packets === 0 && type !== connectType) return `the first packet has type ${type}, wanted a CONNECT`
    const most = packets === 0 ? maxConnectBytes : maxPacketBytes
    return length > most ? `found a packet of ${length} bytes, wanted at most ${most}` : null
  }

  function beginBody(): string | null {
    const fault = faultOfHeader()
    packets += 1
    remaining = length
    state = remaining === 0 ? 'type' : 'body'
    return fault
  }

  return {
    scan(chunk) {
      let at = 0
      while (at < chunk.length) {
        if (state === 'body') {
          const skipped = Math.min(remaining, chunk.length - at)
          at += skipped
          remaining -= skipped
          if (remaining === 0) state = 'type'
          continue
        }
        const byte = chunk[at] ?? 0
        at += 1
        if (state === 'type') {
          type = byte >> 4
          length = 0
          lengthBytes = 0
          state = 'length'
        } else if (takeLength(byte)) {
          const fault = beginBody()
          if (fault !== null) return fault
        } else if (lengthBytes >= maxLengthBytes) return 'found a packet length of more than four bytes'
      }
      return null
    },
  }
}

/**
 * Scans what is read from the socket by whoever reads it. aedes has no such limit of its own and takes its bytes by
 * `read()`, so that is where they are seen first.
 */
export function limitPackets(socket: Socket): void {
  const scanner = createPacketScanner()
  const read = socket.read.bind(socket)
  socket.read = (size?: number) => {
    const chunk: unknown = read(size)
    const fault = chunk instanceof Uint8Array ? scanner.scan(chunk) : null
    if (fault === null) return chunk
    socket.destroy(new Error(fault))
    return null
  }
}
