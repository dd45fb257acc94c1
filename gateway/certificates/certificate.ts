/**
 * X.509 certificates of a store's own authority (RFC 5280), on the curve P-256, which small devices compute quickly.
 * `reflect-metadata` is what the library's own library wants to be loaded first.
 */
import 'reflect-metadata'
import { createPrivateKey, randomBytes } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** A certificate and its private key, as PEM. */
export interface KeyPair {
  readonly certificate: string
  readonly key: string
}

export interface Wish {
  readonly commonName: string
  /** Proves the broker to devices, or a device to the broker. */
  readonly purpose: 'server' | 'client'
  /** DNS names and IP addresses under which a server is reached. */
  readonly names: readonly AltName[]
}
export interface AltName {
  readonly type: 'dns' | 'ip'
  readonly value: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const dayMs = 86_400_000
/** Devices are not visited to change what they trust. */
const authorityDays = 20 * 365
/** Its key lies beside the authority's, so that a short life would protect nothing; devices are taken back by name. */
const certificateDays = 10 * 365
/** Devices whose clock is a little behind take a new certificate. */
const backdatedMs = dayMs

/** A new authority. `now`: Unix, milliseconds. */
export async function makeAuthority(commonName: string, now: number): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifeOf(now, authorityDays),
    name: nameOf(commonName),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return pemOf(certificate, keys.privateKey)
}

/** A certificate with a key of its own, signed by the authority. */
export async function issue(authority: KeyPair, wish: Wish, now: number): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(authority.certificate)
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifeOf(now, certificateDays),
    subject: nameOf(wish.commonName),
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await privateKeyOf(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage[`${wish.purpose}Auth`]]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(wish.names.length > 0 ? [new x509.SubjectAlternativeNameExtension([...wish.names])] : []),
    ],
  })
  return pemOf(certificate, keys.privateKey)
}

function nameOf(commonName: string) {
  return [{ CN: [commonName] }]
}

function lifeOf(now: number, days: number) {
  // RFC 5280, 4.1.2.2: positive, at most 20 bytes.
  const serialNumber = Buffer.concat([Buffer.of(1), randomBytes(15)]).toString('hex')
  return { serialNumber, notBefore: new Date(now - backdatedMs), notAfter: new Date(now + days * dayMs) }
}

function privateKeyOf(pem: string) {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' })
  return crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
}

async function pemOf(certificate: x509.X509Certificate, key: Parameters<typeof crypto.subtle.exportKey>[1]) {
  const der = await crypto.subtle.exportKey('pkcs8', key)
  const pem = { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(der, 'PRIVATE KEY') }
  return { certificate: pem.certificate.trim(), key: pem.key.trim() }
}
