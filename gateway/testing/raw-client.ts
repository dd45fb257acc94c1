/** A client that says exactly what a test wants, good or not, and shows every packet that comes back. */
import { connect, type Socket } from 'node:net'
import { generate, type Packet, parser } from 'mqtt-packet'
import { until } from './until.ts'

export interface RawClient {
  readonly socket: Socket
  readonly heard: Packet[]
  /** A packet by its fields, or bytes as they are. */
  send(packet: Packet | Uint8Array): void
  /** The first packet of a kind that has been heard; waits for it. */
  next<Kind extends Packet['cmd']>(cmd: Kind): Promise<Extract<Packet, { cmd: Kind }>>
  /** Resolves when the other side has closed the connection. */
  readonly closed: Promise<void>
}

export interface RawOptions {
  readonly port: number
  readonly socket?: Socket
}

export async function rawClient({ port, socket: given }: RawOptions): Promise<RawClient> {
  const socket = given ?? connect({ port, host: '127.0.0.1' })
  const heard: Packet[] = []
  const reader = parser({ protocolVersion: 4 })
  reader.on('packet', (packet) => heard.push(packet))
  socket.on('error', () => {})
  socket.on('data', (chunk) => reader.parse(Buffer.from(chunk)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  if (given === undefined) await new Promise<void>((resolve) => socket.once('connect', () => resolve()))
  return {
    socket,
    heard,
    closed,
    send: (packet) => void socket.write(packet instanceof Uint8Array ? packet : generate(packet)),
    async next(cmd) {
      await until(() => heard.some((packet) => packet.cmd === cmd))
      const at = heard.findIndex((packet) => packet.cmd === cmd)
      return heard.splice(at, 1)[0] as never
    },
  }
}

/** A CONNECT of MQTT 3.1.1 with a clean session, unless said otherwise. */
export function connectPacket(changes: Partial<Extract<Packet, { cmd: 'connect' }>> = {}): Packet {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'c1',
    clean: true,
    keepalive: 60,
    ...changes,
  }
}
