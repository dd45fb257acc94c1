/** What strangers may hold before they have proved who they are: connections in all, from one address, and time. */
import type { Socket } from 'node:net'

export interface GuardLimits {
  /** Connections from one address that have not proved who they are. */
  readonly perAddress: number
  readonly inAll: number
  /** From the connection to the answer to CONNECT, the handshake of TLS included. */
  readonly timeoutMs: number
}

/**
 * A device needs some 50 ms. 64 let as many devices behind one address translation come back at once after a power
 * cut, the rest a moment later; 512 with 16 KiB each and their sockets are less than 30 MB.
 */
export const usualGuardLimits: GuardLimits = { perAddress: 64, inAll: 512, timeoutMs: 10_000 }

/** Where a connection comes from; TLS puts a socket of its own around the first one, with the same ends. */
type Ends = Pick<Socket, 'remoteAddress' | 'remotePort' | 'localPort'>

export interface ConnectionGuard {
  /** A newcomer. The oldest stranger has to go where there are too many: who hurries gets in, who waits does not. */
  admit(socket: Socket): void
  /** It has proved who it is, and counts no more. */
  settle(ends: Ends): void
  /** It was settled, and counts again, as a newcomer. */
  unsettle(ends: Ends): void
  /** How many have not. */
  strangers(): number
}

interface Guest {
  readonly socket: Socket
  readonly address: string
}
interface Stranger extends Guest {
  readonly timer: NodeJS.Timeout
}

export function createConnectionGuard(limits: GuardLimits, onFault: (reason: string) => void): ConnectionGuard {
  /** In order of arrival. */
  const strangers = new Map<string, Stranger>()
  const settled = new Map<string, Guest>()

  function forget(key: string): void {
    clearTimeout(strangers.get(key)?.timer)
    strangers.delete(key)
    settled.delete(key)
  }

  function count(key: string, guest: Guest): void {
    makeRoom(guest.address)
    const timer = setTimeout(
      () => close(key, `it did not say who it is within ${limits.timeoutMs / 1000} s`),
      limits.timeoutMs,
    )
    strangers.set(key, { ...guest, timer })
  }

  function close(key: string, reason: string): void {
    const stranger = strangers.get(key)
    forget(key)
    if (stranger === undefined) return
    onFault(`${stranger.address}: ${reason}`)
    stranger.socket.destroy()
  }

  function makeRoom(address: string): void {
    const neighbours = [...strangers].filter(([, stranger]) => stranger.address === address)
    const [oldest] = strangers.keys()
    if (neighbours.length >= limits.perAddress)
      close(
        neighbours[0]?.[0] ?? '',
        `${neighbours.length} connections have not said who they are; the oldest is closed`,
      )
    else if (strangers.size >= limits.inAll && oldest !== undefined)
      close(oldest, `one of ${strangers.size} connections that have not said who they are, the oldest; it is closed`)
  }

  return {
    admit(socket) {
      const key = keyOf(socket)
      count(key, { socket, address: networkOf(socket.remoteAddress ?? '') })
      socket.once('close', () => forget(key))
    },
    settle(ends) {
      const key = keyOf(ends)
      const stranger = strangers.get(key)
      if (stranger === undefined) return
      forget(key)
      settled.set(key, stranger)
    },
    unsettle(ends) {
      const key = keyOf(ends)
      const guest = settled.get(key)
      if (guest === undefined) return
      settled.delete(key)
      count(key, guest)
    },
    strangers: () => strangers.size,
  }
}

function keyOf({ remoteAddress, remotePort, localPort }: Ends): string {
  return `${remoteAddress} ${remotePort} ${localPort}`
}

/** One host: an IPv4 address, or the 64 bits of an IPv6 network, within which a host can take any address. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.split('::')
  const groups = head === '' ? [] : head.split(':')
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...(tail ? tail.split(':') : [])]
    .slice(0, 4)
    .join(':')
}
