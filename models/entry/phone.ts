/** A phone that is none: shows entry codes as the account page does, for simulated shoppers and tests. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { mostGuests, textOf, windowAt } from './code.ts'
import { keyIdOf, signCode, storeTag } from './keys.ts'

export interface Phone {
  readonly keyId: string
  /** To be registered with the account: base64url of the uncompressed point. */
  readonly publicKey: string
  /** The code of a store at a time, milliseconds since the epoch; another one each time, for each who comes along. */
  show(storeId: string, now: number): string
}

export function newPhone(): Phone {
  const { privateKey: key, publicKey: itsPublic } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = itsPublic.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
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
