/** Stands between a socket and aedes: only good packets come in, and nothing piles up on the way out. */
import type { Socket } from 'node:net'
import { PacketReader } from './packet-reader.ts'
import { ProtocolError } from './protocol-error.ts'

/**
 * What may wait for a client that reads slowly: some of the largest packets. aedes would rather wait for it, and with
 * it everybody whose message it was to get, for as long as `drainTimeout`.
 */
export const maxBehindBytes = 4 * 1024 * 1024

export interface SocketGuard {
  /** Bytes of memory held for this connection, in and out. */
  heldBytes(): number
}

/** Told why a connection was closed. */
type OnFault = (reason: string) => void

/** Call it before aedes gets the socket; aedes takes its bytes by `read()`, so that is where they are seen first. */
export function guardSocket(socket: Socket, onFault: OnFault): SocketGuard {
  const answered = guardWrites(socket, onFault)
  const reader = guardReads(socket, answered, onFault)
  return { heldBytes: () => reader.heldBytes + socket.writableLength }
}

/**
 * What follows a CONNECT waits until that is answered: aedes would begin to handle it before it knows who speaks, and
 * refuse a good client that did not wait.
 */
function guardReads(socket: Socket, answered: () => boolean, onFault: OnFault): PacketReader {
  const reader = new PacketReader()
  const read = socket.read.bind(socket)
  const refuse = refusal(socket, onFault)
  let asked = false
  let refused = false

  function next(): Buffer | null {
    for (;;) {
      const chunk: unknown = read()
      if (!Buffer.isBuffer(chunk)) return null
      const packets = reader.take(chunk)
      if (packets.length > 0) return packets
    }
  }

  socket.read = (size?: number) => {
    // Node's own, to have more fetched; what it takes nobody gets.
    if (size === 0) return read(0)
    if (refused || (asked && !answered())) return null
    try {
      const packets = next()
      asked ||= packets !== null
      return packets
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      refused = true
      refuse(error)
      return null
    }
  }
  return reader
}

function refusal(socket: Socket, onFault: OnFault) {
  const write = socket.write.bind(socket) as (bytes: Buffer) => boolean
  return ({ message, connack }: ProtocolError): void => {
    onFault(message)
    if (connack === null) socket.destroy()
    else {
      write(Buffer.of(0x20, 2, 0, connack))
      socket.destroySoon()
    }
  }
}

/** Writes never ask to wait; who is too far behind is cut off, so that memory stays bounded. Tells of the first one. */
function guardWrites(socket: Socket, onFault: OnFault): () => boolean {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  let written = false
  socket.write = (...args: unknown[]) => {
    written = true
    write(...args)
    if (socket.writableLength > maxBehindBytes && !socket.destroyed) {
      onFault(`it reads too slowly: ${socket.writableLength} bytes wait for it, wanted at most ${maxBehindBytes}`)
      socket.destroy()
    }
    return true
  }
  return () => written
}
