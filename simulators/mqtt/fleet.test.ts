import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Arrival } from '../sensors/outbox.ts'
import { Fleet } from './fleet.ts'
import { TestBroker } from './testing.ts'

const status = (text: 'online' | 'offline', device = 'g1'): Arrival => ({
  t: 0,
  device,
  channel: 'status',
  payload: { text },
})
const message = (channel: string, seq: number): Arrival => ({ t: 0, device: 'g1', channel, payload: { json: { seq } } })

describe('Fleet', () => {
  let broker = new TestBroker()
  let fleet = new Fleet({ url: '', store: 's1', devices: [] })
  const commands: unknown[] = []

  beforeEach(async () => {
    broker = new TestBroker()
    await broker.start()
    commands.length = 0
    fleet = new Fleet({
      url: broker.url,
      store: 's1',
      devices: ['g1', 'gate1'],
      onCommand: (...command) => commands.push(command),
    })
  })
  afterEach(async () => {
    await fleet.stop()
    await broker.stop()
  })

  test('publish() speaks as the device itself, with the QoS and retain of the contract', async () => {
    const sent = await fleet.publish([
      status('online'),
      message('meta', 0),
      message('raw/weight', 1),
      message('event/weight', 2),
    ])
    expect(sent).toBe(4)
    await broker.next(({ topic }) => topic.endsWith('event/weight'))
    // The broker passes retained messages on a little later than others.
    const heard = broker.heard.map(({ topic, qos, retain, client }) => [topic, qos, retain, client])
    expect(heard.sort()).toEqual([
      ['tillfree/1/s1/dev/g1/event/weight', 1, false, 'g1'],
      ['tillfree/1/s1/dev/g1/meta', 1, true, 'g1'],
      ['tillfree/1/s1/dev/g1/raw/weight', 0, false, 'g1'],
      ['tillfree/1/s1/dev/g1/status', 1, true, 'g1'],
    ])
  })

  test('publish() of offline cuts the connection, and the broker tells the last will', async () => {
    await fleet.publish([status('online')])
    expect(await fleet.publish([status('offline')])).toBe(1)
    const will = await broker.next(({ text }) => text === 'offline')
    expect(will).toMatchObject({ topic: 'tillfree/1/s1/dev/g1/status', retain: true })
    expect(await fleet.publish([message('raw/weight', 3)])).toBe(0)
    expect(await fleet.publish([status('online'), message('meta', 4)])).toBe(2)
  })

  test('hands commands to the device that they are for', async () => {
    await fleet.publish([status('online', 'gate1')])
    const subscribed = broker.next(({ topic }) => topic.endsWith('cmd/open'))
    const repeat = setInterval(() => broker.publish('tillfree/1/s1/dev/gate1/cmd/open', { txn: 'x', expiresAt: 1 }), 10)
    await subscribed
    await expect.poll(() => commands.length).toBeGreaterThan(0)
    clearInterval(repeat)
    expect(commands[0]).toEqual(['gate1', 'open', { txn: 'x', expiresAt: 1 }])
  })

  test('says again who each device is when the broker has been away', async () => {
    await fleet.publish([status('online'), message('meta', 0)])
    const { port } = broker
    await broker.stop()
    broker = new TestBroker()
    await broker.start(port)
    await broker.next(({ topic }) => topic.endsWith('/meta'))
    expect(broker.heard.map(({ topic }) => topic.split('/').at(-1))).toEqual(['status', 'meta'])
    expect(fleet.isConnected).toBe(true)
  })
})
