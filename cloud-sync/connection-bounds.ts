/** What a web server holds for those who have asked for nothing yet, so that whoever does is heard. */
import type { Server, Socket } from 'node:net'
import { createConnectionGuard, type GuardLimits, usualGuardLimits } from '../models/platform/connection-guard.ts'
import { createCounter } from './counter.ts'

/** Some more than all pages and stores at once: of the files that a process may have open, the rest is for devices and disks. */
const mostConnections = 500
/** So many more come at once only to be in the way. */
const mostStrangers = 256
/** A whole attack is worth some lines, not a line each time. */
const maxLines = 30
const perMs = 60_000

/** For a server that may stand behind a proxy, of which all come from one address. */
export const anyAddress: GuardLimits = {
  ...usualGuardLimits,
  inAll: mostStrangers,
  perAddress: Number.POSITIVE_INFINITY,
}
/** A browser opens some six connections. */
export const eachAddress: GuardLimits = { ...anyAddress, perAddress: usualGuardLimits.perAddress }

interface BoundsLog {
  info(object: object, message: string): void
}

/** `server`: of HTTP, or of HTTPS, where the time of the handshake counts as well. */
export function boundConnections(server: Server, limits: GuardLimits, log: BoundsLog): void {
  const count = createCounter(perMs, () => performance.now())
  const guard = createConnectionGuard(limits, (reason) => {
    if (count() <= maxLines) log.info({ reason }, 'a connection was closed that had asked for nothing')
  })
  server.maxConnections = mostConnections
  server.on('connection', (socket: Socket) => guard.admit(socket))
  server.on('request', ({ socket }: { readonly socket: Socket }) => guard.settle(socket))
}
