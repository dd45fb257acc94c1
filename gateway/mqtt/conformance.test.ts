/**
 * The behaviours that the MQTT 3.1.1 interoperability test of Eclipse Paho looks at, with its topics and ids, on raw
 * packets. To run that suite itself: `npm run broker -- --open --refuse-subscribe test/nosubscribe` (gateway/README.md).
 */
import { generate, type Packet } from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { endBrokersAfterEach, startBroker } from '../testing/broker.ts'
import { connectPacket, type RawClient } from '../testing/raw-client.ts'
import { until } from '../testing/until.ts'
import { createOpenAccess } from './open-access.ts'

endBrokersAfterEach()
const start = () => startBroker(createOpenAccess(['nosubscribe']))
type Publish = Extract<Packet, { cmd: 'publish' }>
type QoS = 0 | 1 | 2

async function subscribe(client: RawClient, ...filters: readonly (readonly [string, QoS])[]) {
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters.map(([topic, qos]) => ({ topic, qos })) })
  return (await client.next('suback')).granted
}

/** Says all of it and waits until the broker has it. */
async function publish(client: RawClient, topic: string, payload: string, qos: QoS, retain = false): Promise<void> {
  const packet = { cmd: 'publish' as const, topic, payload, qos, retain, dup: false }
  client.send(qos === 0 ? packet : { ...packet, messageId: 7 })
  if (qos === 1) await client.next('puback')
  if (qos === 2) {
    await client.next('pubrec')
    client.send({ cmd: 'pubrel', messageId: 7 })
    await client.next('pubcomp')
  }
  await ping(client)
}

/** What the broker did before the answer comes, it has done. */
async function ping(client: RawClient): Promise<void> {
  client.send({ cmd: 'pingreq' })
  await client.next('pingresp')
}

async function leave(client: RawClient): Promise<void> {
  client.send({ cmd: 'disconnect' })
  await client.closed
}

const heard = (client: RawClient) => client.heard.filter((packet): packet is Publish => packet.cmd === 'publish')
const topicsOf = (client: RawClient) => heard(client).map(({ topic }) => topic)
const hearing = (client: RawClient, count: number) => until(() => heard(client).length >= count)

describe('createEmbeddedBroker() as Paho tests it', () => {
  test('basic: a client hears itself at each QoS, and is closed for a second CONNECT or another protocol', async () => {
    const { raw, joined } = await start()
    const client = await joined('myclientid')
    expect(await subscribe(client, ['TopicA', 2])).toEqual([2])
    for (const qos of [0, 1, 2] as const) await publish(client, 'TopicA', `qos ${qos}`, qos)
    await hearing(client, 3)
    expect(heard(client).map(({ payload, qos }) => [`${payload}`, qos])).toEqual([
      ['qos 0', 0],
      ['qos 1', 1],
      ['qos 2', 2],
    ])
    client.send(connectPacket({ clientId: 'myclientid' }))
    await client.closed
    const other = await raw()
    other.send(Buffer.from('\x10\x0e\x00\x02hj\x04\x02\x00\x3c\x00\x04abcd', 'latin1'))
    await other.closed
    expect(other.heard).toEqual([])
  })

  test('retained messages: a newcomer gets each once, with the flag; an empty one clears', async () => {
    const { joined } = await start()
    const client = await joined('myclientid')
    const topics = [
      ['TopicA/B', 0],
      ['Topic/C', 1],
      ['TopicA/C', 2],
    ] as const
    for (const [topic, qos] of topics) await publish(client, topic, `qos ${qos}`, qos, true)
    await subscribe(client, ['+/+', 2])
    await hearing(client, 3)
    expect(heard(client).map(({ topic, retain }) => [topic, retain])).toEqual(topics.map(([topic]) => [topic, true]))
    for (const [topic, qos] of topics) await publish(client, topic, '', qos, true)
    const fresh = await joined('myclientid2')
    await subscribe(fresh, ['+/+', 2])
    await publish(fresh, 'TopicA/B', 'last', 0)
    await hearing(fresh, 1)
    expect(heard(fresh).map(({ payload }) => `${payload}`)).toEqual(['last'])
  })

  test.each([0, 1, 2] as const)('a retained message of QoS %d right before a subscription is flagged', async (qos) => {
    const { joined } = await start()
    const client = await joined('myclientid')
    const packet = { cmd: 'publish' as const, topic: 'TopicA/B', payload: 'x', qos, retain: true, dup: false }
    const subscriptions = [{ topic: 'TopicA/#', qos: 0 as const }]
    const both = [
      qos === 0 ? packet : { ...packet, messageId: 7 },
      { cmd: 'subscribe' as const, messageId: 1, subscriptions },
    ]
    client.send(Buffer.concat(both.map((each) => generate(each))))
    await client.next('suback')
    await hearing(client, 1)
    await ping(client)
    expect(heard(client).map(({ retain }) => retain)).toEqual([true])
  })

  test('offline message queueing: QoS 1 and 2 wait for a client that is away, and its session is there', async () => {
    const { raw, joined } = await start()
    const away = await joined('myclientid', { clean: false })
    await subscribe(away, ['+/+', 2])
    await leave(away)
    const other = await joined('myclientid2')
    await publish(other, 'TopicA/B', 'qos 0', 0)
    await publish(other, 'Topic/C', 'qos 1', 1)
    await publish(other, 'TopicA/C', 'qos 2', 2)
    const back = await raw()
    back.send(connectPacket({ clientId: 'myclientid', clean: false }))
    expect(await back.next('connack')).toMatchObject({ sessionPresent: true })
    await hearing(back, 2)
    expect(heard(back).map(({ topic, dup }) => [topic, dup])).toEqual([
      ['Topic/C', false],
      ['TopicA/C', false],
    ])
  })

  test('will message: told when a connection breaks, not when a client says goodbye', async () => {
    const { joined } = await start()
    const other = await joined('myclientid2')
    await subscribe(other, ['Topic/C', 2])
    const will = { topic: 'Topic/C', payload: Buffer.from('client not disconnected'), qos: 0 as const, retain: false }
    await leave(await joined('myclientid', { will }))
    const broken = await joined('myclientid', { will })
    broken.socket.destroy()
    await hearing(other, 1)
    await ping(other)
    expect(topicsOf(other)).toEqual(['Topic/C'])
  })

  test('overlapping subscriptions: once with the highest QoS, or once for each', async () => {
    const { joined } = await start()
    const client = await joined('myclientid')
    await subscribe(client, ['TopicA/#', 2], ['TopicA/+', 1])
    await publish(client, 'TopicA/C', 'overlapping topic filters', 2)
    await hearing(client, 1)
    await ping(client)
    const qos = heard(client).map((packet) => packet.qos)
    expect(qos.length === 1 ? qos : [...qos].sort()).toEqual(qos.length === 1 ? [2] : [1, 2])
  })

  test('keepalive: who is silent for one and a half times its keep-alive is closed, and its will is told', async () => {
    const { joined, lines } = await start()
    const other = await joined('myclientid2', { keepalive: 0 })
    await subscribe(other, ['/TopicA', 2])
    const will = { topic: '/TopicA', payload: Buffer.from('keepalive expiry'), qos: 0 as const, retain: false }
    const silent = await joined('myclientid', { keepalive: 1, will })
    await silent.closed
    await hearing(other, 1)
    expect(lines.join()).toContain('keep alive timeout')
  })

  test('redelivery on reconnect: what was not acknowledged comes again, and says so', async () => {
    const { joined } = await start()
    const deaf = await joined('myclientid2', { clean: false })
    await subscribe(deaf, ['TopicA/#', 2])
    const other = await joined('myclientid')
    await publish(other, 'TopicA/B', '1', 1)
    await publish(other, 'TopicA/C', '2', 2)
    await hearing(deaf, 2)
    deaf.socket.destroy()
    const back = await joined('myclientid2', { clean: false })
    await hearing(back, 2)
    expect(heard(back).map(({ topic, dup }) => [topic, dup])).toEqual([
      ['TopicA/B', true],
      ['TopicA/C', true],
    ])
    expect(heard(back).map(({ messageId }) => messageId)).toEqual(heard(deaf).map(({ messageId }) => messageId))
  })

  test('zero-length client id: refused with code 2 without a clean session, good with one', async () => {
    const { raw } = await start()
    const [kept, clean] = [await raw(), await raw()]
    kept.send(Buffer.from('\x10\x0c\x00\x04MQTT\x04\x00\x00\x3c\x00\x00', 'latin1'))
    expect(await kept.next('connack')).toMatchObject({ returnCode: 2 })
    await kept.closed
    clean.send(connectPacket({ clientId: '' }))
    expect(await clean.next('connack')).toMatchObject({ returnCode: 0 })
  })

  test('subscribe failure: a filter that is not allowed is answered with 0x80, the others hold', async () => {
    const { joined } = await start()
    const client = await joined('myclientid')
    expect(await subscribe(client, ['nosubscribe', 2], ['TopicA', 1])).toEqual([0x80, 1])
    await publish(client, 'TopicA', 'x', 0)
    await hearing(client, 1)
  })

  test('dollar topics: a filter that begins with a wildcard does not match them', async () => {
    const { joined } = await start()
    const client = await joined('myclientid2', { keepalive: 0 })
    await subscribe(client, ['#', 2], ['+/+', 2])
    await publish(client, '$TopicA/B', '', 1)
    await publish(client, 'TopicA/B', '', 1)
    await hearing(client, 1)
    expect(topicsOf(client)).toEqual(['TopicA/B'])
  })

  test('unsubscribe: nothing more comes, also in a session that is kept', async () => {
    const { joined } = await start()
    const client = await joined('myclientid', { clean: false })
    await subscribe(client, ['TopicA', 1], ['TopicA/B', 1])
    client.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: ['TopicA'] })
    expect(await client.next('unsuback')).toMatchObject({ messageId: 2 })
    for (const topic of ['TopicA', 'TopicA/B']) await publish(client, topic, '', 1)
    await hearing(client, 1)
    expect(topicsOf(client)).toEqual(['TopicA/B'])
  })

  test('a session that is not kept leaves nothing to a later one', async () => {
    const { raw, joined } = await start()
    const kept = await joined('myclientid', { clean: false })
    await subscribe(kept, ['TopicA', 1])
    await leave(kept)
    await leave(await joined('myclientid'))
    const back = await raw()
    back.send(connectPacket({ clientId: 'myclientid', clean: false }))
    expect(await back.next('connack')).toMatchObject({ sessionPresent: false })
  })
})
