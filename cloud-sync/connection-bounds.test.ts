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
  const server = createServer((request, answer) => {
    request.resume()
    if (request.url === '/live') answer.write('more comes')
    else request.once('end', () => answer.end('here'))
  })
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
  /** One that has asked, and was answered. */
  const asked = async (path = '/', times = 1) => {
    const one = await silent()
    one.socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(times))
    let answer = ''
    await new Promise<void>((resolve) =>
      one.socket.on('data', (chunk: Buffer) => {
        answer += chunk.toString()
        if (answer.split('\r\n\r\n').length > times) resolve()
      }),
    )
    return one
  }
  const ask = async () => (await fetch(`http://127.0.0.1:${port}`)).text()
  return { server, lines, silent, asked, ask }
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

test('boundConnections() closes those first that asked longest ago, and none that is being answered', async () => {
  const { asked } = await started({ ...eachAddress, perAddress: 2 })
  const [live, first, second] = [await asked('/live'), await asked('/', 3), await asked()]
  const third = await asked()
  await first.closed
  expect([live, second, third].filter(({ socket }) => socket.destroyed)).toEqual([])
  third.socket.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(2))
  await new Promise((resolve) => third.socket.once('data', resolve))
  const [fourth] = [await asked(), await asked()]
  await second.closed
  expect([live, third, fourth].filter(({ socket }) => socket?.destroyed)).toEqual([])
})

test('boundConnections() hears others while one stranger holds 500 connections on which it has asked', async () => {
  const { asked, ask, server } = await started(anyAddress)
  for (let i = 0; i < 500; i++) await asked()
  expect(await ask()).toBe('here')
  expect(server.keepAliveTimeout).toBe(5_000)
})

test('boundConnections() does not take for an asker who does not say all that they ask', async () => {
  const { silent, asked } = await started({ ...eachAddress, perAddress: 2 })
  const slow = await silent()
  slow.socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{')
  const whole = await silent()
  whole.socket.write('POST /live HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}')
  await new Promise((resolve) => whole.socket.once('data', resolve))
  for (let i = 0; i < 3; i++) await asked()
  await slow.closed
  expect(whole.socket.destroyed).toBe(false)
})
