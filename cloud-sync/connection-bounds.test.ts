import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { GuardLimits } from '../models/platform/connection-guard.ts'
import { anyAddress, boundConnections, eachAddress } from './connection-bounds.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function started(limits: GuardLimits) {
  const lines: unknown[] = []
  const server = createServer((_request, answer) => answer.end('here'))
  boundConnections(server, limits, { info: (...line) => lines.push(line) })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  closers.push(() => server.close().closeAllConnections())
  /** Connected; `closed` resolves when the server has let go of it. */
  const silent = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    closers.push(() => socket.destroy())
    const closed = new Promise<Socket>((resolve) => socket.once('close', () => resolve(socket)))
    await new Promise((resolve) => socket.once('connect', resolve))
    return { socket, closed }
  }
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`)).text()
  return { server, lines, silent, ask }
}

test('boundConnections() closes the oldest that asks for nothing where one address has too many, and hears who asks', async () => {
  const { silent, ask, lines } = await started({ ...eachAddress, perAddress: 2 })
  const [first, second] = [await silent(), await silent()]
  expect(await ask()).toBe('here')
  await first.closed
  expect(second.socket.destroyed).toBe(false)
  expect(lines).toHaveLength(1)
})

test('boundConnections() closes whoever asks for nothing for too long, and nobody who has asked', async () => {
  const { silent } = await started({ ...eachAddress, timeoutMs: 50 })
  const [asking, idle] = [await silent(), await silent()]
  asking.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await idle.closed
  expect(asking.socket.destroyed).toBe(false)
})

test('boundConnections() goes by no address where all may come from one', async () => {
  const { silent, server } = await started(anyAddress)
  const all = await Promise.all(Array.from({ length: 200 }, silent))
  expect(all.filter(({ socket }) => socket.destroyed)).toEqual([])
  expect(server.maxConnections).toBe(500)
})
