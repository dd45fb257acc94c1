/** HTTP for the network: over TLS, of the gateway with the store's own certificate; in plain it is for this machine alone. */
import { createServer } from 'node:https'
import type { FastifyServerFactory, RawServerDefault } from 'fastify'
import { tlsLevel } from '../models/platform/tls-level.ts'

/** PEM. */
export interface HttpTls {
  readonly key: string
  readonly certificate: string
}

/** Where Fastify is given a server, what it was told of times is not that server's. */
const times = { handshakeTimeout: 10_000, requestTimeout: 15_000 }

export function tlsServerFactory({ key, certificate }: HttpTls): FastifyServerFactory<RawServerDefault> {
  return (handler) => createServer({ key, cert: certificate, ...tlsLevel, ...times }, handler)
}

/** Whether nobody but this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
