/** A device with passkeys, in software: what WebAuthn Level 3 has it say (6.1 authenticator data, 6.5.4 attestation). */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface AuthenticatorOptions {
  readonly origin: string
  readonly domain: string
  /** Whether its owner has unlocked it. */
  readonly unlocked?: boolean
}

interface Question {
  readonly challenge?: string
}

export interface Authenticator {
  /** Answers the question that makes a passkey. */
  make(question: Question): object
  /** Answers the question that signs in. */
  answer(question: Question): object
}

export function softAuthenticator({ origin, domain, unlocked = true }: AuthenticatorOptions): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const id = randomBytes(16)
  let uses = 0
  const common = { id: id.toString('base64url'), rawId: id.toString('base64url'), type: 'public-key' }
  const clientData = (type: string, { challenge }: Question) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))
  const head = (flags: number) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(++uses)
    return Buffer.concat([sha256(domain), Buffer.from([flags | (unlocked ? 0x05 : 0x01)]), counter])
  }
  return {
    make(question) {
      const length = Buffer.from([0, id.length])
      const authData = Buffer.concat([head(0x40), Buffer.alloc(16), length, id, coseOf(publicKey)])
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        text('fmt'),
        text('none'),
        text('attStmt'),
        Buffer.from([0xa0]),
        text('authData'),
        bytes(authData),
      ])
      const response = {
        clientDataJSON: clientData('webauthn.create', question).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      }
      return { ...common, response, clientExtensionResults: {} }
    },
    answer(question) {
      const client = clientData('webauthn.get', question)
      const authenticatorData = head(0)
      const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(client)]), privateKey)
      const response = {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signature.toString('base64url'),
      }
      return { ...common, response, clientExtensionResults: {} }
    },
  }
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

/** Text in CBOR (RFC 8949), up to 23 bytes. */
const text = (words: string) => Buffer.concat([Buffer.from([0x60 + words.length]), Buffer.from(words)])

/** Bytes in CBOR, with the length in two bytes. */
function bytes(data: Buffer): Buffer {
  const head = Buffer.from([0x59, 0, 0])
  head.writeUInt16BE(data.length, 1)
  return Buffer.concat([head, data])
}

/** A P-256 key as a COSE map (RFC 9053): kty EC2, alg ES256, crv P-256, x, y. */
function coseOf(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const coordinate = (label: number, value: string) =>
    Buffer.concat([Buffer.from([label, 0x58, 32]), Buffer.from(value, 'base64url')])
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01]),
    coordinate(0x21, x),
    coordinate(0x22, y),
  ])
}
