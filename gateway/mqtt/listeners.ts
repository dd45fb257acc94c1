/** Where the broker listens: in plain on this machine, over TLS for the network. */
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { tlsLevel } from '../../models/platform/tls-level.ts'
import type { BrokerCertificates } from '../certificates/certificate-folder.ts'

/** A store file has at most 10,000 devices; some room for dashboards and tools. */
const maxConnections = 10_200

export interface Address {
  readonly host: string
  /** 0 for any free port. */
  readonly port: number
}

export interface TlsAddress extends Address {
  readonly certificates: BrokerCertificates
  /** A connection that has not finished its handshake by then is closed. */
  readonly timeoutMs: number
}

export interface Arrivals {
  /** Told of every connection at once, before it has said anything. */
  readonly admit: (socket: Socket) => void
  /** Told of a connection that can be spoken with, its handshake done. */
  readonly connect: (socket: Socket) => void
  /** Told why a handshake failed. */
  readonly fault: (reason: string) => void
}

export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** Throws where passwords would go over the network in plain, and when the address cannot be had. */
export function listenPlain({ host, port }: Address, { admit, connect }: Arrivals): Promise<Listener> {
  if (!/^(127(\.\d+){3}|::1|localhost)$/.test(host))
    return Promise.reject(
      new Error(
        `found the address ${host} for plain MQTT, wanted one of this machine (127.0.0.1): whoever is on the network ` +
          'could read the passwords. Devices on the network connect over TLS: --mqtt-host',
      ),
    )
  // Small packets at once: an acknowledgement that waits for company (Nagle) costs 40 ms.
  const server = createServer({ noDelay: true }, (socket) => {
    admit(socket)
    connect(socket)
  })
  return listen(server, { host, port })
}

/** A client may prove who it is by a certificate of the store; who has none proves it by a password. */
export function listenTls({ certificates, timeoutMs, ...address }: TlsAddress, arrivals: Arrivals): Promise<Listener> {
  const { authority, broker } = certificates
  const server = createTlsServer(
    {
      cert: broker.certificate,
      key: broker.key,
      ca: authority,
      requestCert: true,
      rejectUnauthorized: false,
      ...tlsLevel,
      handshakeTimeout: timeoutMs,
      noDelay: true,
    },
    (socket) => arrivals.connect(socket),
  )
  server.on('connection', (socket: Socket) => arrivals.admit(socket))
  server.on('tlsClientError', (error: Error, socket: TLSSocket) => {
    arrivals.fault(`${socket.remoteAddress ?? 'somebody'}: no TLS: ${error.message.slice(0, 200)}`)
    socket.destroy()
  })
  return listen(server, address)
}

function listen(server: Server, address: Address): Promise<Listener> {
  server.maxConnections = maxConnections
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address, () => {
      server.off('error', reject)
      const at = server.address()
      resolve({
        port: typeof at === 'object' && at !== null ? at.port : address.port,
        close: () => new Promise((done) => server.close(() => done())),
      })
    })
  })
}
