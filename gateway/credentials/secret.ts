/**
 * Secrets of MQTT connections. They are 256 random bits, never chosen by a person, so that a plain SHA-256 of one tells
 * nothing that could be guessed: a slow hash (scrypt takes half a second) would only help against short passwords, and
 * give strangers a way to keep the processor busy. OWASP ASVS 5, 11.4 and 6.5 ask for slow hashes of passwords that
 * people choose.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const secretBytes = 32

/** In letters that a device's configuration file and a command line take as they are. */
export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** What is kept of a secret: 32 bytes. */
export function digestOf(secret: string | Uint8Array): Buffer {
  return createHash('sha256').update(secret).digest()
}

/** Takes the same time whether it is right, nearly right or wrong. */
export function isSecretOf(secret: Uint8Array, digest: Uint8Array): boolean {
  return timingSafeEqual(digestOf(secret), digest)
}
