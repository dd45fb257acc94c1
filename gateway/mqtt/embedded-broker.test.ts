import { connect as connectSocket } from 'node:net'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testLog } from '../testing/log.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import { createEmbeddedBroker } from './embedded-broker.ts'
import { createTrustingAccess } from './trusting-access.ts'

const running: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop()
})

async function startBroker() {
  const log = testLog()
  const topics: string[] = []
  const onViolation = vi.fn()
  const broker = createEmbeddedBroker({
    storeId: 's1',
    access: createTrustingAccess(testStore()),
    port: 0,
    host: '127.0.0.1',
    log,
    onViolation,
  })
  broker.onMessage(({ topic }) => topics.push(topic))
  await broker.start()
  running.push(() => broker.stop())
  const port = broker.port() ?? 0
  const client = async (clientId: string, clean = true): Promise<MqttClient> => {
    const made = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId, clean, reconnectPeriod: 0 })
    made.on('error', () => {})
    running.push(() => made.endAsync(true))
    return made
  }
  return { broker, log, topics, onViolation, port, client }
}

const closing = (client: { once(event: 'close', listener: () => void): unknown }) =>
  new Promise<void>((resolve) => client.once('close', () => resolve()))
const topicOf = (device: string, channel = 'tele') => `tillfree/1/s1/dev/${device}/${channel}`

describe('createEmbeddedBroker()', () => {
  test('closes a client that publishes as another device, and harms nobody else', async () => {
    const { client, topics, onViolation, log } = await startBroker()
    const [good, bad] = [await client('g1'), await client('g2')]
    const closed = closing(bad)
    bad.publish(topicOf('g1'), '{}')
    await closed
    await good.publishAsync(topicOf('g1'), '{}', { qos: 1 })
    expect(topics).toEqual([topicOf('g1')])
    expect(onViolation).toHaveBeenCalledTimes(1)
    expect(log.lines.join()).toContain('client "g2" published to tillfree/1/s1/dev/g1/tele, wanted a topic below')
  })

  test('lets a simulator speak for every device', async () => {
    const { client, topics } = await startBroker()
    await (await client('sim')).publishAsync(topicOf('g1'), '{}', { qos: 1 })
    expect(topics).toEqual([topicOf('g1')])
  })

  test('closes a connection that sends 5 MB, and says why', async () => {
    const { client, topics, log } = await startBroker()
    const bad = await client('g1')
    const closed = closing(bad)
    bad.publish(topicOf('g1', 'event/scan'), Buffer.alloc(5_000_000, 32))
    await closed
    expect(topics).toEqual([])
    expect(log.lines.join()).toMatch(/found a packet of 50000\d\d bytes, wanted at most/)
  })

  test('gives a stranger 16 KiB before CONNECT', async () => {
    const { port, log } = await startBroker()
    const socket = connectSocket(port, '127.0.0.1')
    socket.on('error', () => {})
    const closed = closing(socket)
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0x7f]))
    await closed
    expect(log.lines.join()).toContain('wanted at most 16384')
  })

  test('keeps only status and meta of known devices for later subscribers', async () => {
    const { client, port } = await startBroker()
    const [shelf, stranger] = [await client('g1'), await client('ghost')]
    await shelf.publishAsync(topicOf('g1', 'status'), 'online', { qos: 1, retain: true })
    await shelf.publishAsync(topicOf('g1', 'event/scan'), '{}', { qos: 1, retain: true })
    await stranger.publishAsync(topicOf('ghost', 'status'), 'online', { qos: 1, retain: true })
    const reader = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'reader' })
    running.push(() => reader.endAsync(true))
    const heard: string[] = []
    reader.on('message', (topic) => heard.push(topic))
    await reader.subscribeAsync('tillfree/1/s1/#', { qos: 1 })
    await shelf.publishAsync(topicOf('g1', 'tele'), 'last', { qos: 1 })
    await until(() => heard.includes(topicOf('g1', 'tele')))
    expect(heard).toEqual([topicOf('g1', 'status'), topicOf('g1', 'tele')])
  })

  test('keeps nothing but its own commands for a client that is away', async () => {
    const { client } = await startBroker()
    const gate = await client('gate1', false)
    await expect(gate.subscribeAsync('tillfree/1/s1/#', { qos: 1 })).rejects.toThrow()
    await expect(gate.subscribeAsync(topicOf('gate1', 'cmd/#'), { qos: 1 })).resolves.toHaveLength(1)
  })

  test('lets the newcomer take over a client id [MQTT-3.1.4-2]', async () => {
    const { client, topics } = await startBroker()
    const old = await client('g1')
    const closed = closing(old)
    const fresh = await client('g1')
    await closed
    await fresh.publishAsync(topicOf('g1'), '{}', { qos: 1 })
    expect(topics).toEqual([topicOf('g1')])
  })

  test('publishes the last will of a device whose connection breaks', async () => {
    const { port, topics, broker } = await startBroker()
    const will = { topic: topicOf('g1', 'status'), payload: Buffer.from('offline'), qos: 1 as const, retain: true }
    const shelf = await connectAsync(`mqtt://127.0.0.1:${port}`, { clientId: 'g1', will, reconnectPeriod: 0 })
    shelf.stream.destroy()
    await until(() => topics.includes(topicOf('g1', 'status')))
    expect(broker.connected()).toBe(true)
    await shelf.endAsync(true)
  })

  test('survives topics that broke others', async () => {
    const { client, topics } = await startBroker()
    const sim = await client('sim')
    const deep = Array.from({ length: 200 }, () => 'a').join('/')
    const closed = closing(sim)
    sim.publish(deep, 'x')
    await closed
    const again = await client('sim')
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty'])
      await again.publishAsync(`tillfree/1/s1/${name}`, 'x', { qos: 1 })
    expect(topics).toHaveLength(3)
  })

  test('leaves no handle after stop()', async () => {
    const { broker, client } = await startBroker()
    const gone = closing(await client('g1'))
    await broker.stop()
    await gone
    expect(broker.port()).toBe(null)
    expect(broker.connected()).toBe(false)
  })
})
