/**
 * This phone's key for entry codes, one for each account that was opened here. It is made here and cannot be taken out,
 * not even by this page (Web Cryptography, `extractable: false`); the browser keeps it in IndexedDB.
 */
import { type EntryCode, type SignedCode, signedBytes } from '../../../../models/entry/code.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const table = 'keys'

/** Base64url of the uncompressed point, for the account service. */
export interface PhoneKey {
  readonly pair: CryptoKeyPair
  readonly publicKey: string
}

/** Why no key can be made or kept in this browser, in words for a shopper. */
export class NoKeys extends Error {}

/** The key of an account, null: none was made here. @throws NoKeys */
export async function keptKey(accountId: string): Promise<PhoneKey | null> {
  const pair = await inTable<CryptoKeyPair | undefined>('readonly', (keys) => keys.get(accountId))
  return pair === undefined ? null : withPublic(pair)
}

/** Makes one, and keeps none. @throws NoKeys */
export async function newKey(): Promise<PhoneKey> {
  if (!isSecureContext) throw new NoKeys('Codes are made only where the address of this page begins with https.')
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  return withPublic(pair)
}

/** In place of a former one. @throws NoKeys */
export async function keepKey(accountId: string, { pair }: PhoneKey): Promise<void> {
  await inTable('readwrite', (keys) => keys.put(pair, accountId))
}

/** None of any account is left in this browser. @throws NoKeys */
export async function forgetKeys(): Promise<void> {
  await inTable('readwrite', (keys) => keys.clear())
}

/** As the account service makes it (`models/entry/keys.ts`): the first 8 bytes of the SHA-256 of the public key. */
export async function keyIdOf({ pair }: PhoneKey): Promise<string> {
  const point = await crypto.subtle.exportKey('raw', pair.publicKey)
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', point))
  return [...hash.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

export async function signWith({ pair }: PhoneKey, code: EntryCode): Promise<SignedCode> {
  const signature = await crypto.subtle.sign({ ...algorithm, hash: 'SHA-256' }, pair.privateKey, signedBytes(code))
  return { code, signature: new Uint8Array(signature) }
}

async function withPublic(pair: CryptoKeyPair): Promise<PhoneKey> {
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const publicKey = btoa(String.fromCharCode(...point))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
  return { pair, publicKey }
}

function inTable<T>(mode: IDBTransactionMode, act: (keys: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new NoKeys('This browser keeps nothing for this page. Try without a private window.'))
    const opening = indexedDB.open('tillfree', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore(table)
    opening.onerror = fail
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(table, mode)
      const request = act(transaction.objectStore(table))
      transaction.oncomplete = () => resolve(request.result as T)
      transaction.onabort = fail
      opening.result.close()
    }
  })
}
