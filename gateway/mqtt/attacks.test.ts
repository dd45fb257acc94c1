/** What a stranger, or a device that somebody took over, may try. */
import { describe, expect, test } from 'vitest'
import { usualGuardLimits } from '../../models/platform/connection-guard.ts'
import { endBrokersAfterEach, startBroker } from '../testing/broker.ts'
import { connectPacket, type RawClient } from '../testing/raw-client.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import { createOpenAccess } from './open-access.ts'
import { createTrustingAccess } from './trusting-access.ts'
import { maxControlBytes } from './wire/packet-reader.ts'

endBrokersAfterEach()
const t0 = 1_767_261_600_000
const start = (changes = {}) => startBroker(createTrustingAccess(testStore()), changes)
const topicOf = (device: string, channel = 'tele') => `tillfree/1/s1/dev/${device}/${channel}`
const said = (topic: string, payload: string | Buffer = '{}', changes = {}) =>
  ({ cmd: 'publish', topic, payload, qos: 0, retain: false, dup: false, ...changes }) as const
const heardBy = (client: RawClient) =>
  client.heard.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []))

/** The beginning of a CONNECT as large as one may be, and never its end. */
function endlessConnect(): Buffer {
  const whole = Buffer.alloc(maxControlBytes, 97)
  whole.set([0x10, 0xfc, 0x7f, 0, 4, 77, 81, 84, 84, 4, 2, 0, 60, 0x3f, 0xee])
  return whole.subarray(0, -100)
}

describe('strangers', () => {
  test('200 that send as much as they may hold less than 32 KiB each, and a device comes in beside them', async () => {
    const { broker, raw, joined, topics } = await start({ guard: { ...usualGuardLimits, perAddress: 201 } })
    for (let i = 0; i < 200; i += 1) (await raw()).send(endlessConnect())
    await until(() => broker.load().heldBytes >= 200 * (maxControlBytes - 100))
    const shelf = await joined('g1')
    shelf.send(said(topicOf('g1')))
    await until(() => topics.length === 1)
    expect(broker.load()).toMatchObject({ connections: 201, strangers: 200 })
    expect(broker.load().heldBytes).toBeLessThan(200 * 32 * 1024)
  })

  test('200 from one address leave 64', async () => {
    const { broker, raw, lines } = await start()
    const hostile = []
    for (let i = 0; i < 200; i += 1) hostile.push(await raw())
    await Promise.all(hostile.slice(0, 136).map(({ closed }) => closed))
    await until(() => broker.load().connections === 64)
    expect(broker.load().strangers).toBe(64)
    expect(lines.length).toBeLessThan(40)
  })

  test('one that announces 20 MB is closed by the announcement', async () => {
    const { broker, raw, lines } = await start()
    const hostile = await raw()
    hostile.send(Buffer.of(0x10, 0x80, 0x8a, 0xc5, 0x09))
    await hostile.closed
    expect(lines.join()).toContain('wanted at most 16384')
    expect(broker.load().heldBytes).toBe(0)
  })

  test('one that says nothing is closed in time', async () => {
    const { raw, lines } = await start({ guard: { perAddress: 9, inAll: 9, timeoutMs: 50 } })
    const silent = await raw()
    await silent.closed
    expect(lines.join()).toContain('it did not say who it is within 0.05 s')
  })

  test('a keep-alive of 0, or of hours, is refused, and said in words', async () => {
    const { joined, raw, lines } = await start()
    const client = await raw()
    client.send(connectPacket({ clientId: 'g1', keepalive: 0 }))
    expect(await client.next('connack')).toMatchObject({ returnCode: 5 })
    await client.closed
    expect(lines.join()).toContain('client "g1" has a keep-alive of 0 s, wanted 1 to 1200')
    await joined('g1', { keepalive: 1200 })
  })
})

describe('a device that was taken over', () => {
  test('one that reads nothing is cut off, and nobody waits for it', async () => {
    const { joined, broker, lines, topics } = await startBroker(createOpenAccess([]), { storeId: 's1' })
    const [deaf, loud] = [await joined('deaf'), await joined('loud')]
    deaf.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 0 }] })
    await deaf.next('suback')
    deaf.socket.pause()
    for (let i = 0; i < 40; i += 1) loud.send(said(topicOf('loud'), Buffer.alloc(1_000_000)))
    await until(() => topics.length === 40)
    expect(lines.join()).toContain('it reads too slowly')
    expect(broker.load()).toEqual({ connections: 1, strangers: 0, heldBytes: 0 })
  })

  test('holds memory for what it sent of a packet, not for what it announced', async () => {
    const { joined, broker } = await start()
    const shelf = await joined('g1')
    shelf.send(Buffer.concat([Buffer.of(0x30, 0x80, 0x80, 0x40, 0, 1, 97), Buffer.alloc(10_000)]))
    await until(() => broker.load().heldBytes > 0)
    expect(broker.load().heldBytes).toBeLessThan(40_000)
  })

  test.each([
    ['another device', topicOf('g1'), /wanted a topic below tillfree\/1\/s1\/dev\/g2\//],
    ['another store', 'tillfree/1/s2/dev/g2/tele', /wanted a topic below/],
    ['the gateway', 'tillfree/1/s1/gw/progress', /wanted a topic below/],
    ['the broker itself', '$SYS/x/new/clients', /wanted a topic below/],
    ['who commands it', topicOf('g2', 'cmd/open'), /published a command to itself/],
  ])('cannot speak as %s', async (_, topic, words) => {
    const { joined, lines, topics } = await start()
    const [good, bad] = [await joined('g1'), await joined('g2')]
    bad.send(said(topic, 'g1'))
    await bad.closed
    good.send(said(topicOf('g1')))
    await until(() => topics.length === 1)
    expect(lines.join()).toMatch(words)
  })

  test('cannot leave a will in the name of another', async () => {
    const { raw, lines } = await start()
    const client = await raw()
    const will = { topic: topicOf('g1', 'status'), payload: Buffer.from('offline'), qos: 1 as const, retain: true }
    client.send(connectPacket({ clientId: 'g2', will }))
    expect(await client.next('connack')).toMatchObject({ returnCode: 5 })
    await client.closed
    expect(lines.join()).toContain('the will: client "g2" published to tillfree/1/s1/dev/g1/status')
  })

  test('cannot have more retained than a device has to say', async () => {
    const { joined, lines } = await start()
    const shelf = await joined('g1')
    shelf.send(said(topicOf('g1', 'meta'), Buffer.alloc(9000), { retain: true }))
    await shelf.closed
    expect(lines.join()).toContain('9000 bytes retained')
  })

  test('cannot fill the broker with subscriptions', async () => {
    const { joined } = await start()
    const shelf = await joined('g1')
    const granted: number[] = []
    for (let i = 0; i < 101; i += 1) {
      const topic = topicOf('g1', `cmd/${i}`)
      shelf.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 0 }] })
      granted.push(Number((await shelf.next('suback')).granted[0]))
    }
    expect(granted.filter((code) => code === 0)).toHaveLength(100)
    expect(granted.at(-1)).toBe(0x80)
  })
})

describe('commands', () => {
  async function absentGate(now: () => number) {
    const started = await start({ now })
    const gate = await started.joined('gate1', { clean: false })
    gate.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf('gate1', 'cmd/#'), qos: 1 }] })
    await gate.next('suback')
    gate.socket.destroy()
    await gate.closed
    return started
  }
  const open = (txn: number, expiresAt: number) => JSON.stringify({ txn: String(txn), expiresAt })

  test('are not told any more when their time is over', async () => {
    let now = t0
    const { broker, joined } = await absentGate(() => now)
    await broker.publish(topicOf('gate1', 'cmd/open'), open(1, t0 + 5_000), { qos: 1 })
    await broker.publish(topicOf('gate1', 'cmd/late'), open(2, t0 + 9_000), { qos: 1 })
    now = t0 + 6_000
    const gate = await joined('gate1', { clean: false })
    await until(() => heardBy(gate).length > 0)
    expect(heardBy(gate)).toEqual([topicOf('gate1', 'cmd/late')])
  })

  test('of which more than 100 wait for one device are dropped, and it is said', async () => {
    const { broker, joined, lines } = await absentGate(() => t0)
    for (let i = 0; i < 120; i += 1) await broker.publish(topicOf('gate1', 'cmd/open'), open(i, t0 + 1), { qos: 1 })
    const gate = await joined('gate1', { clean: false })
    await until(() => heardBy(gate).length === 100)
    expect(lines.filter((line) => line.includes('too many wait for it'))).toHaveLength(20)
  })
})

describe('a good client', () => {
  test('may go on before it is answered', async () => {
    const { raw } = await start()
    const shelf = await raw()
    shelf.socket.setNoDelay(true)
    shelf.send(connectPacket({ clientId: 'g1' }))
    shelf.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topicOf('g1', 'cmd/#'), qos: 0 }] })
    expect((await shelf.next('suback')).granted).toEqual([0])
  })

  test('gets what the gateway says at once in its order, all of it', async () => {
    const { broker, joined } = await start()
    const sim = await joined('sim')
    sim.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'tillfree/1/s1/#', qos: 1 }] })
    await sim.next('suback')
    const topics = ['gw/progress', 'dev/gate1/cmd/open', 'dev/trk/raw/targets'].map((rest) => `tillfree/1/s1/${rest}`)
    for (const [i, topic] of topics.entries()) void broker.publish(topic, '{}', { qos: i < 2 ? 1 : 0, retain: i === 0 })
    await until(() => heardBy(sim).length === 3)
    expect(heardBy(sim)).toEqual(topics)
  })
})
