/** A server on this machine that behaves like one of somebody else, for tests. */
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** PEM. */
export interface ServerKeys {
  readonly certificate: string
  readonly key: string
}

/** Listens on any free port, over https where there are keys for it. */
export async function listenNear(keys: ServerKeys | undefined, listener: RequestListener) {
  const server =
    keys === undefined ? createPlainServer(listener) : createServer({ cert: keys.certificate, key: keys.key }, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`${keys === undefined ? 'http' : 'https'}://127.0.0.1:${port}`),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
