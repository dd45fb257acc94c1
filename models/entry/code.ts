/**
 * The code that a shopper's phone shows at a gate: who, for which store, for which half minute, signed by a key that
 * only the phone has. Text of A-Z and 0-9, so that its QR code is small (ISO/IEC 18004, alphanumeric mode: version 6 at
 * level M) and a reader that types it like a keyboard types it right on every layout. For browsers too: no platform.
 *
 * 85 bytes as 136 characters of Crockford's base 32 after `TF2`: key id (8), store tag (8), window (4, big endian),
 * guest (1), ECDSA P-256 signature (64, r and s as in IEEE P1363). 680 bits are 136 times 5: no bit of a text is idle.
 */

/** As TOTP has it (RFC 6238, 5.2): long enough to be shown and read, short enough that a photo of it is soon worthless. */
export const windowMs = 30_000
/** People with one shopper who come in within half a minute; 16 are a minibus. */
export const mostGuests = 16

export interface EntryCode {
  /** Of the phone's key: 16 hex digits. */
  readonly keyId: string
  /** Of the store it is for: 16 hex digits. */
  readonly storeTag: string
  /** Half minutes since the epoch. */
  readonly window: number
  /** 0 for the first person let in within the window, up to 15. */
  readonly guest: number
}

export interface SignedCode {
  readonly code: EntryCode
  /** 64 bytes. */
  readonly signature: Uint8Array<ArrayBuffer>
}

const prefix = 'TF2'
const idBytes = 8
const windowAtByte = 2 * idBytes
const guestAtByte = windowAtByte + 4
const payloadBytes = guestAtByte + 1
export const signatureBytes = 64
const allBytes = payloadBytes + signatureBytes
/** No I, L, O, U: nobody reads one letter for another. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const shape = new RegExp(`^${prefix}[${alphabet}]{${(allBytes * 8) / 5}}$`)
/** Nothing else that is signed begins so: a signature for one purpose is good for no other. */
const purpose = new TextEncoder().encode('tillfree.entry-code/2\n')

/** `now`: milliseconds since the epoch. */
export function windowAt(now: number): number {
  return Math.floor(now / windowMs)
}

/** Whether a text is meant to be such a code, good or not; other codes are of cards that do not change. */
export function isRotating(text: string): boolean {
  return text.startsWith(prefix) && text.length > 100
}

/** What the phone signs. */
export function signedBytes(code: EntryCode): Uint8Array<ArrayBuffer> {
  return concat(purpose, payloadOf(code))
}

/** What the QR code says. `signature`: 64 bytes over `signedBytes(code)`. */
export function textOf({ code, signature }: SignedCode): string {
  let text = prefix
  let [bits, held] = [0, 0]
  for (const byte of concat(payloadOf(code), signature)) {
    held = (held << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return text
}

/** Null where the text is no such code. Says nothing of whether the signature is good. */
export function parseCode(text: string): SignedCode | null {
  if (!shape.test(text)) return null
  const bytes = new Uint8Array(allBytes)
  let [bits, held, at] = [0, 0, 0]
  for (const letter of text.slice(prefix.length)) {
    held = ((held << 5) | alphabet.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes[at++] = (held >> bits) & 0xff
  }
  const guest = bytes[guestAtByte] ?? 0
  if (guest >= mostGuests) return null
  const window = new DataView(bytes.buffer).getUint32(windowAtByte)
  const code = { keyId: hex(bytes.slice(0, idBytes)), storeTag: hex(bytes.slice(idBytes, 2 * idBytes)), window, guest }
  return { code, signature: bytes.slice(payloadBytes) }
}

function payloadOf({ keyId, storeTag, window, guest }: EntryCode): Uint8Array {
  const bytes = new Uint8Array(payloadBytes)
  bytes.set(unhex(keyId))
  bytes.set(unhex(storeTag), idBytes)
  new DataView(bytes.buffer).setUint32(windowAtByte, window)
  bytes[guestAtByte] = guest
  return bytes
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function unhex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
