import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { reservePorts } from './ports.ts'

async function taken(): Promise<{ port: number; free: () => void }> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, free: () => server.close() }
}

test('reservePorts() finds free ports for 0, each another', async () => {
  const wanted = { option: '--http-port', use: 'the pages', port: 0 }
  const [a, b] = await reservePorts([wanted, wanted])
  expect(a).toBeGreaterThan(0)
  expect(b).not.toBe(a)
})

test('reservePorts() says which port is taken and the way round it', async () => {
  const { port, free } = await taken()
  const reserving = reservePorts([{ option: '--http-port', use: 'the pages', port }])
  await expect(reserving).rejects.toThrow(
    `Port ${port} for the pages is taken by another program. Choose another: npm start -- --http-port ${port + 10}`,
  )
  free()
})

test('reservePorts() notices a port that is wanted twice', async () => {
  const { port, free } = await taken()
  free()
  const wanted = { option: '--http-port', use: 'the pages', port }
  await expect(reservePorts([wanted, { ...wanted, option: '--mqtt-port' }])).rejects.toThrow('--mqtt-port')
})
