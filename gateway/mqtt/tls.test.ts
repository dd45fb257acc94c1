import { mkdtemp, rm } from 'node:fs/promises'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { connectAsync, type IClientOptions } from 'mqtt'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { issueForDevice, openAuthority, openBrokerCertificates } from '../certificates/certificate-folder.ts'
import type { Credential } from '../credentials/credential.ts'
import { digestOf, newSecret } from '../credentials/secret.ts'
import { endBrokersAfterEach, startBroker } from '../testing/broker.ts'
import { testLog } from '../testing/log.ts'
import { testStore } from '../testing/store.ts'
import { until } from '../testing/until.ts'
import { createCredentialAccess } from './credential-access.ts'
import { createEmbeddedBroker } from './embedded-broker.ts'
import { createOpenAccess } from './open-access.ts'

const now = Date.now()
const names = [{ type: 'ip' as const, value: '127.0.0.1' }]
const secret = newSecret()
let folder: string
let g2: Awaited<ReturnType<typeof issueForDevice>>
let stolen: typeof g2
let foreign: typeof g2
const ending: (() => Promise<unknown>)[] = []

endBrokersAfterEach()
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-tls-'))
  const authority = await openAuthority(join(folder, 'ours'), 's1', now)
  g2 = await issueForDevice(authority, 'g2', now)
  stolen = await issueForDevice(authority, 'g2', now)
  foreign = await issueForDevice(await openAuthority(join(folder, 'theirs'), 's1', now), 'g2', now)
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

/** `g1` has a password, `g2` a certificate. */
async function start() {
  const known: Credential[] = [
    { name: 'g1', role: 'device', digest: digestOf(secret), certificate: null, madeAt: 0 },
    { name: 'g2', role: 'device', digest: null, certificate: g2.fingerprint, madeAt: 0 },
  ]
  const access = createCredentialAccess(testStore(), (name) => known.filter((each) => each.name === name))
  const certificates = () => openBrokerCertificates(join(folder, 'ours'), 's1', names, now)
  const started = await startBroker(access, { tls: { host: '127.0.0.1', port: 0, certificates } })
  const { authority: ca } = await certificates()
  const port = started.broker.tlsPort() ?? 0
  async function connect(options: IClientOptions) {
    const client = await connectAsync(`mqtts://127.0.0.1:${port}`, { ca, reconnectPeriod: 0, ...options }, false)
    ending.push(() => client.endAsync(true))
    return client
  }
  return { ...started, known, ca, tlsPort: port, connect }
}
const password = { clientId: 'g1', username: 'g1', password: secret }
const asClient = ({ certificate: cert, key }: typeof g2) => ({ clientId: 'g2', cert, key })

describe('the listener for the network', () => {
  test('takes a device with its password, encrypted, and knows it no more as a stranger', async () => {
    const { connect, topics, broker } = await start()
    const shelf = await connect(password)
    await shelf.publishAsync('tillfree/1/s1/dev/g1/tele', '{}', { qos: 1 })
    expect(topics).toEqual(['tillfree/1/s1/dev/g1/tele'])
    expect(broker.load()).toMatchObject({ connections: 1, strangers: 0 })
  })

  test('takes a device with its certificate and no password, also under its user name', async () => {
    const { connect, topics } = await start()
    const shelf = await connect(asClient(g2))
    await shelf.publishAsync('tillfree/1/s1/dev/g2/tele', '{}', { qos: 1 })
    expect(topics).toEqual(['tillfree/1/s1/dev/g2/tele'])
    await shelf.endAsync()
    await connect({ ...asClient(g2), username: 'g2' })
  })

  test.each([
    ['of another authority', () => asClient(foreign)],
    ['of our authority that is not the one on record', () => asClient(stolen)],
    ['for another id', () => ({ ...asClient(g2), clientId: 'g1' })],
    ['and the user name of another', () => ({ ...asClient(g2), username: 'g1' })],
  ])('refuses a certificate %s', async (_, options) => {
    const { connect, lines } = await start()
    await expect(connect(options())).rejects.toThrow('Not authorized')
    await until(() => /certificate that is not|without user name and password/.test(lines.join()))
  })

  test('takes no certificate for a password that is wrong', async () => {
    const { connect } = await start()
    const guess = { username: 'g1', password: 'guess', clientId: 'g1' }
    await expect(connect({ ...asClient(g2), ...guess })).rejects.toThrow('Bad username or password')
  })

  test('closes a device whose certificate is taken back', async () => {
    const { connect, known, broker } = await start()
    const shelf = await connect(asClient(g2))
    const closed = new Promise<void>((resolve) => shelf.once('close', () => resolve()))
    known.pop()
    broker.expel()
    await closed
    await expect(connect(asClient(g2))).rejects.toThrow('Not authorized')
  })

  test('is not taken for the store by a device that trusts another authority, or calls it by another name', async () => {
    const { connect, tlsPort, ca } = await start()
    const { certificate: other } = await openAuthority(join(folder, 'theirs'), 's1', now)
    await expect(connect({ ...password, ca: other })).rejects.toThrow(/certificate/)
    const socket = connectTls({ port: tlsPort, host: '127.0.0.1', servername: 'example.org', ca })
    const error = await new Promise<Error>((resolve) => socket.once('error', resolve))
    expect(error.message).toMatch(/altnames|localhost|certificate/i)
  })

  test('speaks no TLS before 1.2, and nothing in plain', async () => {
    const { tlsPort, ca, lines, broker } = await start()
    const old = connectTls({ port: tlsPort, host: '127.0.0.1', ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })
    await new Promise((resolve) => old.once('error', resolve))
    const plain = connectSocket(tlsPort, '127.0.0.1')
    plain.on('error', () => {})
    plain.write(Buffer.from('\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00', 'latin1'))
    await new Promise((resolve) => plain.once('close', resolve))
    await until(() => broker.load().strangers === 0)
    await until(() => lines.join().includes('no TLS'))
  })

  test('prefers TLS 1.3 and the strongest cipher, and takes none without forward secrecy or authentication', async () => {
    const { tlsPort, ca } = await start()
    const agreed = (options: object) =>
      new Promise<string>((resolve) => {
        const socket = connectTls({ port: tlsPort, host: '127.0.0.1', ca, ...options })
        socket.once('error', (error) => resolve(`refused: ${error.message}`))
        socket.once('secureConnect', () => {
          resolve(`${socket.getProtocol()} ${socket.getCipher().name}`)
          socket.destroy()
        })
      })
    expect(await agreed({})).toBe('TLSv1.3 TLS_AES_256_GCM_SHA384')
    const old = { maxVersion: 'TLSv1.2' }
    expect(await agreed(old)).toBe('TLSv1.2 ECDHE-ECDSA-AES256-GCM-SHA384')
    for (const ciphers of ['ECDHE-ECDSA-AES256-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'AES256-GCM-SHA384'])
      expect(await agreed({ ...old, ciphers }), ciphers).toMatch(/^refused/)
  })

  test('gives who does not finish the handshake as long as any stranger', async () => {
    const certificates = () => openBrokerCertificates(join(folder, 'ours'), 's1', names, now)
    const guard = { perAddress: 9, inAll: 9, timeoutMs: 50 }
    const tls = { host: '127.0.0.1', port: 0, certificates }
    const { broker } = await startBroker(createOpenAccess([]), { guard, tls })
    const silent = connectSocket(broker.tlsPort() ?? 0, '127.0.0.1')
    silent.on('error', () => {})
    await new Promise((resolve) => silent.once('close', resolve))
    await until(() => broker.load().strangers === 0)
  })
})

describe('the plain listener', () => {
  test.each(['0.0.0.0', '::', '192.168.1.5'])('does not open on %s, and says how devices connect', async (host) => {
    const access = createOpenAccess([])
    const broker = createEmbeddedBroker({ storeId: 's1', access, host, port: 0, log: testLog() })
    await expect(broker.start()).rejects.toThrow(/plain MQTT, wanted one of this machine.*--mqtt-host/)
    await broker.stop()
  })
})
