/** What a device may hear, whatever it asks for, and what the broker holds of what it asked. */
import type { Packet } from 'mqtt-packet'
import { generate } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { endBrokersAfterEach, type StartedBroker, startBroker } from '../testing/broker.ts'
import type { RawClient } from '../testing/raw-client.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import type { Access } from './access.ts'
import { createOpenAccess } from './open-access.ts'
import { createTrustingAccess } from './trusting-access.ts'

endBrokersAfterEach()
const topicOf = (device: string, channel = 'tele') => `tillfree/1/s1/dev/${device}/${channel}`
const start = () => startBroker(createTrustingAccess(testStore()))
type QoS = 0 | 1 | 2
const subscribing = (...filters: readonly (readonly [string, QoS])[]): Packet => ({
  cmd: 'subscribe',
  messageId: 1,
  subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
})
const unsubscribing = (...unsubscriptions: string[]): Packet => ({ cmd: 'unsubscribe', messageId: 2, unsubscriptions })
const topicsHeard = ({ heard }: RawClient) =>
  heard.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []))

async function granted(client: RawClient, ...filters: readonly (readonly [string, QoS])[]) {
  client.send(subscribing(...filters))
  return (await client.next('suback')).granted
}

async function leave(client: RawClient): Promise<void> {
  client.send({ cmd: 'disconnect' })
  await client.closed
}

/** What was on its way to the client before is there. */
async function settled({ broker }: StartedBroker, client: RawClient, device: string): Promise<string[]> {
  const last = topicOf(device, 'cmd/last')
  await broker.publish(last, '{}', { qos: 1 })
  await until(() => topicsHeard(client).includes(last))
  return topicsHeard(client).filter((topic) => topic !== last)
}

describe('a filter that is refused', () => {
  const refused = ['tillfree/1/s1/#', topicOf('gate1', 'event/scan'), '#', '+/+/+/+/+/+/+']

  test.each([
    ['before the others', [...refused.map((filter) => [filter, 1] as const), [topicOf('g1', 'cmd/#'), 1] as const]],
    ['after the others', [[topicOf('g1', 'cmd/#'), 1] as const, ...refused.map((filter) => [filter, 1] as const)]],
  ] as const)('%s in one packet is not kept for a device that is away', async (_, filters) => {
    const started = await start()
    const shelf = await started.joined('g1', { clean: false })
    expect([...(await granted(shelf, ...filters))].sort((a, b) => Number(a) - Number(b))).toEqual([
      1, 128, 128, 128, 128,
    ])
    await leave(shelf)
    const gate = await started.joined('gate1')
    gate.send({
      cmd: 'publish',
      topic: topicOf('gate1', 'event/scan'),
      payload: '{"code":"staff"}',
      qos: 1,
      messageId: 7,
      retain: false,
      dup: false,
    })
    await gate.next('puback')
    await started.broker.publish(topicOf('gate1', 'cmd/open'), '{}', { qos: 1 })
    await started.broker.publish(topicOf('g1', 'cmd/tare'), '{}', { qos: 1 })
    const again = await started.joined('g1', { clean: false })
    expect(await settled(started, again, 'g1')).toEqual([topicOf('g1', 'cmd/tare')])
  })

  test('takes no place, however many there are', async () => {
    const { joined, lines } = await start()
    const shelf = await joined('g1', { clean: false })
    for (let i = 0; i < 30; i += 1) {
      const foreign = Array.from({ length: 10 }, (_, j) => [topicOf('g2', `cmd/${i}-${j}`), 1] as const)
      expect(await granted(shelf, ...foreign)).toEqual(foreign.map(() => 128))
    }
    const own = Array.from({ length: 100 }, (_, i) => [topicOf('g1', `cmd/${i}`), 1] as const)
    expect(await granted(shelf, ...own)).toEqual(own.map(() => 1))
    expect(await granted(shelf, [topicOf('g1', 'cmd/more'), 1])).toEqual([128])
    expect(lines.join()).toContain('MQTT subscription refused: client "g1" subscribed to')
  })

  test('is one that is longer than any topic', async () => {
    const { joined, lines } = await start()
    const shelf = await joined('g1')
    const own = topicOf('g1', 'cmd/')
    const long = (letters: number) => `${own}${'a'.repeat(letters - own.length)}`
    expect(await granted(shelf, [long(300), 1], [long(301), 1])).toEqual([1, 128])
    expect(lines.join()).toContain('a filter of 301 letters, wanted at most 300')
  })
})

test('what waited for a device is not told it when it may hear it no more', async () => {
  let access: Access = createOpenAccess([])
  const started = await startBroker({ admit: (asked) => access.admit(asked) }, { storeId: 's1' })
  const shelf = await started.joined('g1', { clean: false })
  expect(await granted(shelf, ['tillfree/1/s1/#', 1])).toEqual([1])
  await leave(shelf)
  await started.broker.publish(topicOf('gate1', 'event/scan'), '{"code":"staff"}', { qos: 1 })
  await started.broker.publish(topicOf('g1', 'cmd/tare'), '{}', { qos: 1 })
  access = createTrustingAccess(testStore())
  const again = await started.joined('g1', { clean: false })
  expect(await granted(again, [topicOf('g1', 'cmd/#'), 1])).toEqual([1])
  expect(await settled(started, again, 'g1')).toEqual([topicOf('g1', 'cmd/tare')])
})

describe.each([
  ['a clean session', true],
  ['a session that is kept', false],
])('in %s', (_, clean) => {
  test('what is unsubscribed frees its place', async () => {
    const { joined } = await start()
    const shelf = await joined('g1', { clean })
    const filters = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => topicOf('g1', `cmd/${from + i}`))
    const grantedOf = (names: readonly string[]) => granted(shelf, ...names.map((filter) => [filter, 1] as const))
    expect(new Set(await grantedOf(filters(0, 100)))).toEqual(new Set([1]))
    shelf.send(unsubscribing(...filters(0, 50)))
    await shelf.next('unsuback')
    expect(new Set(await grantedOf(filters(100, 150)))).toEqual(new Set([1]))
    expect(await grantedOf(filters(0, 1))).toEqual([128])
  })

  test('there are never more than 100, whatever is sent at once', async () => {
    const { joined, broker } = await start()
    const shelf = await joined('g1', { clean })
    const filters = Array.from({ length: 150 }, (_, i) => topicOf('g1', `cmd/${i}`))
    const packets = filters.flatMap((filter) => [unsubscribing(filter), subscribing([filter, 1])])
    shelf.send(Buffer.concat(packets.map((packet) => generate(packet))))
    const codes: unknown[] = []
    while (codes.length < filters.length) codes.push(...(await shelf.next('suback')).granted)
    expect(codes.filter((code) => code === 1)).toHaveLength(100)
    for (const filter of filters) await broker.publish(filter, '{}', { qos: 1 })
    await until(() => topicsHeard(shelf).length >= 100)
    expect(topicsHeard(shelf)).toHaveLength(100)
  })

  test('what is unsubscribed, and subscribed and unsubscribed again at once, is heard no more', async () => {
    const started = await start()
    const shelf = await started.joined('g1', { clean })
    const filter = topicOf('g1', 'cmd/tare')
    await granted(shelf, [filter, 0], [topicOf('g1', 'cmd/last'), 1])
    shelf.send(Buffer.concat([generate(unsubscribing(filter)), generate(subscribing([filter, 1]))]))
    await shelf.next('suback')
    await started.broker.publish(filter, '{}', { qos: 1 })
    expect(await settled(started, shelf, 'g1')).toEqual([filter])
    shelf.send(unsubscribing(filter))
    await shelf.next('unsuback')
    await shelf.next('unsuback')
    await started.broker.publish(filter, '{}', { qos: 1 })
    await started.broker.publish(topicOf('g1', 'cmd/last'), '{}', { qos: 1 })
    await until(() => topicsHeard(shelf).filter((topic) => topic.endsWith('last')).length === 2)
    expect(topicsHeard(shelf).filter((topic) => topic === filter)).toHaveLength(1)
  })
})
