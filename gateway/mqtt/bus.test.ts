import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { testLog } from '../testing/log.ts'
import { freePort, startMosquitto } from '../testing/mosquitto.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import type { Bus } from './bus.ts'
import { createEmbeddedBroker } from './embedded-broker.ts'
import { createRemoteBroker } from './remote-broker.ts'

const running: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop()
})

interface Started {
  readonly bus: Bus
  readonly url: string
}

async function embedded(): Promise<Started> {
  const bus = createEmbeddedBroker({ store: testStore(), port: 0, host: '127.0.0.1', log: testLog() })
  await bus.start()
  running.push(() => bus.stop())
  return { bus, url: `mqtt://127.0.0.1:${bus.port()}` }
}

async function mosquitto(): Promise<Started> {
  const server = await startMosquitto()
  running.push(() => server.stop())
  const bus = createRemoteBroker({ url: server.url, storeId: 's1', log: testLog() })
  await bus.start()
  running.push(() => bus.stop())
  return { bus, url: server.url }
}

async function client(url: string, clientId: string) {
  const made = await connectAsync(url, { clientId, reconnectPeriod: 0 })
  running.push(() => made.endAsync(true))
  return made
}

describe.each([
  ['embedded broker', embedded],
  ['Mosquitto', mosquitto],
])('Bus on the %s', (_name, start) => {
  test('onMessage() hears what devices say, in their order', async () => {
    const { bus, url } = await start()
    const heard: string[] = []
    bus.onMessage(({ topic, payload }) => heard.push(`${topic} ${Buffer.from(payload)}`))
    const shelf = await client(url, 'g1')
    for (let i = 0; i < 20; i += 1) shelf.publish('tillfree/1/s1/dev/g1/tele', String(i), { qos: 1 })
    shelf.publish('tillfree/1/other/dev/g1/tele', 'not ours')
    await until(() => heard.length === 20)
    expect(heard).toEqual(Array.from({ length: 20 }, (_, i) => `tillfree/1/s1/dev/g1/tele ${i}`))
  })

  test('publish() reaches a device that subscribed', async () => {
    const { bus, url } = await start()
    const gate = await client(url, 'gate1')
    const heard: string[] = []
    gate.on('message', (_topic, payload) => heard.push(payload.toString()))
    await gate.subscribeAsync('tillfree/1/s1/dev/gate1/cmd/#', { qos: 1 })
    await bus.publish('tillfree/1/s1/dev/gate1/cmd/open', 'open', { qos: 1 })
    await until(() => heard.length === 1)
    expect(heard).toEqual(['open'])
  })

  test('publish() keeps what is to be retained', async () => {
    const { bus, url } = await start()
    await bus.publish('tillfree/1/s1/gw/progress', 'here', { qos: 1, retain: true })
    const sim = await client(url, 'sim')
    const heard: string[] = []
    sim.on('message', (_topic, payload) => heard.push(payload.toString()))
    await sim.subscribeAsync('tillfree/1/s1/gw/progress', { qos: 1 })
    await until(() => heard.length === 1)
    expect(heard).toEqual(['here'])
  })

  test('stop() ends it: nothing can be published', async () => {
    const { bus } = await start()
    await bus.stop()
    expect(bus.connected()).toBe(false)
    await expect(bus.publish('tillfree/1/s1/gw/progress', 'x', { qos: 1 })).rejects.toThrow(/not/)
  })
})

describe('createRemoteBroker()', () => {
  test('comes back by itself after the broker was gone, and tells what it waits for', async () => {
    const port = await freePort()
    const first = await startMosquitto(port)
    const log = testLog()
    const bus = createRemoteBroker({ url: first.url, storeId: 's1', log })
    const heard: string[] = []
    bus.onMessage(({ topic }) => heard.push(topic))
    await bus.start()
    running.push(() => bus.stop())
    await first.stop()
    await until(() => !bus.connected())
    await expect(bus.publish('tillfree/1/s1/dev/gate1/cmd/open', '{}', { qos: 1 })).rejects.toThrow('not connected')
    const second = await startMosquitto(port)
    running.push(() => second.stop())
    await until(() => bus.connected())
    const shelf = await client(second.url, 'g1')
    await until(async () => {
      await shelf.publishAsync('tillfree/1/s1/dev/g1/tele', '{}', { qos: 1 })
      return heard.length > 0
    })
    expect(log.lines.some((line) => line.includes('trying again'))).toBe(true)
  })

  test('start() waits for a broker that is not there yet, until it is stopped', async () => {
    const port = await freePort()
    const log = testLog()
    const bus = createRemoteBroker({ url: `mqtt://user:secret@127.0.0.1:${port}`, storeId: 's1', log })
    const outcome = bus.start().catch((error: Error) => error.message)
    await until(() => log.lines.some((line) => line.includes('trying again')))
    await bus.stop()
    expect(await outcome).toBe('stopped before the broker was reached')
    expect(log.lines.join()).not.toContain('secret')
  })
})
