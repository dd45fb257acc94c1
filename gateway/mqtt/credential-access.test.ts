import { describe, expect, test } from 'vitest'
import type { Credential } from '../credentials/credential.ts'
import { digestOf, newSecret } from '../credentials/secret.ts'
import { endBrokersAfterEach, startBroker } from '../testing/broker.ts'
import { connectPacket, type RawClient } from '../testing/raw-client.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import { createCredentialAccess } from './credential-access.ts'

endBrokersAfterEach()
const topicOf = (device: string, channel = 'tele') => `tillfree/1/s1/dev/${device}/${channel}`

/** A broker that knows two shelves, a simulator, a dashboard, and a device that the store file has not. */
async function start() {
  const roles = { g1: 'device', g2: 'device', old: 'device', sim: 'control', board: 'reader' } as const
  const secrets = new Map(Object.keys(roles).map((name) => [name, newSecret()]))
  const known = new Map<string, Credential>()
  for (const [name, role] of Object.entries(roles))
    known.set(name, { name, role, digest: digestOf(secrets.get(name) ?? ''), certificate: null, madeAt: 0 })
  const access = createCredentialAccess(testStore(), (name) => [known.get(name)].filter((found) => found !== undefined))
  const started = await startBroker(access)
  const login = (name: string) => ({ username: name, password: Buffer.from(secrets.get(name) ?? '') })
  /** Connects with the credential of `name`; gives the code of the answer, too. */
  async function connect(name: string, changes: object = {}) {
    const client = await started.raw()
    client.send(connectPacket({ clientId: name, ...login(name), ...changes }))
    const { returnCode } = await client.next('connack')
    return { client, returnCode }
  }
  return { ...started, known, secrets, login, connect }
}

async function granted(client: RawClient, topic: string) {
  client.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos: 1 }] })
  return (await client.next('suback')).granted[0]
}
const publish = (client: RawClient, topic: string, retain = false) =>
  client.send({ cmd: 'publish', topic, payload: '{}', qos: 0, retain, dup: false })

describe('createCredentialAccess()', () => {
  test('lets a device in under its own id with its own secret', async () => {
    const { connect, topics, lines } = await start()
    const { client, returnCode } = await connect('g1')
    expect(returnCode).toBe(0)
    publish(client, topicOf('g1'))
    await until(() => topics.length === 1)
    expect(lines).toEqual(['MQTT client connected'])
  })

  test.each([
    ['nobody', { username: undefined, password: undefined }, 5, /came without user name and password/],
    ['somebody without a password', { password: undefined }, 5, /came without user name and password/],
    ['a guess', { password: Buffer.from('guess') }, 4, /a wrong user name or password/],
    ['an empty password', { password: Buffer.alloc(0) }, 4, /a wrong user name or password/],
    ['an unknown name', { username: 'admin' }, 4, /a wrong user name or password/],
    ['a device with the id of another', { clientId: 'g2' }, 2, /"g1" came with the client id "g2", wanted its own/],
    ['a device with an id of its choice', { clientId: 'g1:2' }, 2, /wanted its own/],
    ['a device without an id', { clientId: '' }, 2, /wanted its own/],
  ] as const)('refuses %s', async (_, changes, code, words) => {
    const { connect, lines, broker } = await start()
    const { client, returnCode } = await connect('g1', changes)
    await client.closed
    expect(returnCode).toBe(code)
    expect(lines.join()).toMatch(words)
    expect(broker.load()).toMatchObject({ connections: 0, strangers: 0 })
  })

  test('nobody throws a device out by taking its client id', async () => {
    const { connect, login, topics } = await start()
    const victim = await connect('g1')
    for (const changes of [{ ...login('g2'), clientId: 'g1' }, { password: Buffer.from('guess') }])
      await (await connect('g1', changes)).client.closed
    publish(victim.client, topicOf('g1'))
    await until(() => topics.length === 1)
    expect(victim.client.socket.destroyed).toBe(false)
  })

  test('refuses a device that the store file has no more', async () => {
    const { connect, lines } = await start()
    expect((await connect('old')).returnCode).toBe(5)
    expect(lines.join()).toContain('"old" has a credential, but the store file has no such device')
  })

  test('a device hears its own commands and nothing else', async () => {
    const { connect } = await start()
    const { client } = await connect('g1', { clean: false })
    expect(await granted(client, topicOf('g1', 'cmd/#'))).toBe(1)
    for (const filter of [
      '#',
      'tillfree/1/s1/#',
      topicOf('g1', '#'),
      topicOf('g2', 'cmd/#'),
      '$SYS/#',
      '+/+/+/+/+/+/+',
    ])
      expect([filter, await granted(client, filter)]).toEqual([filter, 0x80])
  })

  test('a reader hears everything and says nothing; a control connection does both, and both may be several', async () => {
    const { connect, topics } = await start()
    const [board, sim] = [await connect('board', { clientId: 'board:1' }), await connect('sim', { clientId: 'sim:2' })]
    expect([board.returnCode, sim.returnCode]).toEqual([0, 0])
    expect(await granted(board.client, 'tillfree/1/s1/#')).toBe(1)
    expect(await granted(sim.client, 'tillfree/1/other/#')).toBe(0x80)
    publish(sim.client, topicOf('g1', 'status'), true)
    await until(() => topics.length === 1)
    publish(board.client, topicOf('g1'))
    await board.client.closed
    expect(topics).toHaveLength(1)
  })

  test.each(['board', 'sim'])('keeps no session for %s', async (name) => {
    const { connect } = await start()
    expect((await connect(name, { clean: false })).returnCode).toBe(5)
  })

  test('closes who is revoked, and who has a new secret, and nobody else', async () => {
    const { connect, known, broker, lines } = await start()
    const [one, two, sim] = [await connect('g1'), await connect('g2'), await connect('sim')]
    known.delete('g1')
    known.set('g2', { name: 'g2', role: 'device', digest: digestOf(newSecret()), certificate: null, madeAt: 1 })
    broker.expel()
    await Promise.all([one.client.closed, two.client.closed])
    expect(sim.client.socket.destroyed).toBe(false)
    expect(lines.filter((line) => line.includes('its credential is good no more'))).toHaveLength(2)
    expect((await connect('g1')).returnCode).toBe(4)
  })

  test('lets who is revoked say nothing more, by its will neither, but that it is gone', async () => {
    const { connect, known, broker, topics } = await start()
    const willOf = (topic: string, payload: string) => ({ will: { topic, payload: Buffer.from(payload), qos: 1 } })
    await connect('g1', willOf(topicOf('g1', 'event/weight'), '{}'))
    await connect('g2', willOf(topicOf('g2', 'status'), 'offline'))
    for (const name of ['g1', 'g2']) known.delete(name)
    broker.expel()
    await until(() => topics.length > 0)
    expect(topics).toEqual([topicOf('g2', 'status')])
  })

  test('no secret, right or wrong, is in the log', async () => {
    const { connect, lines, secrets } = await start()
    await connect('g1')
    await connect('g1', { clientId: 'g2' })
    await connect('g1', { password: Buffer.from('my-guess') })
    await connect('g1', { username: 'a-password-in-the-wrong-field' })
    for (const secret of [secrets.get('g1') ?? '', 'my-guess', 'a-password-in-the-wrong-field'])
      expect(lines.join()).not.toContain(secret)
  })
})
