/** The keys behind entry codes, by node:crypto: ECDSA on P-256 with SHA-256 (FIPS 186-5), which every browser can sign. */
import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { type EntryCode, type SignedCode, signatureBytes, signedBytes } from './code.ts'

/** An uncompressed point (SEC 1, 2.3.3): 4, then x and y. */
const pointBytes = 65

/** How a store is named in a code: 64 bits of its id's SHA-256, 16 hex digits. */
export function storeTag(storeId: string): string {
  return shortHash(Buffer.from(`tillfree.store\n${storeId}`))
}

/** `publicKey`: base64url of the uncompressed point. The same key has the same id everywhere. */
export function keyIdOf(publicKey: string): string {
  return shortHash(Buffer.from(publicKey, 'base64url'))
}

/** Whether it is the uncompressed point of a P-256 key, in the one spelling that base64url has for it. */
export function isPublicKey(publicKey: string): boolean {
  return Buffer.from(publicKey, 'base64url').toString('base64url') === publicKey && keyOf(publicKey) !== null
}

/** Whether the holder of the key has signed just this. Never throws. */
export function isSignedBy(publicKey: string, { code, signature }: SignedCode): boolean {
  const key = keyOf(publicKey)
  return key !== null && verify('sha256', signedBytes(code), { key, dsaEncoding: 'ieee-p1363' }, signature)
}

/** What `sign` of node:crypto or of a browser wants, for `signedBytes(code)`. */
export type Signer = (bytes: Uint8Array) => Uint8Array

/** @throws Error when the signer gives no 64 bytes: it has not signed in IEEE P1363 form */
export function signCode(code: EntryCode, signer: Signer): SignedCode {
  const signature = Uint8Array.from(signer(signedBytes(code)))
  if (signature.length !== signatureBytes)
    throw new Error(`signature: found ${signature.length} bytes, wanted ${signatureBytes}`)
  return { code, signature }
}

function keyOf(publicKey: string): KeyObject | null {
  const point = Buffer.from(publicKey, 'base64url')
  if (point.length !== pointBytes || point[0] !== 4) return null
  const [x, y] = [point.subarray(1, 33).toString('base64url'), point.subarray(33).toString('base64url')]
  try {
    return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  } catch {
    return null // Not on the curve.
  }
}

function shortHash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16)
}
