/** The store's authority and the broker's certificate, as files in the gateway's data folder; made when missing. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeSecret } from '../start/secrets.ts'
import type { AltName, KeyPair, Wish } from './certificate.ts'

/** Renewed at a start when less is left; a store restarts more often than every five years. */
const leastLeftMs = 5 * 365 * 86_400_000

export interface BrokerCertificates {
  /** What devices trust, PEM. */
  readonly authority: string
  readonly broker: KeyPair
}

export function certificateFolder(data: string): string {
  return join(data, 'tls')
}

/** Loaded when there is something to make: the library takes its time. */
const library = () => import('./certificate.ts')

/** The authority; a new one when the folder has none. Its key is readable by its owner alone. */
export async function openAuthority(folder: string, storeId: string, now: number): Promise<KeyPair> {
  const kept = read(folder, 'ca')
  if (kept !== null) return kept
  const { makeAuthority } = await library()
  return write(folder, 'ca', await makeAuthority(`Tillfree store ${storeId}`, now))
}

/** The broker's certificate for these names; a new one when they have changed, or its end is near. */
export async function openBrokerCertificates(
  folder: string,
  storeId: string,
  names: readonly AltName[],
  now: number,
): Promise<BrokerCertificates> {
  const authority = await openAuthority(folder, storeId, now)
  const kept = read(folder, 'broker')
  if (kept !== null && isGood(kept, authority, names, now)) return { authority: authority.certificate, broker: kept }
  const wish: Wish = { commonName: `Tillfree store ${storeId}`, purpose: 'server', names }
  const { issue } = await library()
  const broker = write(folder, 'broker', await issue(authority, wish, now))
  return { authority: authority.certificate, broker }
}

/** A certificate with which a device proves who it is, and its SHA-256 by which the broker knows it. */
export async function issueForDevice(authority: KeyPair, device: string, now: number) {
  const { issue } = await library()
  const pair = await issue(authority, { commonName: device, purpose: 'client', names: [] }, now)
  return { ...pair, fingerprint: fingerprintOf(new X509Certificate(pair.certificate).fingerprint256) }
}

/** From `AB:CD:…`, as Node gives it. */
export function fingerprintOf(colons: string): Buffer {
  return Buffer.from(colons.replaceAll(':', ''), 'hex')
}

function isGood(kept: KeyPair, authority: KeyPair, names: readonly AltName[], now: number): boolean {
  const certificate = wholeOf(kept)
  if (certificate === null) return false
  const covers = ({ type, value }: AltName) =>
    (type === 'ip' ? certificate.checkIP(value) : certificate.checkHost(value)) !== undefined
  const isOurs = certificate.verify(new X509Certificate(authority.certificate).publicKey)
  return isOurs && names.every(covers) && Date.parse(certificate.validTo) - now > leastLeftMs
}

/** Null for what a power cut left while the two files were written. */
function wholeOf({ certificate, key }: KeyPair): X509Certificate | null {
  try {
    const whole = new X509Certificate(certificate)
    return whole.checkPrivateKey(createPrivateKey(key)) ? whole : null
  } catch {
    return null
  }
}

function read(folder: string, name: string): KeyPair | null {
  const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}-key.pem`)]
  if (!existsSync(certificate) || !existsSync(key)) return null
  return { certificate: readFileSync(certificate, 'utf8').trim(), key: readFileSync(key, 'utf8').trim() }
}

/** Writes `name.pem` and `name-key.pem`, the key first: without it the certificate is none. */
export function write(folder: string, name: string, pair: KeyPair): KeyPair {
  mkdirSync(folder, { recursive: true })
  writeSecret(join(folder, `${name}-key.pem`), pair.key)
  writeFileSync(join(folder, `${name}.pem`), `${pair.certificate}\n`)
  return pair
}
