/** A phone that is none: shows entry codes as the account page does, for simulated shoppers and tests. */
import { createECDH, createPrivateKey, randomBytes, sign } from 'node:crypto'
import { mostGuests, textOf, windowAt } from './code.ts'
import { keyIdOf, signCode, storeTag } from './keys.ts'

export interface Phone {
  readonly keyId: string
  /** To be registered with the account: base64url of the uncompressed point. */
  readonly publicKey: string
  /** The code of a store at a time, milliseconds since the epoch; another one each time, for each who comes along. */
  show(storeId: string, now: number): string
}

/** `secret`: 32 bytes below the curve's order, as all but one of 2^32 random ones are; the same ones are the same phone. */
export function newPhone(secret: Uint8Array = randomBytes(32)): Phone {
  const pair = createECDH('prime256v1')
  pair.setPrivateKey(secret)
  const point = pair.getPublicKey()
  const coordinate = (from: number) => point.toString('base64url', from, from + 32)
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: coordinate(1),
    y: coordinate(33),
    d: Buffer.from(secret).toString('base64url'),
  }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const publicKey = point.toString('base64url')
  const keyId = keyIdOf(publicKey)
  let [latest, guest] = [-1, 0]
  return {
    keyId,
    publicKey,
    show(storeId, now) {
      const window = windowAt(now)
      guest = window === latest ? Math.min(guest + 1, mostGuests - 1) : 0
      latest = window
      const code = { keyId, storeTag: storeTag(storeId), window, guest }
      return textOf(signCode(code, (bytes) => sign('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' })))
    },
  }
}
