/** Tokens and codes: made at random, kept as hashes where they only need to be recognised. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, so a plain hash cannot be turned back by guessing. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Crockford's base 32: no I, L, O, U, so that it can be read aloud and typed; upper case makes smaller QR codes. */
const codeAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** 26 characters of 5 bits: 130 random bits, where OWASP ASVS 5.0, 11.5.1, wants 128. */
export function newReadableCode(): string {
  return [...randomBytes(26)].map((byte) => codeAlphabet[byte % codeAlphabet.length]).join('')
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Compares in a time that does not depend on where the two differ. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)))
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerOf(header: string | undefined): string | null {
  return /^Bearer ([\x21-\x7E]{1,512})$/i.exec(header ?? '')?.[1] ?? null
}
