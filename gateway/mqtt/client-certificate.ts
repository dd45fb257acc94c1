/** What a client has proved by the handshake of TLS. */
import { TLSSocket } from 'node:tls'
import { fingerprintOf } from '../certificates/certificate-folder.ts'

/**
 * SHA-256 of its certificate, which the store's authority has signed and whose key it has; null when it showed none, or
 * one of somebody else.
 */
export function certificateOf(socket: unknown): Uint8Array | null {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return null
  const { fingerprint256 } = socket.getPeerCertificate()
  return fingerprint256 === undefined ? null : fingerprintOf(fingerprint256)
}

export function isOverTls(socket: unknown): boolean {
  return socket instanceof TLSSocket
}
