/** What a web server holds for those who ask for nothing, yet or any more, so that whoever does is heard. */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createConnectionGuard, type GuardLimits, usualGuardLimits } from '../models/platform/connection-guard.ts'
import { createCounter } from './counter.ts'

/** Some more than all pages and stores at once: of the files that a process may have open, the rest is for devices and disks. */
const mostConnections = 500
/** So many more come at once only to be in the way. */
const mostStrangers = 256
/** Between two requests of a page; a browser whose connection is closed opens another one. */
const idleMs = 5_000
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

type WebServer = Pick<HttpServer, 'maxConnections' | 'keepAliveTimeout' | 'on'>

/** `server`: of HTTP, or of HTTPS, where the time of the handshake counts as well. */
export function boundConnections(server: WebServer, limits: GuardLimits, log: BoundsLog): void {
  const count = createCounter(perMs, () => performance.now())
  const guard = createConnectionGuard(limits, (reason) => {
    if (count() <= maxLines) log.info({ reason }, 'a connection was closed that asked for nothing')
  })
  const underWay = new WeakMap<Socket, number>()
  const requestsOf = (socket: Socket) => underWay.get(socket) ?? 0
  server.maxConnections = mostConnections
  server.keepAliveTimeout = idleMs
  server.on('connection', (socket: Socket) => guard.admit(socket))
  server.on('request', (request: IncomingMessage, answer: ServerResponse) => {
    const { socket } = request
    underWay.set(socket, requestsOf(socket) + 1)
    guard.settle(socket)
    if (hasBody(request)) {
      // Who has begun to ask has as long again, and has not asked before it is all there.
      guard.unsettle(socket)
      request.once('end', () => {
        if (requestsOf(socket) > 0) guard.settle(socket)
      })
    }
    answer.once('close', () => {
      underWay.set(socket, requestsOf(socket) - 1)
      if (requestsOf(socket) === 0) guard.unsettle(socket)
    })
  })
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
}
