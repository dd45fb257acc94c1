import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AltName } from './certificate.ts'
import { issueForDevice, openAuthority, openBrokerCertificates } from './certificate-folder.ts'
import { ownNames } from './own-names.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tillfree-tls-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const now = Date.parse('2026-01-01T10:00:00Z')
const names: AltName[] = [
  { type: 'dns', value: 'localhost' },
  { type: 'ip', value: '127.0.0.1' },
  { type: 'ip', value: '2001:db8::5' },
]
const open = (more: AltName[] = [], at = now) => openBrokerCertificates(folder, 's1', [...names, ...more], at)
const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' })
const yearMs = 365 * 86_400_000

describe('openBrokerCertificates()', () => {
  test('makes an authority and a certificate of it, whose keys are for their owner alone', async () => {
    const { authority, broker } = await open()
    const [ca, own] = [new X509Certificate(authority), new X509Certificate(broker.certificate)]
    expect([ca.ca, ca.subject]).toEqual([true, 'CN=Tillfree store s1'])
    expect([own.ca, own.checkIssued(ca), own.verify(ca.publicKey)]).toEqual([false, true, true])
    expect([own.checkHost('localhost'), own.checkIP('127.0.0.1'), own.checkHost('example.org')]).toEqual([
      'localhost',
      '127.0.0.1',
      undefined,
    ])
    for (const file of ['ca-key.pem', 'broker-key.pem'])
      expect((await stat(join(folder, file))).mode & 0o777).toBe(0o600)
    expect(await readFile(join(folder, 'ca.pem'), 'utf8')).not.toContain('PRIVATE')
  })

  test('keeps both as long as they are good', async () => {
    expect(await open()).toEqual(await open([], now + 4 * yearMs))
  })

  test('makes another certificate of the same authority for another address, and near its end', async () => {
    const first = await open()
    const moved = await open([{ type: 'ip', value: '10.0.0.7' }])
    const later = await open([], now + 6 * yearMs)
    expect([moved.authority, later.authority]).toEqual([first.authority, first.authority])
    const own = [first, moved, later].map(({ broker }) => new X509Certificate(broker.certificate))
    expect(own[1]?.checkIP('10.0.0.7')).toBe('10.0.0.7')
    expect(new Set(own.map(({ serialNumber }) => serialNumber)).size).toBe(3)
    expect(Date.parse(own[2]?.validTo ?? '')).toBeGreaterThan(now + 15 * yearMs)
  })
})

describe('openBrokerCertificates() after a power cut', () => {
  test.each([
    ['between key and certificate', 'broker-key.pem', otherKey],
    ['before the certificate is on the disk', 'broker.pem', ''],
    ['before the key is on the disk', 'broker-key.pem', ''],
  ])('makes another certificate: %s', async (_, file, left) => {
    const { authority } = await open()
    await writeFile(join(folder, file), left)
    const again = await open()
    const own = new X509Certificate(again.broker.certificate)
    expect([again.authority, own.checkPrivateKey(createPrivateKey(again.broker.key))]).toEqual([authority, true])
  })
})

describe('issueForDevice()', () => {
  test('names the device and is good for a client alone', async () => {
    const authority = await openAuthority(folder, 's1', now)
    const made = await issueForDevice(authority, 'g1', now)
    const certificate = new X509Certificate(made.certificate)
    expect([certificate.subject, certificate.keyUsage]).toEqual(['CN=g1', ['1.3.6.1.5.5.7.3.2']])
    expect(made.fingerprint.toString('hex')).toBe(certificate.fingerprint256.replaceAll(':', '').toLowerCase())
  })
})

describe('ownNames()', () => {
  test('has this machine itself among them, and no address that is good on one cable only', () => {
    expect(ownNames()).toEqual(expect.arrayContaining([names[0], names[1]]))
    expect(ownNames().filter(({ value }) => /^(fe80|169\.254)/.test(value))).toEqual([])
  })
})
